"""Conan's conan.lock: the graph of version 1 and the lists of version 2.

https://docs.conan.io/2/tutorial/versioning/lockfiles.html
"""

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.graph import reachable
from bot.lockfiles.json_spots import read_json
from bot.lockfiles.spots import Spot, expect, listing, mapping, text

#: List → whether only building needs it.
_LISTS = {"requires": False, "build_requires": True, "python_requires": True, "config_requires": True}


def read_conan_lock(source: str, found: Found) -> None:
    """Read either form; tools for building are for development."""
    root = read_json(source, lambda path: len(path) < 2 or path == ("graph_lock", "nodes"))
    nodes = root.get("graph_lock", "nodes")
    if isinstance(nodes.value, dict):
        _read_graph(nodes.fields(), found)
    elif not isinstance(root.value, dict) or not set(_LISTS) & set(root.value):
        raise LockfileError("it is no conan.lock: it has neither a graph nor lists of packages")
    for kind, development in _LISTS.items():
        for spot in expect(root.get(kind), list, f'"{kind}"').items():
            _take(spot.text, spot, found, development, None)


def _read_graph(nodes: dict[str, Spot], found: Found) -> None:
    entries = {key: mapping(spot.value) for key, spot in nodes.items()}
    wants = {
        kind: {key: [text(each) for each in listing(entry.get(kind))] for key, entry in entries.items()}
        for kind in _LISTS
    }
    # Those that nobody asks for are the application.
    asked = {each for edges in wants.values() for targets in edges.values() for each in targets}
    application = entries.keys() - asked
    running = reachable(application, wants["requires"])
    direct = {each for edges in wants.values() for key in application for each in edges[key]}
    for key, entry in entries.items():
        reference = text(entry.get("ref"))
        if key not in asked:
            continue
        development = key not in running or entry.get("context") == "build"
        _take(reference, nodes[key], found, development, key in direct)


def _take(reference: str, spot: Spot, found: Found, development: bool, direct: bool | None) -> None:
    """`zlib/1.2.13@user/channel#revision%time:package`."""
    name, slash, rest = reference.partition("#")[0].partition("/")
    version = rest.partition("@")[0].partition(":")[0]
    if not slash:
        found.leave_open(name, reference, spot.line, "it is no reference of a package", unclear=True)
        return
    found.add(name, version, spot.line, spot.end_line, development=development, direct=direct)
