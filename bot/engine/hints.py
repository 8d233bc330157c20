"""Recognise, by name alone, content that could hold packages and that no catalog reads yet, or not there.

A kind leaves this table when its catalog arrives, but for databases outside their usual places: of another
root, or behind a link. Each rule turns a path into the unit that would be one
package, so that the files of one Python distribution count once.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.engine.paths import parent

Unit = Callable[[str], str]
"""From a path to the unit it belongs to; empty when the path is something else after all."""

GO = "Go binaries"
RUST = "Rust binaries"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to recognise one kind of content."""

    label: str
    unit: Unit


def _itself(path: str) -> str:
    return path


def _directory(suffix: str) -> Unit:
    def unit(path: str) -> str:
        directory = parent(path)
        return directory if directory.endswith(suffix) else ""

    return unit


def _matching(pattern: str) -> Unit:
    """The part of the path that `pattern` matches from its start, with `(?=/)` or `$` where it has to end."""
    compiled = re.compile(pattern)

    def unit(path: str) -> str:
        match = compiled.match(path)
        return match[0] if match else ""

    return unit


def _node(path: str) -> str:
    """`node_modules/NAME` and `node_modules/@SCOPE/NAME`, but no package.json deeper inside a package."""
    root, found, name = parent(path).rpartition("node_modules/")
    scoped = name.startswith("@")
    if not found or (root and not root.endswith("/")) or name.count("/") != scoped:
        return ""
    return parent(path)


def _in_directory(name: str) -> Unit:
    def unit(path: str) -> str:
        return path if f"/{parent(path)}".endswith(f"/{name}") else ""

    return unit


#: Found by the whole path.
_PATHS = {
    "var/lib/opkg/status": Rule("opkg packages", _itself),
    "usr/lib/opkg/status": Rule("opkg packages", _itself),
}
#: Found by the last part of the path.
_NAMES = {
    "METADATA": Rule("Python packages", _directory(".dist-info")),
    "PKG-INFO": Rule("Python packages", _directory(".egg-info")),
    "package.json": Rule("Node packages", _node),
    "installed.json": Rule("PHP packages", _in_directory("composer")),
    "rpmdb.sqlite": Rule("RPM packages", _matching(r"(?:.*/)?rpm/rpmdb\.sqlite$")),
    "Packages.db": Rule("RPM packages", _matching(r"(?:.*/)?rpm/Packages\.db$")),
    "status": Rule("Debian packages", _matching(r"(?:.*/)?dpkg/status$")),
    "installed": Rule("Alpine packages", _matching(r"(?:.*/)?apk/db/installed$")),
    "desc": Rule("Arch Linux packages", _matching(r"var/lib/pacman/local/[^/]+(?=/desc$)")),
    "CONTENTS": Rule("Gentoo packages", _matching(r"var/db/pkg/[^/]+/[^/]+(?=/CONTENTS$)")),
}
#: Found by what follows the last dot; the first rule that names a unit counts.
_EXTENSIONS = {
    "egg-info": (Rule("Python packages", _itself),),
    "jar": (Rule("Java archives", _itself),),
    "war": (Rule("Java archives", _itself),),
    "ear": (Rule("Java archives", _itself),),
    "gemspec": (Rule("Ruby gems", _matching(r"(?:.*/)?specifications/(?:default/)?[^/]+$")),),
    "json": (
        Rule(".NET packages", _matching(r".*\.deps\.json$")),
        Rule("Conda packages", _in_directory("conda-meta")),
        Rule("embedded SBOMs", _matching(r"(?:var/lib/db/sbom|opt/bitnami)/.*\.(?:spdx|cdx)\.json$")),
    ),
    "spdx": (Rule("embedded SBOMs", _matching(r"(?:var/lib/db/sbom|opt/bitnami)/.*\.spdx$")),),
}
_STATUS_D = Rule("Debian packages", _matching(r"(?:.*/)?dpkg/status\.d(?=/[^/]+(?<!\.md5sums)$)"))
_NIX = Rule("Nix packages", _matching(r"nix/store/[^/]+"))
#: Kinds that are an operating system's own packages: with one of them, an image is not without a database.
SYSTEM = frozenset(("opkg packages", "Arch Linux packages", "Gentoo packages", "Nix packages"))


def hint(path: str) -> tuple[str, str] | None:
    """Return (label, unit) when the file at this path belongs to content that is not looked into yet."""
    for rule in _rules(path):
        if unit := rule.unit(path):
            return rule.label, unit
    return None


def _rules(path: str) -> Iterator[Rule]:
    name = path.rpartition("/")[2]
    if rule := _NAMES.get(name):
        yield rule
    yield from _EXTENSIONS.get(name.rpartition(".")[2], ())
    if rule := _PATHS.get(path):
        yield rule
    if path.startswith("nix/store/"):
        yield _NIX
    if "dpkg/status.d/" in path:
        yield _STATUS_D
