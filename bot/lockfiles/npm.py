"""npm's package-lock.json and npm-shrinkwrap.json, versions 1 to 3.

https://docs.npmjs.com/cli/configuring-npm/package-lock-json
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable
from bot.lockfiles.json_spots import read_json, read_plain_json
from bot.lockfiles.model import Ask
from bot.lockfiles.node import foreign_source, split_alias, workspaces
from bot.lockfiles.spots import Spot, expect, mapping, names_in, text

_FOLDER = "node_modules/"
_RUNNING = ("dependencies", "optionalDependencies", "peerDependencies")
_MAX_STEPS = 3_000_000
"""Folders looked into for what asks for what; beyond, `wanted_by` stays empty, and nothing is for development."""


def read_package_lock(source: str, found: Found) -> None:
    """Read either form; where version 2 holds both, the newer one counts, as for npm."""
    root = read_json(source, _opens, nested="dependencies")
    if not isinstance(root.value, dict):
        raise LockfileError("it is not a package-lock: it holds no map")
    packages = expect(root.get("packages"), dict, '"packages"')
    if isinstance(packages.value, dict):
        _read_packages(packages.fields(), found)
        return
    _read_tree(expect(root.get("dependencies"), dict, '"dependencies"'), found)


def _opens(path: tuple[str, ...]) -> bool:
    """The maps of packages: the flat one, and those of the tree at every depth."""
    return path in ((), ("packages",)) or (len(path) % 2 == 1 and set(path[::2]) == {"dependencies"})


def _read_packages(packages: dict[str, Spot], found: Found) -> None:
    """Versions 2 and 3: a flat map by folder."""
    root = packages.get("")
    asking = _Asking(packages, patterns=workspaces(mapping(root.value)) if root else [])
    for place, spot in packages.items():
        asking.note(place, mapping(spot.value))
    manifest = mapping(read_plain_json(found.sibling("package.json")))
    running = asking.running(names_in(*(manifest.get(kind) for kind in _RUNNING)))
    for place, spot in packages.items():
        entry = mapping(spot.value)
        in_folder = place.rpartition(_FOLDER)
        # The application itself, members of its workspace, and the links to them.
        if not in_folder[1] or entry.get("link") is True:
            continue
        name = text(entry.get("name")) or in_folder[2]
        _add(
            found,
            name,
            text(entry.get("version")),
            spot,
            resolved=text(entry.get("resolved")),
            # Whoever writes the file writes the flag, and without `--omit=dev` the package is installed all the same.
            development=entry.get("dev") is True and running is not None and place not in running,
            direct=place in asking.direct,
            wanted_by=asking.by.get(place, ()),
            asks=(Ask(in_folder[2], member).of(name) for member in asking.members.get(place, ())),
        )


def _add(
    found: Found,
    name: str,
    version: str,
    spot: Spot,
    *,
    resolved: str,
    development: bool,
    direct: bool | None,
    wanted_by: Iterable[str],
    asks: Iterable[Ask],
) -> None:
    why = foreign_source(resolved)
    if why is None:
        return
    if not version:
        found.leave_open(name, resolved, spot.line, why or "the lockfile gives no version")
        return
    found.add(
        name,
        version,
        spot.line,
        spot.end_line,
        development=development,
        direct=direct,
        wanted_by=wanted_by,
        asks=asks,
    )


@dataclass(slots=True)
class _Asking:
    """Who asks for what, looked up as node does: in the own `node_modules`, then outwards."""

    packages: dict[str, Spot]
    direct: set[str] = field(default_factory=set)
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Folders of the members of the workspace that ask for it; empty for the application itself."""
    patterns: list[str] = field(default_factory=list)
    by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    main: set[str] = field(default_factory=set)
    """What the application, or a member of its workspace, asks for to run."""
    edges: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    steps: int = _MAX_STEPS

    def note(self, place: str, entry: dict[str, object]) -> None:
        targets = self._found(place, entry, _RUNNING)
        if _FOLDER not in place:
            self.main.update(targets)
            # Those for development are not installed of a package that is.
            developing = self._found(place, entry, ("devDependencies",))
            self.direct.update(targets, developing)
            if not place or self._is_member(place):
                for target in (*targets, *developing):
                    self.members[target].append(place)
            return
        self.edges[place].update(targets)
        for target in targets:
            self.by[target].add(text(entry.get("name")) or place.rpartition(_FOLDER)[2])

    def _is_member(self, place: str) -> bool:
        """Whether a folder is a member of the workspace, and not one that is asked for by its path."""
        self.steps -= len(self.patterns)
        return self.steps >= 0 and any(fnmatchcase(place, pattern) for pattern in self.patterns)

    def running(self, asked: Iterable[str]) -> set[str] | None:
        """What is there to run, with what package.json asks for; None where that takes too many steps to tell."""
        roots = {target for name in asked if (target := self._find("", name)) is not None}
        return reachable(self.main | roots, self.edges) if self.steps >= 0 else None

    def _found(self, place: str, entry: dict[str, object], kinds: Iterable[str]) -> list[str]:
        names = names_in(*(entry.get(kind) for kind in kinds))
        return [target for name in names if (target := self._find(place, name)) is not None]

    def _find(self, place: str, name: str) -> str | None:
        for folder in _outwards(place):
            # Long paths cost more.
            self.steps -= 1 + len(folder) // 200
            if self.steps < 0:
                return None
            target = f"{folder}/{_FOLDER}{name}" if folder else f"{_FOLDER}{name}"
            if target in self.packages:
                return target
        return None


def _outwards(place: str) -> Iterator[str]:
    """`packages/a/node_modules/b` → itself, `packages/a`, `packages`, the root."""
    while place:
        yield place
        if _FOLDER in place:
            place = place.rpartition(_FOLDER)[0].rstrip("/")
        else:
            place = place.rpartition("/")[0]
    yield ""


def _read_tree(root: Spot, found: Found) -> None:
    """Version 1: a tree; what the application asks for stands in package.json alone."""
    manifest = mapping(read_plain_json(found.sibling("package.json")))
    asked_to_run = set(names_in(*(manifest.get(kind) for kind in _RUNNING)))
    asked = asked_to_run | set(names_in(manifest.get("devDependencies")))
    by: dict[int, set[str]] = defaultdict(set)
    edges: dict[int, set[int]] = defaultdict(set)
    entries = list(_walk(root.fields(), ()))
    for name, spot, scopes in entries:
        for wanted in names_in(mapping(spot.value).get("requires")):
            target = next((scope[wanted] for scope in scopes if wanted in scope), None)
            if target is not None:
                by[id(target)].add(name)
                edges[id(spot)].add(id(target))
    roots = {id(spot) for name, spot, scopes in entries if len(scopes) == 2 and name in asked_to_run}
    running = reachable(roots, edges)
    for name, spot, scopes in entries:
        entry = mapping(spot.value)
        version = text(entry.get("version"))
        real, number = split_alias(name, version)
        foreign = ":" in number or "/" in number
        _add(
            found,
            real,
            "" if foreign else number,
            spot,
            resolved=number if foreign else text(entry.get("resolved")),
            development=entry.get("dev") is True and id(spot) not in running,
            direct=(len(scopes) == 2 and name in asked) if manifest else None,
            wanted_by=by.get(id(spot), ()),
            asks=[Ask(name).of(real)] if len(scopes) == 2 and name in asked else (),
        )


_Scopes = tuple[dict[str, Spot], ...]


def _walk(members: dict[str, Spot], outer: _Scopes) -> Iterator[tuple[str, Spot, _Scopes]]:
    """Each entry with the maps its requirements are looked up in, the nearest first. `read_json` bounds the depth."""
    scopes = (members, *outer)
    for name, spot in members.items():
        inner = mapping(mapping(spot.value).get("dependencies"))
        yield name, spot, (inner, *scopes)
        yield from _walk(inner, scopes)
