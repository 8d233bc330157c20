"""Files other than Dockerfiles that use images: read them with spans, change a reference in place. Pure."""

from bot.manifests.edit import replace_arg, replace_use
from bot.manifests.errors import ManifestError
from bot.manifests.model import Build, BuildArg, Manifest, ManifestKind, ManifestUse, Part
from bot.manifests.parse import parse_manifest
from bot.manifests.paths import is_workflow, manifest_kind

__all__ = [
    "Build",
    "BuildArg",
    "Manifest",
    "ManifestError",
    "ManifestKind",
    "ManifestUse",
    "Part",
    "is_workflow",
    "manifest_kind",
    "parse_manifest",
    "replace_arg",
    "replace_use",
]
