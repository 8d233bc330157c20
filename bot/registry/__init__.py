"""The only place that talks to registries and holds their credentials.

Here is what needs no HTTP client, which takes a while to import: local images get along without.
"""

from bot.registry.keychain import Credential, Keychain, read_credentials, read_docker_config
from bot.registry.limits import Limits
from bot.registry.model import Access, Descriptor, ImageDetails, Manifest, ResolvedImage, TagList
from bot.registry.oci_archive import open_archive
from bot.registry.oci_layout import LOCAL_IMAGE, OciLayout, parse_layout

__all__ = [
    "LOCAL_IMAGE",
    "Access",
    "Credential",
    "Descriptor",
    "ImageDetails",
    "Keychain",
    "Limits",
    "Manifest",
    "OciLayout",
    "ResolvedImage",
    "TagList",
    "open_archive",
    "parse_layout",
    "read_credentials",
    "read_docker_config",
]
