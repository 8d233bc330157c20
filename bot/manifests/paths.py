"""Which files use images, by their path alone, and which Dockerfile a path in such a file means."""

import posixpath
import re

from bot.manifests.model import ManifestKind

WORKFLOWS = ".github/workflows/"
"""An App may change nothing here without a permission that is never asked for."""

_YAML = (".yml", ".yaml")
_KINDS = (
    (ManifestKind.COMPOSE, re.compile(r"(?:docker-compose[^/]*|compose(?:[.-][^/]*)?)\.ya?ml")),
    (ManifestKind.BAKE, re.compile(r"docker-bake[^/]*\.(?:hcl|json)")),
    (ManifestKind.WORKFLOW, re.compile(r"action\.ya?ml")),
    (ManifestKind.HELM_VALUES, re.compile(r"(?:[^/]*[._-])?values[^/]*\.ya?ml")),
    (ManifestKind.KUBERNETES, re.compile(r"[^/]*\.ya?ml")),
)
_DEVCONTAINER = re.compile(r"(?:.*/)?(?:\.devcontainer\.json|\.devcontainer/(?:[^/]+/)*devcontainer\.json)")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,40}:|git@|github\.com/|[^/]*\.git(?:#|$)")


def manifest_kind(path: str) -> ManifestKind | None:
    """Say what kind of file a path names, None when it is none that uses images."""
    if path.startswith(".github/"):
        return ManifestKind.WORKFLOW if _is_of_github(path) else None
    if _DEVCONTAINER.fullmatch(path):
        return ManifestKind.DEVCONTAINER
    name = path.rpartition("/")[2]
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)


def is_workflow(path: str) -> bool:
    """Say whether a path lies where only the permission for workflows lets an App write."""
    return path.startswith(WORKFLOWS)


def _is_of_github(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name.endswith(_YAML) and (f"{folder}/" == WORKFLOWS or name in ("action.yml", "action.yaml"))


def join(*parts: str) -> str | None:
    """Join folders and a file to a path in the repository; None for URLs and for what lies outside."""
    if any(_REMOTE.match(part) or "\0" in part or part.startswith(("/", "~")) for part in parts):
        return None
    path = posixpath.normpath(posixpath.join("", *parts))
    return None if path == ".." or path.startswith("../") else path
