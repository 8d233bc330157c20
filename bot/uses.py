"""One side of a target that is no Dockerfile: the images a compose file, a manifest or a workflow uses."""

from bot.change import CERTAIN, FileVersion, kind_of
from bot.inspection import Base, DockerfileState, Location, SyntaxProblem
from bot.inventory import SkipKind, Skipped
from bot.manifests import parse_manifest
from bot.manifests.model import Build, Manifest, ManifestKind, ManifestUse


def manifest_state(
    version: FileVersion, *, expected: bool = False, had_images: bool = False
) -> DockerfileState | None:
    """Read one version of a file that may use images; None where it names none and is not `expected` to.

    That it cannot be read is a problem where its name says what it is, or where it `had_images`.
    """
    kind = kind_of(version.path)
    if kind is None:
        return None
    sure = kind in CERTAIN or expected or had_images
    if version.content is None:
        reason = version.problem or "it was not read"
        return _broken(version, kind, reason, 1, beyond_limits=True) if sure else None
    manifest = version.manifest or parse_manifest(version.path, version.content)
    if problem := manifest.problem or (manifest.foreign if had_images else ""):
        return _broken(version, kind, problem, manifest.line) if sure else None
    if not (manifest.uses or manifest.unread_builds() or expected or had_images):
        return None
    return _state(version, manifest)


def _broken(
    version: FileVersion, kind: ManifestKind, reason: str, line: int, *, beyond_limits: bool = False
) -> DockerfileState:
    problem = SyntaxProblem(reason, Location(version.path, line, line), beyond_limits)
    return DockerfileState(version.path, version.blob, problem=problem, kind=kind)


def _state(version: FileVersion, manifest: Manifest) -> DockerfileState:
    bases = tuple(_base(version.path, use) for use in manifest.uses)
    bases += tuple(map(_unread, manifest.unread_builds()))
    return DockerfileState(version.path, version.blob, bases, kind=manifest.kind)


def _base(path: str, use: ManifestUse) -> Base:
    return Base(
        written=use.written,
        reference=str(use.reference.normalized()) if use.reference else "",
        location=Location(path, use.start_line, use.end_line),
        args=(),
        stage=use.name,
        shipped=use.shipped,
        platform=use.platform,
        missing=None if use.reference else Skipped(use.written, use.unresolved, SkipKind.UNRESOLVED),
        part=use.name,
    )


def _unread(build: Build) -> Base:
    """A build whose Dockerfile nobody reads, since its name does not tell that it is one."""
    reason = "its name is none of a Dockerfile, so it was not read"
    return Base(
        written=build.dockerfile,
        reference="",
        location=Location(build.path, build.line, build.line),
        args=(),
        stage=build.name,
        shipped=True,
        missing=Skipped(build.dockerfile, reason, SkipKind.UNREADABLE),
        part=build.name,
    )
