"""Which files of a tree are near to others, those that build Dockerfiles above all. Pure."""

from collections.abc import Collection, Iterable, Mapping

from bot.change import FileVersion, kind_of
from bot.dockerfile import is_dockerfile
from bot.manifests.model import ManifestKind
from bot.trees import TreeEntry, version_at

MOST_BUILDERS = 300
"""Files that did not change and are read for the values they give to `ARG`s. Changed ones are read anyway."""
BUILDING = (ManifestKind.COMPOSE, ManifestKind.BAKE, ManifestKind.DEVCONTAINER, ManifestKind.WORKFLOW)

Tree = Mapping[str, TreeEntry]


def builder_paths(tree: Tree, near: Iterable[str]) -> list[str]:
    """Files of a tree that may build a Dockerfile, those closest to one of the given paths first."""
    paths = (
        path
        for path, entry in tree.items()
        if entry.type == "blob" and not is_dockerfile(path) and kind_of(path) in BUILDING
    )
    return nearest(paths, near)


def nearest(paths: Iterable[str], near: Iterable[str]) -> list[str]:
    """Sort paths by how many folders they share with the nearest of some others."""
    folders = {folder(path) for path in near}
    return sorted(paths, key=lambda path: (-max(_shared(path, each) for each in folders), path))


def builders_in(
    tree: Tree, near: Iterable[str], changed: Collection[str]
) -> tuple[tuple[FileVersion, ...], tuple[FileVersion, ...]]:
    """Those of them that are read, the changed ones first, and those beyond the limit."""
    paths = sorted(builder_paths(tree, near), key=lambda path: path not in changed)
    most = MOST_BUILDERS + sum(path in changed for path in paths)
    versions = tuple(version_at(path, tree[path]) for path in paths)
    return versions[:most], versions[most:]


def folder(path: str) -> tuple[str, ...]:
    """The folders a file lies in, from the top on."""
    return tuple(path.split("/")[:-1])


def _shared(path: str, other: tuple[str, ...]) -> int:
    """How many folders two places have in common, from the top on."""
    count = 0
    for mine, theirs in zip(folder(path), other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
