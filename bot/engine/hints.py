"""Recognise, by name alone, content that could hold packages and that no catalog reads yet, or not there.

A kind leaves this table when its catalog arrives, but for databases outside their usual places: of another
root, or behind a link. Each rule turns a path into the unit that would be one
package, so that the files of one Python distribution count once.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Unit = Callable[[str], str]
"""From a path to the unit it belongs to; empty when the path is something else after all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise one kind of content."""

    label: str
    unit: Unit


def _itself(path: str) -> str:
    return path


def _matching(pattern: str) -> Unit:
    """The part of the path that `pattern` matches from its start, with `(?=/)` or `$` where it has to end."""
    compiled = re.compile(pattern)

    def unit(path: str) -> str:
        match = compiled.match(path)
        return match[0] if match else ""

    return unit


#: Found by the whole path.
_PATHS = {
    "var/lib/opkg/status": Rule("opkg packages", _itself),
    "usr/lib/opkg/status": Rule("opkg packages", _itself),
}
#: Found by the last part of the path.
_NAMES = {
    "rpmdb.sqlite": Rule("RPM packages", _matching(r"(?:.*/)?rpm/rpmdb\.sqlite$")),
    "Packages.db": Rule("RPM packages", _matching(r"(?:.*/)?rpm/Packages\.db$")),
    "status": Rule("Debian packages", _matching(r"(?:.*/)?dpkg/status$")),
    "installed": Rule("Alpine packages", _matching(r"(?:.*/)?apk/db/installed$")),
    "DESCRIPTION": Rule(
        "R packages", _matching(r"(?:.*/)?(?:site-library|R/library)/[^/]+(?=/DESCRIPTION$)")
    ),
    ".packlist": Rule("Perl packages", _matching(r"(?:.*/)?auto/(?:[^/]+/)+\.packlist$")),
    "Package.resolved": Rule("Swift packages", _itself),
    "desc": Rule("Arch Linux packages", _matching(r"var/lib/pacman/local/[^/]+(?=/desc$)")),
    "CONTENTS": Rule("Gentoo packages", _matching(r"var/db/pkg/[^/]+/[^/]+(?=/CONTENTS$)")),
}
#: Found by what follows the last dot; the first rule that names a unit counts.
_EXTENSIONS = {
    "app": (Rule("Erlang and Elixir packages", _matching(r"(?:.*/)?lib/[^/]+(?=/ebin/[^/]+\.app$)")),),
    "conf": (Rule("Haskell packages", _matching(r"(?:.*/)?package\.conf\.d/[^/]+\.conf$")),),
    "rockspec": (Rule("Lua rocks", _matching(r"(?:.*/)?rocks(?:-[0-9.]+)?/[^/]+/[^/]+(?=/)")),),
}
_STATUS_D = Rule("Debian packages", _matching(r"(?:.*/)?dpkg/status\.d(?=/[^/]+(?<!\.md5sums)$)"))
_NIX = Rule("Nix packages", _matching(r"nix/store/[^/]+"))
#: What the paths of these two have.
_FOLDERS = re.compile(r"^nix/store/|dpkg/status\.d/")
#: Kinds that are an operating system's own packages: with one of them, an image is not without a database.
SYSTEM = frozenset(("opkg packages", "Arch Linux packages", "Gentoo packages", "Nix packages"))


def hint(path: str) -> tuple[str, str] | None:
    """Return (label, unit) when the file at this path belongs to content that is not looked into yet."""
    name = path.rpartition("/")[2]
    # Asked for nearly every file, and nearly always for nothing.
    if name in _NAMES or name.rpartition(".")[2] in _EXTENSIONS or path in _PATHS or _FOLDERS.search(path):
        for rule in _rules(path, name):
            if unit := rule.unit(path):
                return rule.label, unit
    return None


def _rules(path: str, name: str) -> Iterator[Rule]:
    if rule := _NAMES.get(name):
        yield rule
    yield from _EXTENSIONS.get(name.rpartition(".")[2], ())
    if rule := _PATHS.get(path):
        yield rule
    if path.startswith("nix/store/"):
        yield _NIX
    if "dpkg/status.d/" in path:
        yield _STATUS_D
