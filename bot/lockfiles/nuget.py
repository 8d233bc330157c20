"""NuGet's packages.lock.json.

https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files#locking-dependencies
"""

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found, showable
from bot.lockfiles.graph import turned
from bot.lockfiles.json_spots import read_json
from bot.lockfiles.spots import Spot, expect, mapping, names_in, text


def read_nuget_lock(source: str, found: Found) -> None:
    """Read the packages of all frameworks, each version once; projects of the repository are left out."""
    root = read_json(source, lambda path: path[:1] in ((), ("dependencies",)) and len(path) < 3)
    frameworks = root.get("dependencies")
    if not isinstance(frameworks.value, dict):
        raise LockfileError('it is no packages.lock.json: it has no map "dependencies"', root.line)
    spots = [
        item
        for name, each in frameworks.fields().items()
        for item in expect(each, dict, showable(name)).fields().items()
    ]
    direct = {_identity(name, spot) for name, spot in spots if _kind(spot) == "Direct"}
    by = turned({name: list(names_in(mapping(spot.value).get("dependencies"))) for name, spot in spots})
    seen: set[tuple[str, str]] = set()
    for name, spot in spots:
        identity = _identity(name, spot)
        if _kind(spot) == "Project" or identity in seen:
            continue
        seen.add(identity)
        found.add(
            name,
            identity[1],
            spot.line,
            spot.end_line,
            direct=identity in direct,
            wanted_by=by.get(name, ()),
        )


def _kind(spot: Spot) -> str:
    return text(mapping(spot.value).get("type"))


def _identity(name: str, spot: Spot) -> tuple[str, str]:
    return name.lower(), text(mapping(spot.value).get("resolved"))
