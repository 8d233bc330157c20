"""Where instructions take files from: COPY --from and RUN --mount=from, also as ONBUILD triggers.

Follows https://docs.docker.com/reference/dockerfile/. A stage wins over an image of the same name.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.dockerfile.model import Dockerfile, Instruction, Stage
from bot.dockerfile.mounts import mount_source
from bot.dockerfile.resolve import Resolved
from bot.dockerfile.scope import Resolution, Scope
from bot.dockerfile.stages import find_stage, is_stage_number
from bot.dockerfile.traced import Traced

_VARIABLE = re.compile(r"\$(?:\{[^}]*\}?|\w*)")
#: What a pattern has to match to bring along what makes a distribution.
_SYSTEM_FOLDERS = ("bin", "etc", "lib", "lib64", "opt", "sbin", "usr", "var")


class UseKind(StrEnum):
    """Where an image is named."""

    FROM = "from"
    COPY = "copy"
    MOUNT = "mount"
    SYNTAX = "syntax"
    ONBUILD_COPY = "onbuild-copy"
    ONBUILD_MOUNT = "onbuild-mount"


@dataclass(frozen=True, slots=True)
class Source:
    """One stage or image that an instruction takes files from."""

    kind: UseKind
    word: Traced
    instruction: Instruction
    stage: int
    """The stage the instruction stands in."""
    image: Resolution
    """What the word says."""
    taken: Stage | None
    """The stage it means; None when it means an image."""
    whole: bool
    """A COPY of everything there is, which is as good as a FROM."""

    @property
    def is_trigger(self) -> bool:
        """Whether it stands in an ONBUILD, and so acts where its stage is built on."""
        return self.instruction.nested is not None


def read_sources(dockerfile: Dockerfile, resolved: Resolved) -> Iterator[Source]:
    """List the sources of all instructions in file order."""
    for stage in dockerfile.stages:
        scope = resolved.stage_scope(stage.index)
        for instruction in stage.instructions[1:]:
            for kind, word in _sites(instruction):
                image = _resolve(word, scope)
                name = image.word.text if image.word is not None else ""
                taken = find_stage(dockerfile, name)
                # A number that no stage has, and `scratch`, are not there to take anything from.
                if taken or not (name == "scratch" or is_stage_number(name)):
                    whole = _copies_root(instruction.nested or instruction, scope)
                    yield Source(kind, word, instruction, stage.index, image, taken, whole)
            if scope is not None:
                scope.declare(instruction, resolved.outer)


def _sites(instruction: Instruction) -> Iterator[tuple[UseKind, Traced]]:
    runs = instruction.nested or instruction
    onbuild = instruction.nested is not None
    words: list[Traced | None] = []
    kind = UseKind.FROM
    if runs.cmd == "COPY":
        kind = UseKind.ONBUILD_COPY if onbuild else UseKind.COPY
        words += runs.flag_values("from")
    elif runs.cmd == "RUN":
        kind = UseKind.ONBUILD_MOUNT if onbuild else UseKind.MOUNT
        words += [mount_source(mount) for mount in runs.flag_values("mount")]
    for word in words:
        if word is not None and word.text:
            yield kind, word


def _resolve(word: Traced, scope: Scope | None) -> Resolution:
    # BuildKit knows no variables here and says so; buildah does, with the scope of the stage.
    return Resolution(word) if scope is None else scope.resolve(word)


def _copies_root(instruction: Instruction, scope: Scope | None) -> bool:
    if instruction.cmd != "COPY":
        return False
    return any(_may_be_root(source, scope) for source in instruction.args[:-1])


def _may_be_root(source: str, scope: Scope | None) -> bool:
    """`/`, `.`, `/*`, `/[a-z]*`: everything there is. What only the builder knows may be empty."""
    value = _resolve(Traced.foreign(source), scope).word
    text = value.text if value is not None else _VARIABLE.sub("", source)
    path = posixpath.normpath("/" + text.translate({ord(char): None for char in "\\\"'"}).lstrip("/"))
    # In Go's patterns `^` negates, and `!` is a letter like any other.
    first = path.split("/")[1].replace("[!", "[").replace("[^", "[!")
    return not first or any(fnmatchcase(folder, first) for folder in _SYSTEM_FOLDERS if _is_pattern(first))


def _is_pattern(name: str) -> bool:
    return any(char in name for char in "*?[")
