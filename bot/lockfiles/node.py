"""What the lockfiles of npm, yarn and pnpm have in common: aliases, and places other than a registry."""

from collections.abc import Mapping

from bot.lockfiles.spots import listing, mapping, text

MAX_WORKSPACES = 300
_LOCAL = ("file:", "link:", "portal:", "workspace:", "./", "../", "/")
_GIT = ("git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:")


def split_alias(name: str, version: str) -> tuple[str, str]:
    """`npm:other@1.2.3` → (`other`, `1.2.3`), and what has no alias as it is."""
    if not version.startswith("npm:"):
        return name, version
    real, _, number = version[4:].rpartition("@")
    return (real, number) if real else (name, version)


def foreign_source(source: str) -> str | None:
    """Why the version of what comes from `source` may not be known; empty for a registry, None for a local folder."""
    if source.startswith(_LOCAL):
        return None
    if source.startswith(_GIT) or ".git#" in source or source.endswith(".git"):
        return "it comes from a git repository"
    if source.startswith(("http:", "https:")):
        return "it comes from a web address"
    return ""


def workspaces(manifest: Mapping[str, object]) -> list[str]:
    """The folders of members a package.json names, with patterns: `["packages/*"]`, or a map with `packages`."""
    declared = manifest.get("workspaces")
    words = listing(declared) or listing(mapping(declared).get("packages"))
    return [text(word).removeprefix("./").rstrip("/") for word in words[:MAX_WORKSPACES]]


def split_descriptor(descriptor: str) -> tuple[str, str]:
    """`@babel/core@^7` → (`@babel/core`, `^7`)."""
    name, _, requirement = descriptor[1:].partition("@")
    return descriptor[:1] + name, requirement
