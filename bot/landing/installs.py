"""Recognise the commands that install an application's dependencies from its lockfile, and whether they leave out
what is only needed to develop. How their programs are called, `lockfile_programs` knows.
"""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.dockerfile.copies import Command
from bot.landing.lockfile_programs import PROGRAMS, Program
from bot.lockfiles import Manager


@dataclass(frozen=True, slots=True)
class Install:
    """One command that installs from the lockfiles of a manager."""

    manager: Manager
    folder: str
    """Where it looks for the lockfile, in the stage."""
    line: int
    shown: str
    """The command in short."""
    development: bool = True
    """It installs what is only needed to develop as well."""
    files: tuple[str, ...] = ()
    """The files it reads, where the command names them."""
    constraints: tuple[str, ...] = ()
    """Files that tell versions of what it installs, and add nothing."""
    only_drops: bool = False
    """It installs nothing, and takes or keeps out what is only needed to develop."""
    deep: bool = False
    """It may read lockfiles in folders below as well."""

    def serves(self, manager: Manager, place: str) -> bool:
        """Whether it installs from a lockfile at a place in the stage."""
        if manager is not self.manager:
            return False
        if self.files:
            return is_among(place, self.files)
        folder = posixpath.dirname(place)
        return lies_below(self.folder, folder) or (self.deep and lies_below(folder, self.folder))


def is_among(place: str, files: Iterable[str]) -> bool:
    """Whether a command names the file at a place. One whose path is not known is known by its name."""
    name = posixpath.basename(place)
    return any(file == place or ("$" in file and posixpath.basename(file) == name) for file in files)


def lies_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


_SAME = {"mvnw": "mvn", "gradlew": "gradle", "bundler": "bundle", "pip-sync": "pip-sync"}
_PIP = re.compile(r"pip[0-9.]*")
_PYTHON = re.compile(r"python[0-9.]*")
_MODULES = ("pip", "pipenv", "poetry", "pdm", "uv")
#: Options whose value is better read together with them.
_JOINED = frozenset("--omit --include --only --without --with --group --no-group".split())


def read_install(command: Command) -> Install | None:
    """Recognise one command; None for one that installs nothing from a lockfile."""
    words = _program(command.call.words)
    program = PROGRAMS.get(words[0]) if words else None
    if program is None:
        return None
    if words[0] == "bundle" and words[1:2] == ["config"]:
        return _bundle_config(command, words, program)
    options, others = _options(words[1:], program)
    verb = next((word for word in others if word in program.verbs or word in program.prunes), None)
    if verb is None and ("" not in program.verbs or (others and words[0] != "pip-sync")):
        return None
    if words[0] == "yarn" and verb == "add" and others[:1] == ["global"]:
        return None
    if words[0] in ("npm", "pnpm") and any(
        option in ("-g", "--global", "--location") for option, _ in options
    ):
        return None
    # Neither a package by its name nor a tool takes anything from the lockfile.
    if words[0] in ("go", "cargo") and verb == "install" and _is_tool(words[0], options, others):
        return None
    files = tuple(value for option, value in options if option in program.files)
    if words[0] == "pip-sync" or (words[0] == "pip" and verb == "sync"):
        files = tuple(word for word in others if word != verb) or ("requirements.txt",)
    if words[0] == "pip" and not files:
        return None
    return Install(
        program.manager,
        _folder(command.folder, options, program),
        command.call.line,
        " ".join(words)[:80],
        _brings_development(command, options, program),
        tuple(_joined(command.folder, file) for file in files),
        only_drops=verb in program.prunes,
        deep=program.deep,
        constraints=tuple(
            _joined(command.folder, value) for option, value in options if option in program.constraints
        ),
    )


def _program(words: list[str]) -> list[str]:
    """`/usr/bin/python3 -m poetry install` → `poetry install`."""
    if not words:
        return []
    name = posixpath.basename(words[0])
    if name == "uv" and words[1:2] == ["pip"]:
        return words[1:]
    if _PYTHON.fullmatch(name) and words[1:2] == ["-m"] and words[2:3] and words[2] in _MODULES:
        return words[2:]
    return ["pip" if _PIP.fullmatch(name) else _SAME.get(name, name), *words[1:]]


def _options(words: list[str], program: Program) -> tuple[list[tuple[str, str]], list[str]]:
    options: list[tuple[str, str]] = []
    others: list[str] = []
    takes = program.values | program.folders | program.files | program.constraints
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            others.append(word)
            continue
        option, equals, value = word.partition("=")
        if not equals and option in takes:
            value = next(rest, "")
        options.append((option, value))
    return options, others


def _brings_development(command: Command, options: list[tuple[str, str]], program: Program) -> bool:
    if program.never:
        return False
    said = {f"{option}={value}" if value else option for option, value in options}
    said |= {option for option, _ in options if option not in _JOINED}
    # Several groups in one option: `--without dev,docs`, `--without="development test"`.
    for option, value in options:
        said |= {f"{option}={part}" for part in re.split(r"[\s,:]+", value) if part}
    if program.manager is Manager.POETRY and any(option == "--only" for option, _ in options):
        return "--only=dev" in said
    if said & program.keeps:
        return True
    without = {part for each in said if each.startswith("--without=") for part in [each[len("--without=") :]]}
    if said & program.drops or without & {"dev", "development"}:
        return False
    if any(
        re.fullmatch(value, command.env.get(name, ""), re.IGNORECASE) for name, value in program.env.items()
    ):
        return False
    return program.default


def _folder(folder: str, options: list[tuple[str, str]], program: Program) -> str:
    for option, value in options:
        if option in program.folders and value:
            place = _joined(folder, value)
            # `-f web/pom.xml` and `--manifest-path web/Cargo.toml` name a file in it.
            return posixpath.dirname(place) if re.search(r"\.(xml|toml)$|Gemfile$", value) else place
    return folder


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _is_tool(name: str, options: list[tuple[str, str]], others: list[str]) -> bool:
    if name == "go":
        return any("@" in word for word in others)
    return not any(option == "--path" for option, _ in options)


def _bundle_config(command: Command, words: list[str], program: Program) -> Install | None:
    """`bundle config set --local without 'development test'`."""
    others = [word for word in words[2:] if not word.startswith("-") and word != "set"]
    if others[:1] != ["without"] or "development" not in re.split(r"[\s:,]+", " ".join(others[1:])):
        return None
    return Install(
        program.manager,
        command.folder,
        command.call.line,
        " ".join(words)[:80],
        development=False,
        only_drops=True,
    )
