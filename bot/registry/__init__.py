"""The only place that talks to registries and holds their credentials."""

from bot.registry.client import Registry
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy, Refused
from bot.registry.keychain import Credential, Keychain, read_credentials, read_docker_config
from bot.registry.limits import Limits
from bot.registry.model import Access, Descriptor, ImageDetails, Manifest, ResolvedImage, TagList
from bot.registry.oci_archive import open_archive
from bot.registry.oci_layout import LOCAL_IMAGE, OciLayout, parse_layout
from bot.registry.transport import guarded_client

__all__ = [
    "LOCAL_IMAGE",
    "Access",
    "Credential",
    "Descriptor",
    "GuardPolicy",
    "ImageDetails",
    "Keychain",
    "Limits",
    "Manifest",
    "OciLayout",
    "Refused",
    "Registry",
    "ResolvedImage",
    "TagList",
    "guarded_client",
    "open_archive",
    "open_registry",
    "parse_layout",
    "read_credentials",
    "read_docker_config",
]
