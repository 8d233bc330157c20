"""PDM's pdm.lock, https://pdm-project.org/latest/usage/lockfile/."""

from packaging.utils import canonicalize_name

from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.pyproject import read_pyproject, requirement_name
from bot.lockfiles.spots import Spot, listing, mapping, text
from bot.lockfiles.toml_spots import read_toml


def read_pdm_lock(source: str, found: Found) -> None:
    """Read the packages; one with extras stands there twice and counts once."""
    _, packages = read_toml(source)
    asked = read_pyproject(found.sibling("pyproject.toml"))
    edges: dict[str, list[str]] = {}
    groups: dict[tuple[str, str], set[str]] = {}
    for spot in packages:
        entry = mapping(spot.value)
        wants = [requirement_name(each) for each in listing(entry.get("dependencies"))]
        name, version = _identity(spot)
        edges.setdefault(name, []).extend(each for each in wants if each != name)
        groups.setdefault((name, version), set()).update(text(each) for each in listing(entry.get("groups")))
    main, by = reachable(asked.main, edges), turned(edges)
    only_development = reachable(asked.development, edges) - main
    # Extras of the application are groups as well, and are no development.
    development_groups = asked.development_groups if asked.known else {"dev"}
    for spot in packages:
        entry = mapping(spot.value)
        name, version = _identity(spot)
        of = groups.pop((name, version), None)
        if of is None or "path" in entry:
            continue
        found.add(
            name,
            version,
            spot.line,
            spot.end_line,
            # Groups are as good as whoever wrote them: what is asked for to run is no development.
            development=of <= development_groups and name not in main if of else name in only_development,
            direct=asked.direct(name),
            wanted_by=by.get(name, ()),
            asks=[asked.asks[name]] if name in asked.asks else (),
        )


def _identity(spot: Spot) -> tuple[str, str]:
    entry = mapping(spot.value)
    return canonicalize_name(text(entry.get("name"))), text(entry.get("version"))
