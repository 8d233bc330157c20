"""The files of a repository that use images: Dockerfiles and manifests under one view. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.dockerfile import Dockerfile, DockerfileError, ImageUse, is_dockerfile, parse
from bot.dockerfile.resolve import resolve_stages
from bot.dockerfile.shipped import what_is_shipped
from bot.dockerfile.sources import UseKind, read_sources
from bot.dockerfile.stages import find_target
from bot.dockerfile.uses import find_uses
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import InvalidReference, Reference
from bot.manifests import Build, BuildArg, Manifest, ManifestKind, manifest_kind, parse_manifest

UNREAD = "unread"
"""The kind of what stands for a file that could not be read."""


@dataclass(frozen=True, slots=True)
class GivenArg:
    """A build argument a reference was resolved through, and the file that gives it."""

    name: str
    value: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Used:
    """One reference that one place of a repository's file names. Either `reference` or `unresolved` is set."""

    path: str
    line: int
    end_line: int
    written: str
    reference: Reference | None
    """As written, variables put in."""
    unresolved: str
    shipped: bool
    kind: UseKind | ManifestKind | str
    name: str
    """The stage by name or number, or what a manifest has: `service web`."""
    platform: str = ""
    """As the file says; empty for the default."""
    by_args: tuple[GivenArg, ...] = ()
    """What other files give to the `ARG`s it goes through."""


def uses_of(
    path: str,
    content: bytes,
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
    builds: Iterable[Build] = (),
) -> tuple[Used, ...]:
    """List what a file uses; `builds` are those of other files, `build_args` serve names that none of them gives.

    A file that cannot be read is one unresolved use of the kind `unread`, which says why.
    """
    if is_dockerfile(path):
        if isinstance(platform, str):
            platform = Platform.parse(platform)
        mine = [build for build in builds if build.dockerfile == path]
        return _of_dockerfile(path, content, build_args or {}, platform or DEFAULT_PLATFORM, mine)
    if manifest_kind(path) is None:
        return ()
    return _of_manifest(parse_manifest(path, content))


def builds_of(files: Iterable[tuple[str, bytes]]) -> tuple[Build, ...]:
    """Every build that the manifests among these (path, content) pairs describe."""
    manifests = (parse_manifest(path, content) for path, content in files if manifest_kind(path))
    return tuple(build for manifest in manifests for build in manifest.builds)


def arguments(build: Build, build_args: Mapping[str, str]) -> dict[str, str]:
    """The values a build gives to `ARG`s; the operator's serve the names it does not give."""
    return {**build_args, **{arg.name: arg.value for arg in build.args}}


def _of_manifest(manifest: Manifest) -> tuple[Used, ...]:
    if manifest.problem:
        return (_unread(manifest.path, manifest.problem, manifest.line),)
    return tuple(
        Used(
            path=manifest.path,
            line=use.start_line,
            end_line=use.end_line,
            written=use.written,
            reference=use.reference,
            unresolved=use.unresolved,
            shipped=use.shipped,
            kind=use.kind,
            name=use.name,
            platform=use.platform,
        )
        for use in manifest.uses
    )


def _unread(path: str, why: str, line: int | None) -> Used:
    return Used(path, line or 1, line or 1, "", None, f"the file cannot be read: {why}", False, UNREAD, "")


def _of_dockerfile(
    path: str, content: bytes, build_args: Mapping[str, str], platform: Platform, builds: Sequence[Build]
) -> tuple[Used, ...]:
    found: dict[tuple[object, ...], Used] = {}
    try:
        dockerfile = parse(content)
        for build in _distinct(builds) or [Build(ManifestKind.COMPOSE, "", path)]:
            for used, place in _with_build(path, dockerfile, build_args, platform, build):
                # Several values give several references; each distinct one counts once.
                found.setdefault((place, str(used.reference), used.unresolved, used.platform), used)
    except DockerfileError as exc:
        return (_unread(path, exc.reason, exc.line),)
    return tuple(sorted(found.values(), key=lambda used: used.line))


def _distinct(builds: Sequence[Build]) -> list[Build]:
    """One build for each set of values."""
    kept: dict[tuple[object, ...], Build] = {}
    for build in builds:
        values = tuple(sorted((arg.name, arg.value, arg.unresolved) for arg in build.args))
        kept.setdefault((values, build.contexts, build.target), build)
    return list(kept.values())


def _with_build(
    path: str, dockerfile: Dockerfile, build_args: Mapping[str, str], platform: Platform, build: Build
) -> Iterator[tuple[Used, tuple[int, int]]]:
    target = find_target(dockerfile, build.target)
    resolved = resolve_stages(dockerfile, arguments(build, build_args), platform, target)
    sources = list(read_sources(dockerfile, resolved))
    shipped = what_is_shipped(resolved, sources, target)
    for use in find_uses(dockerfile, resolved, sources):
        stage = "" if use.stage is None else dockerfile.stages[use.stage].name or str(use.stage)
        given = {arg.name: arg for arg in build.args}
        through = [given[arg.name] for arg in use.args if arg.overridden and arg.name in given]
        used = Used(
            path=path,
            line=use.start_line,
            end_line=use.end_line,
            written=use.written,
            reference=use.reference,
            unresolved=use.unresolved,
            shipped=use.kind is UseKind.FROM and shipped.has(use.stage),
            kind=use.kind,
            name=stage,
            platform=use.platform or "",
            by_args=tuple(GivenArg(arg.name, arg.value, build.path, arg.line) for arg in through),
        )
        if why := _not_this_image(use, build, through):
            used = replace(used, reference=None, unresolved=why)
        yield used, use.span


def _not_this_image(use: ImageUse, build: Build, through: Sequence[BuildArg]) -> str:
    unknown = next((arg for arg in through if arg.unresolved), None)
    if unknown is not None:
        return f"{build.path} line {unknown.line} gives {unknown.name} a value: {unknown.unresolved}"
    if use.reference is not None and any(_same_image(name, use.reference) for name in build.contexts):
        return f"{build.name} in {build.path} puts another build context in its place"
    return ""


def _same_image(name: str, reference: Reference) -> bool:
    try:
        return Reference.parse(name).normalized() == reference.normalized()
    except InvalidReference:
        return False
