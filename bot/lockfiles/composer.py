"""Composer's composer.lock, https://getcomposer.org/doc/01-basic-usage.md#commit-your-composer-lock-file-to-version-control."""

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.json_spots import read_json, read_plain_json
from bot.lockfiles.spots import expect, mapping, names_in, text

_KINDS = (("packages", False), ("packages-dev", True))


def read_composer_lock(source: str, found: Found) -> None:
    """Read both lists; a branch, `dev-main`, is no version."""
    root = read_json(source, lambda path: path in ((), ("packages",), ("packages-dev",)))
    if not isinstance(root.value, dict):
        raise LockfileError("it is no composer.lock: it holds no map")
    manifest = mapping(read_plain_json(found.sibling("composer.json")))
    asked = {name.lower() for name in names_in(manifest.get("require"), manifest.get("require-dev"))}
    spots = [
        (spot, development)
        for kind, development in _KINDS
        for spot in expect(root.get(kind), list, f'"{kind}"').items()
    ]
    entries = [mapping(spot.value) for spot, _ in spots]
    edges = {
        text(entry.get("name")).lower(): [name.lower() for name in names_in(entry.get("require"))]
        for entry in entries
    }
    by = turned(edges)
    running = reachable((name.lower() for name in names_in(manifest.get("require"))), edges)
    for entry, (spot, development) in zip(entries, spots, strict=True):
        name, version = text(entry.get("name")).lower(), text(entry.get("version"))
        if mapping(entry.get("dist")).get("type") == "path":
            continue
        if version.startswith("dev-") or version.endswith("-dev"):
            found.leave_open(name, version, spot.line, "it is a branch, not a version")
            continue
        found.add(
            name,
            version.removeprefix("v"),
            spot.line,
            spot.end_line,
            # What is asked for to run is no development, in whichever list it stands.
            development=development and name not in running,
            direct=name in asked if manifest else None,
            wanted_by=by.get(name, ()),
        )
