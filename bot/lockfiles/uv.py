"""uv's uv.lock, https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile.

The members of the workspace stand in it with what they ask for, to run and in dependency groups.
"""

from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.pyproject import read_pyproject
from bot.lockfiles.spots import Spot, listing, mapping, text
from bot.lockfiles.toml_spots import read_toml

_MEMBER = ("editable", "virtual", "directory")
_LOCAL = (*_MEMBER, "path")


def read_uv_lock(source: str, found: Found) -> None:
    """Read the packages; members of the workspace and local files are left out."""
    rest, packages = read_toml(source)
    versions: dict[str, list[str]] = {}
    for spot in packages:
        name, version = _identity(spot)
        versions.setdefault(name, []).append(version)
    edges = {_identity(spot): list(_brings(mapping(spot.value), versions)) for spot in packages}
    manifest = mapping(rest.get("manifest"))
    main, development = _roots(packages, manifest, versions)
    asked = read_pyproject(found.sibling("pyproject.toml"))
    # The file itself is as good as whoever wrote it: what the project asks for to run is no development.
    running = reachable(
        {*main, *((name, each) for name in asked.main for each in versions.get(name, ()))}, edges
    )
    developing = reachable(development, edges)
    direct = {each for member in main if member in edges for each in edges[member]} | development | main
    by = turned(edges)
    for spot in packages:
        entry = mapping(spot.value)
        if any(kind in mapping(entry.get("source")) for kind in _LOCAL):
            continue
        identity = _identity(spot)
        found.add(
            *identity,
            spot.line,
            spot.end_line,
            development=identity in developing and identity not in running,
            direct=identity in direct if main | development else None,
            wanted_by=[name for name, _ in by.get(identity, ()) if (name, _) not in main],
        )


_Identity = tuple[str, str]


def _identity(spot: Spot) -> _Identity:
    entry = mapping(spot.value)
    return canonicalize_name(text(entry.get("name"))), text(entry.get("version"))


def _roots(
    packages: list[Spot], manifest: dict[str, Any], versions: dict[str, list[str]]
) -> tuple[set[_Identity], set[_Identity]]:
    """Where running begins, the members, and what dependency groups add."""
    main = set(_named(manifest.get("requirements"), versions))
    development: set[_Identity] = set()
    tables = [manifest.get("dependency-groups")]
    for spot in packages:
        entry = mapping(spot.value)
        if any(kind in mapping(entry.get("source")) for kind in _MEMBER):
            main.add(_identity(spot))
            tables.append(entry.get("dev-dependencies"))
    for table in tables:
        for group in mapping(table).values():
            development.update(_named(group, versions))
    return main, development


def _brings(entry: dict[str, Any], versions: dict[str, list[str]]) -> Iterator[_Identity]:
    """What a package asks for, with all its extras."""
    yield from _named(entry.get("dependencies"), versions)
    for extra in mapping(entry.get("optional-dependencies")).values():
        yield from _named(extra, versions)


def _named(value: object, versions: dict[str, list[str]]) -> Iterator[_Identity]:
    """`{name = "a"}`, with a version where there are several of that name."""
    for each in listing(value):
        name = canonicalize_name(text(mapping(each).get("name")))
        version = text(mapping(each).get("version"))
        for known in [version] if version else versions.get(name, [])[:20]:
            yield name, known
