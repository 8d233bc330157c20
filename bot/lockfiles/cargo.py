"""Cargo's Cargo.lock, versions 1 to 4, with the Cargo.toml of the crates beside it.

https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.paths import normal_path
from bot.lockfiles.spots import Spot, listing, mapping, names_in, text
from bot.lockfiles.toml_spots import read_plain_toml, read_toml

MAX_MEMBERS = 200
_NEEDED = ("dependencies", "build-dependencies", "build_dependencies")
_DEVELOPING = ("dev-dependencies", "dev_dependencies")
_Crate = tuple[str, str]


def read_cargo_lock(source: str, found: Found) -> None:
    """Read the crates; those without a source are the repository's own and left out."""
    rest, packages = read_toml(source)
    if "root" in rest:
        # Before 2018 the crate itself stood apart.
        packages = [Spot(rest["root"], 1, 1), *packages]
    index = _index(packages)
    edges = {_crate(spot): list(_brings(spot, index)) for spot in packages}
    own = {_crate(spot) for spot in packages if not text(mapping(spot.value).get("source"))}
    running = reachable(
        _run_by(own, edges, found), {crate: edges[crate] for crate in edges if crate not in own}
    )
    # What nobody asks for may be left from before; for what is not known.
    asked = reachable(own, edges)
    direct = {each for crate in own for each in edges[crate]}
    by = turned(edges)
    for spot in packages:
        crate = _crate(spot)
        if not text(mapping(spot.value).get("source")):
            continue
        found.add(
            *crate,
            spot.line,
            spot.end_line,
            development=crate in asked and crate not in running,
            direct=crate in direct if own else None,
            wanted_by=[name for name, version in by.get(crate, ()) if (name, version) not in own],
        )


def _crate(spot: Spot) -> _Crate:
    entry = mapping(spot.value)
    return text(entry.get("name")), text(entry.get("version"))


def _index(packages: list[Spot]) -> dict[str, list[_Crate]]:
    index: dict[str, list[_Crate]] = {}
    for spot in packages:
        index.setdefault(_crate(spot)[0], []).append(_crate(spot))
    return index


def _brings(spot: Spot, index: dict[str, list[_Crate]]) -> Iterator[_Crate]:
    """`name`, `name 1.0` or `name 1.0 (source)`."""
    for each in listing(mapping(spot.value).get("dependencies")):
        name, version, *_ = *text(each).split(" "), "", ""
        for crate in index.get(name, [])[:20]:
            if version in ("", crate[1]):
                yield crate


def _run_by(own: set[_Crate], edges: dict[_Crate, list[_Crate]], found: Found) -> Iterator[_Crate]:
    """What the repository's crates ask for, but for what their Cargo.toml names to develop alone."""
    manifests = _Manifests(found, mapping(read_plain_toml(found.sibling("Cargo.toml"))))
    for crate in sorted(own)[:MAX_MEMBERS]:
        manifest = manifests.of(crate[0])
        aside = set() if manifest is None else _for_development(manifest, manifests.root)
        yield from (each for each in edges[crate] if each[0] not in aside)
    for crate in sorted(own)[MAX_MEMBERS:]:
        yield from edges[crate]


@dataclass(slots=True)
class _Manifests:
    found: Found
    root: dict[str, Any]

    def of(self, name: str) -> dict[str, Any] | None:
        """The Cargo.toml of a crate of the workspace: the one beside, or where a member of its name would lie."""
        if mapping(self.root.get("package")).get("name") == name:
            return self.root
        folder = PurePosixPath(self.found.path).parent
        for member in listing(mapping(self.root.get("workspace")).get("members"))[:MAX_MEMBERS]:
            place = (
                text(member).replace("*", name) if name.replace("-", "").replace("_", "").isalnum() else ""
            )
            path = normal_path(folder, f"{place}/Cargo.toml") if place else None
            if path is None or not (place.endswith(f"/{name}") or place == name or "*" not in text(member)):
                continue
            manifest = read_plain_toml(self.found.text_of(path))
            if mapping(manifest.get("package")).get("name") == name:
                return manifest
        return None


def _for_development(manifest: dict[str, Any], root: dict[str, Any]) -> set[str]:
    """The names of crates in the tables for development, and in no other."""
    tables = (manifest, *mapping(manifest.get("target")).values())
    shared = mapping(mapping(root.get("workspace")).get("dependencies"))
    developed = {name for table in tables for name in _named(table, _DEVELOPING, shared)}
    return developed - {name for table in tables for name in _named(table, _NEEDED, shared)}


def _named(table: object, kinds: tuple[str, ...], shared: dict[str, Any]) -> Iterator[str]:
    for kind in kinds:
        members = mapping(mapping(table).get(kind))
        for name in names_in(members):
            entry = mapping(members[name])
            if entry.get("workspace") is True:
                entry = mapping(shared.get(name))
            yield text(entry.get("package")) or name
