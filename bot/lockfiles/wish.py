"""A wish to raise a package, the advice that answers it, and what the answers of all managers have in common."""

import shlex
from dataclasses import dataclass

from bot.lockfiles.model import Ask


@dataclass(frozen=True, slots=True)
class Wish:
    """A package to raise to a version. `several` says that the lockfile has it in other versions as well."""

    name: str
    old: str
    version: str
    direct: bool | None
    development: bool
    form: str
    several: bool
    asks: tuple[Ask, ...] = ()
    """How the application itself asks for it; empty where nothing is known of that."""
    path: str = ""
    """Of the lockfile."""
    made_by: tuple[str, ...] = ()
    """As `Lockfile.made_by`."""

    @property
    def is_transitive(self) -> bool:
        """Whether only other packages ask for it, as far as is known."""
        return self.direct is False

    @property
    def words(self) -> tuple[str, ...]:
        """What ends up in a command."""
        asked = (word for ask in self.asks for word in (ask.alias, ask.member, ask.group))
        return (self.name, self.version, *asked)


@dataclass(frozen=True, slots=True)
class Advice:
    """A command, empty where there is none, and what else to know."""

    command: str = ""
    note: str = ""


def line(*words: str) -> str:
    """Write a command so that a shell reads these words."""
    return shlex.join(words)


def allow(file: str, wish: Wish) -> str:
    """Say that the manifest decides, of what it names itself."""
    return "" if wish.is_transitive else f"{file} has to allow {wish.version}"
