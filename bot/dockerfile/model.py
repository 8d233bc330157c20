"""A parsed Dockerfile: instructions and stages with the places they stand at.

Lines count from 1 and include the last; spans are offsets in `Dockerfile.text`, the end excluded.
"""

from dataclasses import dataclass, field

from bot.dockerfile.directives import Directive
from bot.dockerfile.heredoc import Heredoc
from bot.dockerfile.traced import Traced

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. `args` are split as that instruction splits them, quotes and variables as written."""

    cmd: str
    """In upper case: `FROM`."""
    flags: tuple[str, ...]
    """As written, without quotes: `--from=builder`."""
    args: tuple[str, ...]
    """RUN, CMD and ENTRYPOINT in shell form, and ONBUILD, have one; ENV and LABEL have `name=value` ones."""
    start_line: int
    end_line: int
    span: Span
    """From the instruction's first character to the end of its last line, heredocs included."""
    text: str
    """The file's text at `span`."""
    json: bool = False
    """Whether the arguments were written as a JSON array."""
    heredocs: tuple[Heredoc, ...] = ()
    nested: "Instruction | None" = None
    """What an ONBUILD instruction will run."""
    flag_words: tuple[Traced, ...] = field(default=(), repr=False, compare=False)
    body: Traced = field(default_factory=lambda: Traced.foreign(""), repr=False, compare=False)
    """What follows the flags, continuation lines joined."""

    def flag(self, name: str) -> str | None:
        """Give the value of `--name=value`, the empty text for a bare `--name`, None when it is absent."""
        found = self.flag_values(name)
        return found[-1].text if found else None

    def flag_values(self, name: str) -> list[Traced]:
        """Give the value of each `--name=value`, with its places in the file."""
        prefix = f"--{name}="
        return [word[len(prefix) :] for word in self.flag_words if f"{word.text}=".startswith(prefix)]


@dataclass(frozen=True, slots=True)
class ArgDefinition:
    """One name that an ARG (or, inside a stage, an ENV) instruction defines."""

    name: str
    line: int
    default: str | None
    """As written, None when there is none."""
    span: Span | None
    """Where the default stands; None when there is none or it is empty."""
    overridden: bool = False
    """A build argument took the place of the default."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A FROM instruction and what follows it, up to the next."""

    index: int
    name: str
    """In lower case, as BuildKit compares it; empty when the stage has none."""
    base: str
    """The image or stage it builds on, as written."""
    platform: str
    """The value of `--platform` as written; empty without it."""
    instructions: tuple[Instruction, ...]
    """The FROM first."""
    start_line: int
    end_line: int
    global_args: tuple[ArgDefinition, ...] = ()
    """The ARGs before the first FROM, which the FROM sees."""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A whole file. `text` is what was parsed, with its BOM; what is not UTF-8 shows as U+FFFD."""

    text: str
    directive_list: tuple[Directive, ...]
    escape: str
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]

    @property
    def directives(self) -> dict[str, str]:
        """The parser directives by name, in lower case."""
        return {directive.name: directive.value for directive in self.directive_list}
