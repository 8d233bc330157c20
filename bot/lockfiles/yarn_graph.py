"""What both forms of yarn.lock have in common: who asks for what, and what only development needs, by package.json."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.lockfiles.found import MAX_ASKS, Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.json_spots import read_plain_json
from bot.lockfiles.model import Ask
from bot.lockfiles.node import split_descriptor, workspaces
from bot.lockfiles.paths import normal_path
from bot.lockfiles.spots import mapping, names_in, text

MAX_MEMBERS = 300
MAX_SAME_NAME = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One package of the lockfile, with the descriptors it answers and those it asks for."""

    name: str
    version: str
    line: int
    end_line: int
    keys: tuple[str, ...]
    needs: tuple[str, ...]
    local: bool = False
    place: str = ""
    """Where it comes from, to show when there is no version."""


@dataclass(slots=True)
class _Index:
    """From descriptor to entry; from a name alone, when `resolutions` give another range than what is asked for."""

    by_key: dict[str, int]
    by_name: dict[str, list[int]]

    @classmethod
    def of(cls, entries: list[Entry]) -> "_Index":
        by_key: dict[str, int] = {}
        by_name: dict[str, list[int]] = {}
        for at, entry in enumerate(entries):
            for key in entry.keys:
                by_key[key] = at
            for name in {split_descriptor(key)[0] for key in entry.keys}:
                by_name.setdefault(name, []).append(at)
        return cls(by_key, by_name)

    def find(self, descriptor: str) -> list[int]:
        name, requirement = split_descriptor(descriptor)
        for form in (descriptor, f"{name}@npm:{requirement}"):
            if form in self.by_key:
                return [self.by_key[form]]
        return self.by_name.get(name, [])[:MAX_SAME_NAME]


def take_entries(entries: list[Entry], found: Found, members: Mapping[int, str]) -> None:
    """Take all in. `members` are the entries that are the repository's own, with their folders, where they are told."""
    index = _Index.of(entries)
    edges = {
        at: [each for need in entry.needs for each in index.find(need)] for at, entry in enumerate(entries)
    }
    manifests = _manifests(found, members)
    main, development, complete = _roots(manifests, index)
    asks = _asks(manifests, index, by_name=not members)
    for at in members:
        if at not in manifests:
            # What it asks for may be for running.
            main.update(edges[at])
    complete = complete and bool(manifests)
    direct = main | development
    own = set(members)
    outside = {at: targets for at, targets in edges.items() if at not in own}
    running, developing = reachable(main, outside), reachable(development, outside)
    by = turned(edges)
    for at, entry in enumerate(entries):
        if entry.local or at in own:
            continue
        if not entry.version:
            found.leave_open(entry.name, entry.place, entry.line, "the lockfile gives no version")
            continue
        found.add(
            entry.name,
            entry.version,
            entry.line,
            entry.end_line,
            development=complete and at in developing and at not in running,
            direct=(at in direct or None) if not complete else at in direct,
            wanted_by=[entries[each].name for each in by.get(at, ()) if each not in own],
            asks=(each.of(entry.name) for each in asks.get(at, ())),
        )


def _manifests(found: Found, members: Mapping[int, str]) -> dict[int, dict[str, object]]:
    """The package.json of the root, as -1 where the lockfile names no members, and of each member."""
    folders = dict(list(members.items())[:MAX_MEMBERS]) or {-1: "."}
    manifests: dict[int, dict[str, object]] = {}
    for at, folder in folders.items():
        path = normal_path(_folder(found), f"{folder}/package.json")
        value = read_plain_json(found.text_of(path)) if path else None
        if isinstance(value, dict):
            manifests[at] = value
    if not members and -1 in manifests:
        _add_workspaces(found, manifests)
    return manifests


def _add_workspaces(found: Found, manifests: dict[int, dict[str, object]]) -> None:
    """Version 1 names no members, package.json does; those behind a pattern cannot be listed from here."""
    for number, word in enumerate(workspaces(manifests[-1])[:MAX_MEMBERS]):
        path = normal_path(_folder(found), f"{word}/package.json") if "*" not in word else None
        value = read_plain_json(found.text_of(path)) if path else None
        manifests[-2 - number] = value if isinstance(value, dict) else {"unknown": True}


def _roots(manifests: dict[int, dict[str, object]], index: _Index) -> tuple[set[int], set[int], bool]:
    """What is asked for to run, to develop, and whether all who ask are known."""
    main: set[int] = set()
    development: set[int] = set()
    for manifest in manifests.values():
        for kind in ("dependencies", "optionalDependencies", "peerDependencies"):
            main.update(_asked(manifest, kind, index))
        development.update(_asked(manifest, "devDependencies", index))
    return main, development, not any(manifest.get("unknown") is True for manifest in manifests.values())


def _asks(manifests: dict[int, dict[str, object]], index: _Index, *, by_name: bool) -> dict[int, list[Ask]]:
    """Who asks for an entry, by which name. From version 2 on Yarn finds the members itself."""
    asks: dict[int, list[Ask]] = defaultdict(list)
    for number, manifest in manifests.items():
        member = text(manifest.get("name")) if by_name and number != -1 else ""
        for kind in ("dependencies", "optionalDependencies", "devDependencies"):
            table = mapping(manifest.get(kind))
            for name in names_in(table):
                ask = Ask(alias=name, member=member)
                for at in index.find(f"{name}@{text(table[name])}"):
                    if len(asks[at]) < MAX_ASKS:
                        asks[at].append(ask)
    return asks


def _asked(manifest: dict[str, object], kind: str, index: _Index) -> set[int]:
    table = mapping(manifest.get(kind))
    return {at for name in names_in(table) for at in index.find(f"{name}@{text(table[name])}")}


def _folder(found: Found) -> PurePosixPath:
    return PurePosixPath(found.path).parent
