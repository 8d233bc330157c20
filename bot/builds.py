"""The values that files give to the `ARG`s of Dockerfiles: who builds what with what. Pure.

Compose, bake, devcontainer and workflow files name a Dockerfile and its build arguments. A Dockerfile may be built
several times with different values, and each result counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.change import ChangedFile, FileVersion
from bot.dockerfile import Dockerfile, DockerfileError, UseKind, image_uses, parse
from bot.manifests.model import Build, BuildArg, ManifestKind

_SETTINGS = frozenset({"EXPOSE", "FROM", "USER", "VOLUME"})
_NAMES = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
MOST_VARIANTS = 20
"""Ways one Dockerfile is built that are looked at."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one build gives to the `ARG`s of a Dockerfile."""

    path: str
    """The file that says so."""
    name: str
    """What is built, as that file calls it."""
    args: tuple[BuildArg, ...]
    context: str | None = None
    """The folder that is the build context, empty for the root; None when it is not known."""
    target: str = ""
    """The stage that is built, as written; empty for the last."""
    line: int = 1
    """Where the file says so."""

    @property
    def label(self) -> str:
        """How a person tells it from other builds of the same Dockerfile."""
        return f"{self.name} in {self.path}"

    def arg(self, name: str) -> BuildArg | None:
        """The last value it gives to an `ARG`, if it gives one."""
        return next((arg for arg in reversed(self.args) if arg.name == name), None)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to build a Dockerfile. `given` is None when no file says how it is built."""

    given: Given | None
    build_args: Mapping[str, str]
    unknown: tuple[BuildArg, ...] = ()
    """Values it gives that nobody knows before it runs; a default stands in, and that has to be said."""

    @property
    def context(self) -> str | None:
        """The folder that is the build context; None when no file says which."""
        return self.given.context if self.given else None

    @property
    def target(self) -> str:
        """The stage that is built, as written; empty for the last."""
        return self.given.target if self.given else ""

    def values(self, names: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """What its builder gives to these `ARG`s, as written, by name."""
        return _values(self.given, names) if self.given else ()


def given_to(dockerfile: str, files: Iterable[FileVersion]) -> tuple[Given, ...]:
    """List the builds of one Dockerfile, in order of files and lines."""
    built = [
        (file.path, build)
        for file in files
        if file.manifest is not None
        for build in file.manifest.builds
        if build.dockerfile == dockerfile
    ]
    # A stage that somebody develops in is not shipped; what such a file says of `ARG`s is better than nothing.
    shipping = [each for each in built if not _is_to_develop(each[1])] or built
    return tuple(
        Given(path, build.name, build.args, build.context, _target(build), build.line)
        for path, build in shipping
    )


def _is_to_develop(build: Build) -> bool:
    return build.kind is ManifestKind.DEVCONTAINER and bool(build.target)


def _target(build: Build) -> str:
    return "" if _is_to_develop(build) else build.target


def leaves_choice(version: FileVersion) -> bool:
    """Whether a Dockerfile leaves to its builder which images and settings it uses, or which stage is shipped."""
    if version.content is None:
        return False
    try:
        dockerfile = parse(version.content)
        return len(dockerfile.stages) > 1 or bool(choosing_arg_names(dockerfile))
    except DockerfileError:
        return False


def choosing_arg_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Names whose values decide which images and settings a Dockerfile uses."""
    return arg_names(dockerfile) | setting_arg_names(dockerfile)


def deciding_arg_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Names whose values make another image of a Dockerfile, or another finding in it."""
    return choosing_arg_names(dockerfile) | source_arg_names(dockerfile)


def arg_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Names of the `ARG`s that decide which images a Dockerfile uses."""
    uses = [use for use in image_uses(dockerfile) if use.kind is not UseKind.SYNTAX]
    return frozenset(arg.name for use in uses for arg in use.args)


def source_arg_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Names that the sources of COPY and ADD hold: they decide which files are taken in."""
    words = (
        word
        for instruction in dockerfile.instructions
        if (runs := instruction.nested or instruction).cmd in ("COPY", "ADD")
        for word in runs.args[:-1]
    )
    return frozenset(name for word in words for name in _NAMES.findall(word))


def setting_arg_names(dockerfile: Dockerfile) -> frozenset[str]:
    """Names of the `ARG`s that decide what a container runs with: in USER, EXPOSE and VOLUME, themselves or through
    ENV, and in a FROM that chooses a stage."""
    names: set[str] = set()
    declared: set[str] = set()
    # A name is given its value above the lines that use it.
    for instruction in reversed(dockerfile.instructions):
        if instruction.cmd in _SETTINGS:
            names.update(_NAMES.findall(instruction.text))
        elif instruction.cmd in ("ARG", "ENV"):
            given = {word.partition("=")[0] for word in instruction.args}
            if not names.isdisjoint(given):
                names.update(_NAMES.findall(instruction.text))
            if instruction.cmd == "ARG":
                declared |= given
    return frozenset(names & declared)


def variants(
    names: Iterable[str], given: Iterable[Given], build_args: Mapping[str, str]
) -> tuple[tuple[Variant, ...], tuple[Variant, ...]]:
    """The different ways to build a Dockerfile as far as these `ARG`s tell, and those beyond the limit.

    The operator's values stand in for names that no file gives a value to.
    """
    given, names = tuple(given), frozenset(names)
    known = {arg.name for each in given for arg in each.args if not arg.unresolved}
    fallback = {name: value for name, value in build_args.items() if name not in known}
    found: dict[tuple[object, ...], Variant] = {}
    for each in given:
        values = {arg.name: arg.value for arg in each.args if not arg.unresolved}
        chosen = {name: build_args[name] for name in _unknown(each) if name in build_args}
        unknown = tuple(arg for name, arg in _unknown(each).items() if name in names and name not in chosen)
        way = each.context, each.target, *_values(each, names)
        found.setdefault(way, Variant(each, fallback | values | chosen, unknown))
    ways = tuple(found.values()) or (Variant(None, build_args),)
    return ways[:MOST_VARIANTS], ways[MOST_VARIANTS:]


def differently_built(files: Iterable[ChangedFile]) -> list[str]:
    """Paths of the Dockerfiles that changed files build with other values than before, in order."""
    before, after = Builds(), Builds()
    for file in files:
        before.add(file.before)
        after.add(file.after)
    paths = sorted(before.values.keys() | after.values.keys())
    return [path for path in paths if before.of(path) != after.of(path)]


def differently_placed(files: Iterable[ChangedFile]) -> list[str]:
    """Paths of the Dockerfiles that changed files build from other folders than before, in order."""
    listed = list(files)
    before, after = (
        {(build.dockerfile, build.context) for version in side for build in _builds(version)}
        for side in ([file.before for file in listed], [file.after for file in listed])
    )
    return sorted({path for path, _ in before ^ after})


def _builds(version: FileVersion | None) -> Iterable[Build]:
    return version.manifest.builds if version and version.manifest else ()


class Builds:
    """All values that some files give, and the stages they build, by Dockerfile."""

    def __init__(self) -> None:
        self.values: dict[str, set[tuple[object, ...]]] = {}

    def add(self, file: FileVersion | None) -> None:
        """Count in what one file says."""
        for build in _builds(file):
            values = tuple(sorted({arg.name: arg.value for arg in build.args}.items()))
            self.values.setdefault(build.dockerfile, set()).add((_target(build), *values))

    def of(self, path: str) -> set[tuple[object, ...]]:
        """The ways one Dockerfile is built; a single one without values when nobody says."""
        return self.values.get(path, {("",)})


def _unknown(given: Given) -> dict[str, BuildArg]:
    return {arg.name: arg for arg in given.args if arg.unresolved}


def _values(given: Given, names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({arg.name: arg.value for arg in given.args if arg.name in names}.items()))
