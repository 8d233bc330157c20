"""Recognise package manager commands in RUN: what they install, upgrade and remove, and on which line.

What is not understood (`curl … | sh`) is no package command. Variables stay as written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dockerfile.calls import Call, find_calls, mounts_below
from bot.dockerfile.managers import MANAGERS, Manager, Verb
from bot.dockerfile.model import Instruction

_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*")
_PACKAGE_LISTS = ("/var/lib/apt", "/var/lib/*", "/var/*")
#: Calls that leave the package lists where they are.
_LEAVING_LISTS = frozenset("apt apt-get aptitude apt-mark set".split())


@dataclass(frozen=True, slots=True)
class PackageWord:
    """One package as named on a command line."""

    name: str
    version: str = ""
    """The version it is fixed to or kept below; empty without one."""
    unresolved: bool = False
    """The word depends on a variable or on another command's output."""
    written: str = field(default="", compare=False)
    """The whole word."""


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
    aimed: bool = False
    """An option is not known, and may choose which version comes: `-t old`."""
    word: str = ""
    """The verb as written."""
    options: tuple[tuple[str, str], ...] = ()
    """With their values, as far as they have one."""

    def option(self, *names: str) -> str:
        """The last value of an option that has several names; empty without."""
        return next((value for option, value in reversed(self.options) if option in names), "")


def package_commands(instruction: Instruction) -> list[PackageCommand]:
    """List the package manager commands of a RUN instruction in order; for ONBUILD pass its `nested`."""
    if instruction.cmd != "RUN":
        return []
    return [command for call in find_calls(instruction) if (command := package_command(call)) is not None]


def lasting_commands(instruction: Instruction) -> list[PackageCommand]:
    """Those of `package_commands`, and before and behind them where the package lists may not last.

    Lists are lost in more ways than can be listed, so they outlast only a RUN that calls nothing but apt, and
    never a mount over them.
    """
    commands = package_commands(instruction)
    if instruction.cmd != "RUN":
        return commands
    if mounts_below(instruction, "/var/lib/apt"):
        return [_lost_lists(instruction.start_line), *commands, _lost_lists(instruction.end_line)]
    if all(map(_leaves_lists, find_calls(instruction))):
        return commands
    return [*commands, _lost_lists(instruction.end_line)]


def _leaves_lists(call: Call) -> bool:
    return call.certain and bool(call.words) and call.words[0] in _LEAVING_LISTS


def _lost_lists(line: int) -> PackageCommand:
    return PackageCommand("apt-get", Verb.DROP_INDEX, (), line)


def package_command(call: Call, managers: Mapping[str, Manager] = MANAGERS) -> PackageCommand | None:
    """Recognise one command line; None when it is no package manager's."""
    if not call.words:
        return None
    name, arguments = _program(call.words)
    if name == "rm" and any(word.startswith(_PACKAGE_LISTS) for word in arguments):
        return PackageCommand("apt-get", Verb.DROP_INDEX, (), call.line, certain=call.certain)
    name, arguments = _grammar(name, arguments, managers)
    manager = managers.get(name)
    if manager is None:
        return None
    verb_word, options, words = _parse_arguments(manager, arguments)
    if not verb_word and "" not in manager.verbs and not (name == "yarn" and not words):
        return None
    verb = manager.verbs.get(verb_word, Verb.INSTALL)
    # Without a word, what it upgrades comes from elsewhere, as behind `xargs`: surely not everything.
    if verb is Verb.INSTALL and words and manager.upgrades_by(options):
        verb = Verb.UPGRADE
    return PackageCommand(
        manager=name,
        verb=verb,
        packages=_packages(manager, words, options),
        line=call.line,
        files=tuple(value for option, value in options if option in manager.files),
        certain=call.certain and manager.is_plain(options) and verb_word not in manager.doubtful,
        aimed=not manager.is_plain(options),
        word=verb_word,
        options=tuple(options),
    )


def _program(words: list[str]) -> tuple[str, list[str]]:
    """`python3 -m pip install x` and `/usr/bin/pip3 install x` → (`pip`, the rest)."""
    name = words[0].rpartition("/")[2]
    if _PYTHON.fullmatch(name) and words[1:2] == ["-m"]:
        words = words[2:] or [""]
        name = words[0]
    return ("pip" if _PIP.fullmatch(name) else name), words[1:]


def _grammar(name: str, arguments: list[str], managers: Mapping[str, Manager]) -> tuple[str, list[str]]:
    """`uv tool install x` → (`uv tool`, the rest), where that has a grammar of its own."""
    longer = " ".join((name, *arguments[:1]))
    return (longer, arguments[1:]) if longer in managers else (name, arguments)


def _parse_arguments(manager: Manager, words: list[str]) -> tuple[str, list[tuple[str, str]], list[str]]:
    """Tell verb, options with their values, and the other words apart."""
    verb = ""
    options: list[tuple[str, str]] = []
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        if not (verb or others) and word in manager.prefixes:
            continue
        if not (verb or others) and word in manager.verbs:
            verb = word
        elif word.startswith("-") and len(word) > 1:
            option, equals, value = word.partition("=")
            options.append((option, value if equals or option not in manager.values else next(rest, "")))
        else:
            others.append(word)
    return verb, options, others


def _packages(manager: Manager, words: list[str], options: list[tuple[str, str]]) -> tuple[PackageWord, ...]:
    fixed = next((value for option, value in options if option in manager.versions), "")
    packages = []
    for word in words:
        package, version = manager.split(word)
        packages.append(PackageWord(package, version or fixed, "$" in word or "`" in word, word))
    return tuple(packages)
