"""What happens in each stage, in order: files that are taken in, and commands that run, in which folder.

Follows https://docs.docker.com/reference/dockerfile/#copy, #add and #run---mount. Variables have their values in the
stage; what is not known keeps them as written.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.dockerfile.calls import Call, find_calls
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.heredoc import is_heredoc
from bot.dockerfile.model import Instruction, Span, Stage
from bot.dockerfile.mounts import mount_fields
from bot.dockerfile.resolve import Resolved
from bot.dockerfile.scope import Scope, stage_scope
from bot.dockerfile.stages import find_stage, is_stage_number
from bot.dockerfile.traced import Traced

MAX_EVENTS = 20_000
"""Instructions that copy or run, in all stages."""
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|git@")
_QUOTES = str.maketrans("", "", "\"'")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files are taken from: the build context, a stage, or an image (by its name, empty when not known)."""

    stage: int | None = None
    image: str | None = None

    @property
    def is_context(self) -> bool:
        """Whether it is the build context."""
        return self.stage is None and self.image is None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One source of an instruction. It has no leading slash, and is empty for everything there is."""

    path: str
    pivot: str = ""
    """The folder below which `--parents` keeps names: `a` of `a/./b/c`."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Files that one instruction takes in."""

    stage: int
    """Where they go."""
    instruction: Instruction
    origin: Origin
    sources: tuple[Wanted, ...]
    destination: str
    """In the stage, as an absolute path; a slash at the end where the instruction writes a folder."""
    excluded: tuple[str, ...] = ()
    parents: bool = False
    mounted: bool = False
    """It is there only while the command runs."""
    unknown: tuple[str, ...] = ()
    """Sources as written whose variables have no known value."""
    written: tuple[str, ...] = ()
    """Names of the files that heredocs hold."""
    fetched: tuple[str, ...] = ()
    """Addresses that ADD takes files from."""
    trigger: str = ""
    """The image whose ONBUILD this is; empty for what the file itself says."""

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        return self.instruction.span

    @property
    def is_single(self) -> bool:
        """Whether there is one source, so that the destination may be the name of a file."""
        return len(self.sources) + len(self.unknown) + len(self.written) + len(self.fetched) == 1


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a RUN instruction."""

    stage: int
    instruction: Instruction
    call: Call
    folder: str
    """Where it runs."""
    env: Mapping[str, str] = field(repr=False)
    """What is set of the variables that package managers heed."""
    trigger: str = ""


Event = Copy | Command
#: Variables that decide whether what is only needed to develop is installed.
HEEDED = (
    "NODE_ENV",
    "NPM_CONFIG_OMIT",
    "NPM_CONFIG_PRODUCTION",
    "BUNDLE_WITHOUT",
    "COMPOSER_NO_DEV",
    "MIX_ENV",
    "UV_NO_DEV",
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """An instruction that a base image makes a stage run first."""

    image: str
    instruction: Instruction


def read_events(
    resolved: Resolved, triggers: Mapping[int, Sequence[Trigger]] | None = None
) -> list[tuple[Event, ...]]:
    """List for each stage what it does itself, ONBUILD instructions of what it is FROM first."""
    walk = _Walk(resolved, triggers or {})
    return [tuple(walk.stage(stage)) for stage in resolved.dockerfile.stages]


class _Walk:
    """One walk over all stages, in order."""

    def __init__(self, resolved: Resolved, triggers: Mapping[int, Sequence[Trigger]]) -> None:
        self._resolved = resolved
        self._triggers = triggers
        self._scopes: dict[int, Scope] = {}
        self._folders: dict[int, str] = {}
        self._count = 0

    def stage(self, stage: Stage) -> Iterator[Event]:
        parent = self._resolved.bases[stage.index].parent
        scope = stage_scope(self._resolved.outer, None if parent is None else self._scopes[parent])
        self._scopes[stage.index] = scope
        self._folders[stage.index] = "/" if parent is None else self._folders[parent]
        above = self._resolved.dockerfile.stages[parent].instructions if parent is not None else ()
        first = [Trigger("", each.nested) for each in above if each.nested is not None]
        own = [Trigger("", each) for each in stage.instructions[1:] if each.nested is None]
        for runs in (*self._triggers.get(stage.index, ()), *first, *own):
            for event in self._events(stage.index, runs.instruction, scope):
                self._count += 1
                if self._count > MAX_EVENTS:
                    raise BeyondLimits(f"more than {MAX_EVENTS:,} commands and copies", stage.start_line)
                yield replace(event, trigger=runs.image) if runs.image else event
            scope.declare(runs.instruction, self._resolved.outer)

    def _events(self, stage: int, instruction: Instruction, scope: Scope) -> Iterator[Event]:
        match instruction.cmd:
            case "WORKDIR":
                self._enter(stage, instruction, scope)
            case "COPY" | "ADD":
                yield self._copy(stage, instruction, scope)
            case "RUN":
                yield from self._mounts(stage, instruction, scope)
                yield from self._commands(stage, instruction, scope)

    def _enter(self, stage: int, instruction: Instruction, scope: Scope) -> None:
        path = _value(instruction.args[0] if instruction.args else "", scope)[0]
        self._folders[stage] = posixpath.normpath(posixpath.join(self._folders[stage], path or "."))

    def _copy(self, stage: int, instruction: Instruction, scope: Scope) -> Copy:
        words = [word for word in instruction.args[:-1] if not is_heredoc(word)]
        values = [(word, *_value(word, scope)) for word in words]
        remote = [each for each in values if instruction.cmd == "ADD" and _is_remote(each[0], each[1])]
        values = [each for each in values if each not in remote]
        target = _value(instruction.args[-1] if instruction.args else "", scope)[0]
        source = instruction.flag_values("from")
        return Copy(
            stage,
            instruction,
            self._origin(source[-1].text, scope) if source else Origin(),
            tuple(_source(value) for _, value, known in values if known),
            self._place(stage, target),
            tuple(word.text for word in instruction.flag_values("exclude")),
            instruction.flag("parents") not in (None, "false"),
            unknown=tuple(word for word, _, known in values if not known),
            written=tuple(each.name for each in instruction.heredocs),
            fetched=tuple(value.translate(_QUOTES) for _, value, _ in remote),
        )

    def _place(self, stage: int, target: str) -> str:
        path = posixpath.normpath(posixpath.join(self._folders[stage], target or "."))
        return f"{path.rstrip('/')}/" if target.endswith(("/", "/.")) or target in (".", "") else path

    def _mounts(self, stage: int, instruction: Instruction, scope: Scope) -> Iterator[Copy]:
        """Files of the context, or of a stage, that are there while a command runs."""
        for mount in instruction.flag_values("mount"):
            fields = {key: _value(text.text, scope) for key, text in mount_fields(mount).items()}
            if fields.get("type", ("bind", True))[0] != "bind":
                continue
            origin = self._origin(fields["from"][0], scope) if "from" in fields else Origin()
            source, known = fields.get("source", fields.get("src", ("", True)))
            target = next((fields[key][0] for key in ("target", "dst", "destination") if key in fields), "")
            yield Copy(
                stage,
                instruction,
                origin,
                (_source(source),) if known else (),
                self._place(stage, target),
                mounted=True,
                unknown=() if known else (source,),
            )

    def _origin(self, word: str, scope: Scope) -> Origin:
        name, known = _value(word, scope)
        if not known:
            return Origin(image="")
        taken = find_stage(self._resolved.dockerfile, name)
        if taken is not None:
            return Origin(stage=taken.index)
        return Origin(image="" if name == "scratch" or is_stage_number(name) else name)

    def _commands(self, stage: int, instruction: Instruction, scope: Scope) -> Iterator[Command]:
        folder = self._folders[stage]
        env = {name: value for name in HEEDED if (value := _variable(name, scope)) is not None}
        for call in find_calls(instruction):
            words = [_value(word, scope)[0] if "$" in word else word for word in call.words]
            for name, _, value in (word.partition("=") for word in _assignments(call.words)):
                env = env | {name: value}
            if words[:1] == ["cd"] and len(words) > 1:
                folder = posixpath.normpath(posixpath.join(folder, words[-1]))
            elif words:
                own = dict(word.split("=", 1) for word in call.assigned if "=" in word)
                yield Command(stage, instruction, replace(call, words=words), folder, env | own)


def _is_remote(word: str, value: str) -> bool:
    """Whether ADD takes a source from an address, as written or once its variables are put in."""
    return any(_REMOTE.match(each.translate(_QUOTES)) for each in (word, value))


def _assignments(words: Sequence[str]) -> Iterator[str]:
    """`export NODE_ENV=production`."""
    if words[:1] == ["export"]:
        yield from (word for word in words[1:] if "=" in word)


def _variable(name: str, scope: Scope) -> str | None:
    known = scope.variables.get(name)
    return known.value.text if known is not None and known.value is not None and not known.unknown else None


def _value(word: str, scope: Scope) -> tuple[str, bool]:
    """A word with its variables put in, and whether all of them are known."""
    if not any(char in word for char in ("$", "'", '"', scope.escape)):
        return word, True
    found = scope.resolve(Traced.foreign(word))
    return (word, False) if found.word is None else (found.word.text, True)


def _source(path: str) -> Wanted:
    """Docker takes `/a`, `./a` and `../a` alike: nothing leads out of the context."""
    pivot, found, _ = path.partition("/./")
    return Wanted(_plain(path), _plain(pivot) if found else "")


def _plain(path: str) -> str:
    return posixpath.normpath("/" + path).lstrip("/")
