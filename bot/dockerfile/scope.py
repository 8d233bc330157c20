"""The variables in scope: global ARGs for FROM, then ARG and ENV inside each stage.

Follows https://docs.docker.com/reference/dockerfile/#scope and #automatic-platform-args-in-the-global-scope.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from bot.dockerfile.arguments import split_pairs, split_words
from bot.dockerfile.errors import BeyondLimits, DockerfileError
from bot.dockerfile.model import ArgDefinition, Dockerfile, Instruction
from bot.dockerfile.stages import arg_definitions
from bot.dockerfile.traced import Traced
from bot.dockerfile.words import Budget, expand_traced
from bot.image.platform import Platform

MAX_CHAIN = 64
MAX_VARIABLES = 5_000
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A name in scope. `value` is None when it has none; `unknown` names what an uncertain one depends on."""

    value: Traced | None = None
    definition: ArgDefinition | None = None
    through: tuple["Variable", ...] = ()
    unknown: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """A word with its variables put in: the text, or what stands in the way, and the ARGs it came through."""

    word: Traced | None
    unresolved: str = ""
    args: tuple[ArgDefinition, ...] = ()
    undeclared: tuple[str, ...] = ()
    """Names that no ARG declares, and that the builder therefore takes for empty."""


@dataclass(slots=True)
class Scope:
    """Names and values at one point of a Dockerfile."""

    escape: str
    build_args: Mapping[str, str]
    budget: Budget
    variables: dict[str, Variable] = field(default_factory=dict)
    closed: bool = True
    """No name can come from elsewhere, as it can from the environment of a base image."""
    fixed: set[str] = field(default_factory=set)
    """Names that ENV has set: ARG does not change them any more."""

    def copy(self) -> Self:
        """Start a scope of its own with the same content."""
        return replace(self, variables=dict(self.variables), fixed=set(self.fixed))

    def resolve(self, word: Traced) -> Resolution:
        """Expand a word in this scope; a value that only the builder knows leaves it unresolved."""
        try:
            variable = self._expand(word, None)
            args = _chain(variable.through)
        except DockerfileError as exc:
            return Resolution(None, exc.reason)
        if variable.unknown:
            return Resolution(None, "no value is known for " + ", ".join(variable.unknown), args)
        return Resolution(variable.value, "", args, variable.undeclared)

    def declare_global(self, instruction: Instruction) -> None:
        """Take in an ARG before the first FROM."""
        for definition, default in self._args(instruction):
            known = self.variables.get(definition.name)
            # Without a default of its own it keeps the predefined value.
            if default is None and definition.name not in self.build_args and known is not None:
                continue
            self._set(definition.name, self._argument(definition, default))

    def declare(self, instruction: Instruction, outer: "Scope") -> None:
        """Take in an ARG or ENV of a stage; an ARG without default takes the global value."""
        if instruction.cmd == "ENV":
            pairs = split_pairs(instruction.body, self.escape)
            line = instruction.start_line
            values = [(name.text, self._defined(name.text, line, value)) for name, value in pairs]
            for name, variable in values:
                self.fixed.add(name)
                self._set(name, variable)
        elif instruction.cmd == "ARG":
            for definition, default in self._args(instruction):
                inherited = outer.variables.get(definition.name) if default is None else None
                if definition.name not in self.fixed:
                    self._set(definition.name, inherited or self._argument(definition, default))

    def _args(self, instruction: Instruction) -> list[tuple[ArgDefinition, Traced | None]]:
        words = split_words(instruction.body, self.escape)
        definitions = arg_definitions(instruction, self.escape)
        return [
            (definition, word[len(definition.name) + 1 :] if definition.default is not None else None)
            for definition, word in zip(definitions, words, strict=True)
        ]

    def _argument(self, definition: ArgDefinition, default: Traced | None) -> Variable:
        given = self.build_args.get(definition.name)
        if given is not None:
            return Variable(Traced.foreign(given), replace(definition, overridden=True))
        if default is None:
            return Variable(None, definition)
        return self._expand_safely(default, definition)

    def _defined(self, name: str, line: int, value: Traced) -> Variable:
        return self._expand_safely(value, ArgDefinition(name, line, value.text, value.span))

    def _expand_safely(self, word: Traced, definition: ArgDefinition) -> Variable:
        """A value that cannot be expanded spoils only what uses it."""
        try:
            return self._expand(word, definition)
        except DockerfileError as exc:
            return Variable(Traced.foreign(""), definition, (), (f"{definition.name} ({exc.reason})",))

    def _expand(self, word: Traced, definition: ArgDefinition | None) -> Variable:
        values = _Values(self.variables)
        expanded = expand_traced(word, values, self.escape, self.budget)
        names = list(dict.fromkeys(expanded.used))
        used = tuple(self.variables[name] for name in names if name in self.variables)
        unset = dict.fromkeys(expanded.unset)
        unknown = [name for name in unset if name in self.variables or not self.closed]
        unknown += [cause for variable in used for cause in variable.unknown]
        undeclared = [name for name in unset if name not in unknown]
        return Variable(
            value=expanded.word,
            definition=definition,
            through=used,
            unknown=tuple(dict.fromkeys(unknown))[:MAX_CHAIN],
            undeclared=tuple(undeclared)[:MAX_CHAIN],
        )

    def _set(self, name: str, variable: Variable) -> None:
        if name not in self.variables and len(self.variables) >= MAX_VARIABLES:
            raise BeyondLimits(f"more than {MAX_VARIABLES} variables in one scope")
        self.variables[name] = variable


class _Values(Mapping[str, Traced]):
    """The values of the variables that have one, without copying them for every word."""

    def __init__(self, variables: dict[str, Variable]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> Traced:
        value = self._variables[name].value
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, variable in self._variables.items() if variable.value is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def global_scope(
    dockerfile: Dockerfile, build_args: Mapping[str, str], platform: Platform, target: str
) -> Scope:
    """Build the scope every FROM sees: the predefined platform ARGs, then the global ARGs."""
    scope = Scope(dockerfile.escape, build_args, Budget())
    for name, value in {**_platform_args(platform), "TARGETSTAGE": target or "default"}.items():
        scope.variables[name] = Variable(Traced.foreign(build_args.get(name, value)))
    for instruction in dockerfile.instructions:
        if instruction.cmd == "FROM":
            break
        scope.declare_global(instruction)
    return scope


def stage_scope(outer: Scope, parent: Scope | None) -> Scope:
    """Start a stage: what its parent stage had set, else only the proxy ARGs and the unknown base image's."""
    if parent is not None:
        return parent.copy()
    scope = Scope(outer.escape, outer.build_args, outer.budget, closed=False)
    for name in (*_PROXIES, *map(str.lower, _PROXIES)):
        given = outer.build_args.get(name)
        scope.variables[name] = Variable(None if given is None else Traced.foreign(given))
    return scope


def _platform_args(platform: Platform) -> dict[str, str]:
    parts = {
        "PLATFORM": str(platform),
        "OS": platform.os,
        "ARCH": platform.architecture,
        "VARIANT": platform.variant,
    }
    # What the build machine is cannot be known; it is taken to be like the target.
    return {side + name: value for side in ("TARGET", "BUILD") for name, value in parts.items()}


def _chain(variables: tuple[Variable, ...]) -> tuple[ArgDefinition, ...]:
    """List the definitions a word was resolved through, each before those its own default uses."""
    found: dict[Variable, None] = {}
    waiting = list(reversed(variables))
    while waiting:
        variable = waiting.pop()
        if variable in found:
            continue
        found[variable] = None
        if len(found) > MAX_CHAIN:
            raise DockerfileError(f"it is resolved through more than {MAX_CHAIN} variables")
        waiting.extend(reversed(variable.through))
    return tuple(variable.definition for variable in found if variable.definition)
