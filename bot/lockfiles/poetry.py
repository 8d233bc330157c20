"""Poetry's poetry.lock, versions 1 and 2.

Version 1 gives each package a category, 2.1 its groups; in between only pyproject.toml tells what is for development.
https://python-poetry.org/docs/basic-usage/#installing-dependencies
"""

from typing import Any

from packaging.utils import canonicalize_name

from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.pyproject import read_pyproject
from bot.lockfiles.spots import listing, mapping, text
from bot.lockfiles.toml_spots import read_toml

_LOCAL = ("directory", "file")


def read_poetry_lock(source: str, found: Found) -> None:
    """Read the packages; those in folders of the repository are left out."""
    _, packages = read_toml(source)
    asked = read_pyproject(found.sibling("pyproject.toml"))
    edges: dict[str, list[str]] = {}
    surely: dict[str, list[str]] = {}
    for spot in packages:
        entry = mapping(spot.value)
        name, wanted = canonicalize_name(text(entry.get("name"))), mapping(entry.get("dependencies"))
        edges.setdefault(name, []).extend(map(canonicalize_name, wanted))
        sure = (each for each, how in wanted.items() if mapping(how).get("optional") is not True)
        surely.setdefault(name, []).extend(map(canonicalize_name, sure))
    main, by = reachable(asked.main, edges), turned(edges)
    development = reachable(asked.development, edges) - main
    running = reachable(asked.main, surely)
    for spot in packages:
        entry = mapping(spot.value)
        origin = text(mapping(entry.get("source")).get("type"))
        if origin in _LOCAL:
            continue
        name = canonicalize_name(text(entry.get("name")))
        found.add(
            name,
            text(entry.get("version")),
            spot.line,
            spot.end_line,
            # Groups and category are as good as whoever wrote them: what is asked for to run is no development.
            development=_is_development(entry, name, development) and name not in running,
            direct=asked.direct(name),
            wanted_by=by.get(name, ()),
        )


def _is_development(entry: dict[str, Any], name: str, development: set[str]) -> bool:
    if groups := listing(entry.get("groups")):
        return "main" not in groups
    if category := text(entry.get("category")):
        return category != "main"
    return name in development
