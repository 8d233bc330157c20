"""Recognise package manager commands in RUN: what they install, upgrade and remove, and on which line.

What is not understood (`curl … | sh`) is no package command. Variables stay as written.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.dockerfile.certainty import ASSIGNMENT
from bot.dockerfile.managers import MANAGERS, VERSION_OPTIONS, Manager, Verb
from bot.dockerfile.model import Instruction
from bot.dockerfile.shell import ShellWord, read_script

MAX_NESTING = 3
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*")
_KEYWORDS = frozenset("if then elif else while until do ! { }".split())
# Programs that run the command that follows them, and their options that take a value.
_WRAPPERS = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-D", "-r", "-t"}),
    "env": frozenset({"-u", "-C"}),
    "xargs": frozenset({"-n", "-I", "-P", "-L", "-d", "-a", "-s"}),
    "nice": frozenset({"-n"}),
    "timeout": frozenset({"-s", "-k"}),
    "exec": frozenset[str](),
    "command": frozenset[str](),
    "time": frozenset[str](),
    "eatmydata": frozenset[str](),
    "uv": frozenset[str](),
}


@dataclass(frozen=True, slots=True)
class PackageWord:
    """One package as named on a command line."""

    name: str
    version: str = ""
    """The exact version it is fixed to; empty without one."""
    unresolved: bool = False
    """The word depends on a variable or on another command's output."""


@dataclass(frozen=True, slots=True)
class PackageCommand:
    """One call of a package manager. An install without packages takes them from files or from elsewhere."""

    manager: str
    verb: Verb
    packages: tuple[PackageWord, ...]
    line: int
    files: tuple[str, ...] = ()
    """Files that list more packages, such as `requirements.txt`."""
    certain: bool = True
    """It surely runs, and does what its verb says: no `true ||` before it, no `--simulate` behind it."""
    virtual: str = ""
    """The name apk gives these packages together (`--virtual`), by which a later `del` removes them."""


@dataclass(frozen=True, slots=True)
class _Call:
    words: list[str]
    line: int
    certain: bool = True


def package_commands(instruction: Instruction) -> list[PackageCommand]:
    """List the package manager commands of a RUN instruction in order; for ONBUILD pass its `nested`."""
    if instruction.cmd != "RUN":
        return []
    return [command for call in _calls(instruction) if (command := _command(call)) is not None]


def _calls(instruction: Instruction) -> Iterator[_Call]:
    if instruction.json:
        yield from _nested(_Call(list(instruction.args), instruction.start_line), 0)
        return
    breaks = [match.start() + instruction.span[0] for match in re.finditer("\n", instruction.text)]
    script = read_script(instruction.body.text)
    for command, certain in script:
        offset = instruction.body.at[command[0].at]
        line = instruction.start_line + bisect_right(breaks, offset)
        yield from _nested(_Call(_texts(command), line, certain), 0)
    yield from _heredoc_calls(instruction, [_texts(command) for command, _ in script])


def _texts(command: list[ShellWord]) -> list[str]:
    return [word.text for word in command]


def _heredoc_calls(instruction: Instruction, commands: list[list[str]]) -> Iterator[_Call]:
    """A heredoc is a script when it is the whole command, or the input of a shell."""
    piped = any(map(_is_shell, commands))
    for heredoc in instruction.heredocs:
        if (not commands and _is_shell_script(heredoc.text)) or piped:
            # Beside other commands, which one gets it as its input is not told.
            known = len(commands) < 2 and len(instruction.heredocs) == 1
            whole = _Call([], heredoc.start_line, known)
            yield from _script(heredoc.text, whole, 0, counts_lines=True)


def _is_shell_script(text: str) -> bool:
    first = text.partition("\n")[0]
    return not first.startswith("#!") or any(word.rpartition("/")[2] in _SHELLS for word in first[2:].split())


def _is_shell(words: list[str]) -> bool:
    return words[0].rpartition("/")[2] in _SHELLS and all(word.startswith("-") for word in words[1:])


def _script(script: str, outer: _Call, depth: int, *, counts_lines: bool = False) -> Iterator[_Call]:
    breaks = [match.start() for match in re.finditer("\n", script)] if counts_lines else []
    for command, certain in read_script(script):
        at = outer.line + bisect_right(breaks, command[0].at)
        yield from _nested(_Call(_texts(command), at, outer.certain and certain), depth)


def _nested(call: _Call, depth: int) -> Iterator[_Call]:
    """Pass a command on, or, when it is `sh -c SCRIPT`, those of the script."""
    call = _unwrap(call)
    script = _shell_argument(call.words)
    if script is None:
        yield call
    elif depth < MAX_NESTING:
        yield from _script(script, call, depth + 1)


def _shell_argument(words: list[str]) -> str | None:
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return None
    for index, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[index + 1]
    return None


def _unwrap(call: _Call) -> _Call:
    """Drop what stands before the program: keywords, assignments, `sudo -E` and the like."""
    words, at = call.words, 0
    while at < len(words):
        name = words[at].rpartition("/")[2]
        if words[at] in _KEYWORDS or ASSIGNMENT.match(words[at]):
            at += 1
        elif name == "command" and words[at + 1 : at + 2] in (["-v"], ["-V"]):
            return replace(call, words=[])
        elif name in _WRAPPERS:
            at = _after_options(words, at + 1, _WRAPPERS[name])
            at += name == "timeout"
        else:
            break
    return replace(call, words=words[at:])


def _after_options(words: list[str], at: int, with_value: frozenset[str]) -> int:
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in with_value else 1
    return at


def _command(call: _Call) -> PackageCommand | None:
    if not call.words:
        return None
    name, arguments = _program(call.words)
    manager = MANAGERS.get(name)
    if manager is None:
        return None
    verb, options, words = _parse_arguments(manager, arguments)
    if verb is None and name == "yarn" and not words:
        verb = Verb.INSTALL
    if verb is None:
        return None
    # Without a word, what it upgrades comes from elsewhere, as behind `xargs`: surely not everything.
    if verb is Verb.INSTALL and words and manager.upgrades_by(options):
        verb = Verb.UPGRADE
    return PackageCommand(
        manager=name,
        verb=verb,
        packages=_packages(name, manager, words, options),
        line=call.line,
        files=tuple(value for option, value in options if option in manager.files),
        certain=call.certain and not (manager.rehearses(options) or any(map(_is_bounded, words))),
        virtual=next((value for option, value in options if option in manager.virtual), ""),
    )


def _is_bounded(word: str) -> bool:
    """`openssl<3.3.1` holds a package where it is."""
    return "<" in word or "~" in word


def _program(words: list[str]) -> tuple[str, list[str]]:
    """`python3 -m pip install x` and `/usr/bin/pip3 install x` → (`pip`, the rest)."""
    name = words[0].rpartition("/")[2]
    if _PYTHON.fullmatch(name) and words[1:2] == ["-m"]:
        words = words[2:] or [""]
        name = words[0]
    return ("pip" if _PIP.fullmatch(name) else name), words[1:]


def _parse_arguments(
    manager: Manager, words: list[str]
) -> tuple[Verb | None, list[tuple[str, str]], list[str]]:
    """Tell verb, options with their values, and the other words apart."""
    verb: Verb | None = None
    options: list[tuple[str, str]] = []
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and len(word) > 1:
            option, equals, value = word.partition("=")
            options.append((option, value if equals or option not in manager.values else next(rest, "")))
        elif verb is None and not others and word in manager.verbs:
            verb = manager.verbs[word]
        else:
            others.append(word)
    return verb, options, others


def _packages(
    name: str, manager: Manager, words: list[str], options: list[tuple[str, str]]
) -> tuple[PackageWord, ...]:
    fixed = next((value for option, value in options if option in VERSION_OPTIONS.get(name, ())), "")
    packages = []
    for word in words:
        package, version = manager.split(word)
        packages.append(PackageWord(package, version or fixed, "$" in word or "`" in word))
    return tuple(packages)
