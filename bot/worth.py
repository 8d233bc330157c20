"""Which files of a change are worth a look, by their names and by what they say. Pure."""

from dataclasses import replace

from bot.change import CERTAIN, ChangedFile, FileVersion, is_lockfile, kind_of
from bot.dockerfile import is_dockerfile
from bot.manifests import parse_manifest


def understood(version: FileVersion) -> FileVersion:
    """Read what a file says, where it is one that names images."""
    if version.content is None or kind_of(version.path) is None:
        return version
    return replace(version, manifest=parse_manifest(version.path, version.content))


def builds(version: FileVersion) -> bool:
    """Whether a file has any Dockerfile built."""
    return version.manifest is not None and bool(version.manifest.builds)


def is_unreadable(version: FileVersion) -> bool:
    """Whether nobody knows what a file that may build Dockerfiles says."""
    return version.manifest is None or bool(version.manifest.problem)


def is_judged(version: FileVersion) -> bool:
    """Whether a file is worth a look for itself, and not only for a Dockerfile that takes it in."""
    path = version.path
    return is_dockerfile(path) or is_lockfile(path) or kind_of(path) is not None


def is_sure(file: ChangedFile) -> bool:
    """Whether a file is what it may be by its name alone."""
    return any(kind_of(each.path) in (None, *CERTAIN) for each in file.versions())


def says_something(file: ChangedFile) -> bool:
    """Whether a file has anything to judge: Dockerfiles and lockfiles always, others when they name an image."""
    return any(file.dockerfiles()) or any(
        is_lockfile(version.path) or (kind_of(version.path) is not None and _may_name_images(version))
        for version in file.versions()
    )


def _may_name_images(version: FileVersion) -> bool:
    manifest = version.manifest
    if manifest is None:
        # It could not be read, and that has to be said.
        return True
    return bool(manifest.uses or manifest.problem or manifest.unread_builds())
