"""Go's go.mod, with go.sum where that alone tells all.

https://go.dev/ref/mod#go-mod-file and #go-sum-files. The `go` and `toolchain` lines name the least version of Go, not
the one that builds: the standard library is that of the image it is built in, so it is not listed from here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found

_VERB = re.compile(r"(module|go|toolchain|require|exclude|replace|retract|tool|godebug|ignore)\b\s*(.*)")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|[^\s"`]+')
_PRUNED = (1, 17)
"""From this version on go.mod names every module that is built; before, go.sum has to help."""


@dataclass(slots=True)
class _Module:
    name: str
    version: str
    line: int
    indirect: bool


@dataclass(slots=True)
class _GoMod:
    go: tuple[int, ...] = (1, 16)
    required: list[_Module] = field(default_factory=list)
    excluded: set[tuple[str, str]] = field(default_factory=set)
    replaced: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """(name, version or "") → (name or path, version or "" for a folder)."""

    def replacement(self, name: str, version: str) -> tuple[str, str] | None:
        return self.replaced.get((name, version)) or self.replaced.get((name, ""))


def read_go_mod(source: str, found: Found) -> None:
    """Read the modules the build uses, replaced as it says."""
    mod = _parse(source)
    for module in mod.required:
        _take(module, mod, found, path="")
    if mod.go < _PRUNED:
        known = {module.name for module in mod.required}
        for module in _summed(found.sibling("go.sum") or ""):
            if module.name not in known:
                _take(module, mod, found, path=found.near("go.sum"))


def read_go_sum(source: str, found: Found) -> None:
    """What go.mod beside it leaves open; alone, go.sum says what was downloaded once, not what is built."""
    found.includes.append(found.near("go.mod"))


def _take(module: _Module, mod: _GoMod, found: Found, path: str) -> None:
    name, version = module.name, module.version
    if replacement := mod.replacement(name, version):
        name, version = replacement
        if not version:
            return
    elif (name, version) in mod.excluded:
        found.leave_open(name, version, module.line, "go.mod excludes this version", path=path)
        return
    if not version.startswith("v"):
        # `master`, as before the next `go mod tidy`.
        found.leave_open(name, version, module.line, "it names no version", path=path)
        return
    found.add(name, version, module.line, direct=not module.indirect, path=path)


def _parse(source: str) -> _GoMod:
    mod = _GoMod()
    for number, verb, words, comment in _directives(source):
        match verb, words:
            case "go", [version]:
                mod.go = tuple(int(part) for part in re.findall(r"\d{1,6}", version)[:2])
            case "require", [name, version]:
                indirect = comment == "indirect" or comment.startswith("indirect;")
                mod.required.append(_Module(name, version, number, indirect))
            case "exclude", [name, version]:
                mod.excluded.add((name, version))
            case "replace", [name, *version, "=>", target] if len(version) <= 1:
                mod.replaced[name, "".join(version)] = (target, "")
            case "replace", [name, *version, "=>", target, number_] if len(version) <= 1:
                mod.replaced[name, "".join(version)] = (target, number_)
            case "require" | "exclude" | "replace", _:
                raise LockfileError(f"it is not go.mod: {verb} is not followed by what it needs", number)
    return mod


def _directives(source: str) -> Iterator[tuple[int, str, list[str], str]]:
    """Line, verb, words and comment of each directive, blocks taken apart."""
    block, opened = "", 0
    for number, raw in enumerate(source.split("\n"), 1):
        body, _, comment = raw.partition("//")
        body = body.strip()
        if not body:
            continue
        if block and body == ")":
            block = ""
            continue
        verb, rest = block, body
        if not block:
            start = _VERB.fullmatch(body)
            if start is None:
                raise LockfileError("it is not go.mod: the line begins with no directive", number)
            verb, rest = start[1], start[2]
            if rest == "(":
                block, opened = verb, number
                continue
        words = [_unquoted(word) for word in _WORD.findall(rest)]
        yield number, verb, words, comment.strip()
    if block:
        raise LockfileError(f"it is not go.mod: the block of {block} does not end", opened)


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in '"`' and word[0] == word[-1] else word


def _summed(source: str) -> Iterator[_Module]:
    """The modules of go.sum whose content was needed, each in its highest version, which is the one Go selects."""
    highest: dict[str, _Module] = {}
    for number, line in enumerate(source.split("\n"), 1):
        words = line.split()
        if len(words) != 3 or words[1].endswith("/go.mod"):
            continue
        known = highest.get(words[0])
        if known is None or _order(words[1]) > _order(known.version):
            highest[words[0]] = _Module(words[0], words[1], number, True)
    yield from highest.values()


def _order(version: str) -> tuple[tuple[int, ...], bool, list[tuple[bool, int, str]]]:
    """Sort as semantic versions do, https://semver.org/#spec-item-11; of one module, so all are of Go's form."""
    core, _, pre = version.removeprefix("v").partition("+")[0].partition("-")
    numbers = tuple(int(part[:18]) for part in core.split(".") if part.isdecimal())
    parts = [
        (not part.isdecimal(), int(part[:18]) if part.isdecimal() else 0, part) for part in pre.split(".")
    ]
    return numbers, not pre, parts
