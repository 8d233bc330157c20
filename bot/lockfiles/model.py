"""What a lockfile says. Lines count from 1."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.package import Package


class Manager(StrEnum):
    """Whose lockfile it is; the value is the program's name."""

    NPM = "npm"
    YARN = "yarn"
    PNPM = "pnpm"
    PIP = "pip"
    PIPENV = "pipenv"
    POETRY = "poetry"
    UV = "uv"
    PDM = "pdm"
    GO = "go"
    CARGO = "cargo"
    BUNDLER = "bundler"
    COMPOSER = "composer"
    MAVEN = "maven"
    GRADLE = "gradle"
    NUGET = "nuget"
    MIX = "mix"
    PUB = "pub"
    CONAN = "conan"


@dataclass(frozen=True, slots=True)
class Ask:
    """How the application itself asks for a package; all empty where it does so at the top, by the package's name."""

    alias: str = ""
    """The name it is installed under, where that is another one."""
    member: str = ""
    """Which member of the workspace asks, as its manager wants it named: by folder, or by name."""
    group: str = ""
    """Which group of dependencies it is in."""
    develops: bool = False
    """The group is for development."""

    def of(self, name: str) -> "Ask":
        """The same without an alias where that is the package's own name."""
        return replace(self, alias="") if self.alias == name else self


@dataclass(frozen=True, slots=True)
class Dependency:
    """One package in the version that will be installed."""

    package: Package
    line: int
    end_line: int
    development: bool = False
    """Only needed to develop: installed unless the manager is told not to."""
    direct: bool | None = None
    """The application itself asks for it; None where the file does not tell."""
    wanted_by: tuple[str, ...] = ()
    """Names of packages that ask for it, as far as the file tells; a few are enough."""
    path: str = ""
    """The file whose lines these are, where it is another one than the lockfile: `-r base.txt`, `go.sum`."""
    asks: tuple[Ask, ...] = ()
    """How the application itself asks for it, as far as that decides what to type."""


@dataclass(frozen=True, slots=True)
class Open:
    """A package whose version the file leaves open. Listed, never dropped."""

    name: str
    requirement: str
    """As written: `>=2,<3`."""
    line: int
    why: str
    path: str = ""
    """As `Dependency.path`."""
    unclear: bool = False
    """Nobody can say which package it is, so it may be any."""


@dataclass(frozen=True, slots=True)
class Lockfile:
    """One file, read. `problem` says why it could not be, if so; nothing else may be concluded then."""

    path: str
    manager: Manager
    dependencies: tuple[Dependency, ...] = ()
    open: tuple[Open, ...] = ()
    includes: tuple[str, ...] = ()
    """Files it refers to and takes packages from, as paths in the repository: `-r base.txt`."""
    problem: str = ""
    line: int = 1
    """Where the problem is."""
    partial: str = ""
    """Why more packages than these will be installed, if so: what a pom.xml names asks for others in turn."""
    form: str = ""
    """Which of the manager's formats, or which program made it, where that decides what to type: `berry`."""
    made_by: tuple[str, ...] = ()
    """What stood behind that program to make it: `--output-file=requirements/prod.txt requirements/prod.in`."""
