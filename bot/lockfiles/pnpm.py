"""pnpm's pnpm-lock.yaml, versions 5 to 9. https://pnpm.io/git#lockfiles

Its keys have had three forms: `/name/1.0.0_peers`, `/name@1.0.0(peers)`, `name@1.0.0(peers)`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_ASKS, Found
from bot.lockfiles.graph import reachable, turned
from bot.lockfiles.model import Ask
from bot.lockfiles.node import foreign_source
from bot.lockfiles.spots import Spot, expect
from bot.lockfiles.yaml_spots import read_yaml

_RUNNING = ("dependencies", "optionalDependencies")
_LOCAL = ("link:", "file:", "workspace:")
_OLD_KEY = re.compile(r"((?:@[^/@]+/)?[^/@]+)/([^/_(]+)(?:_.*)?")


def read_pnpm_lock(source: str, found: Found) -> None:
    """Read the packages; members of the workspace and local folders are left out."""
    root = read_yaml(source)
    if not root.fields() or root.get("lockfileVersion").value is None:
        raise LockfileError("it is no pnpm-lock.yaml: it has no lockfileVersion")
    packages, snapshots = (expect(root.get(name), dict, name).fields() for name in ("packages", "snapshots"))
    old = root.get("lockfileVersion").text.startswith("5")
    edges = {
        key: [each for name, version in _wanted(spot, _RUNNING) for each in _keys(name, version, old)]
        for key, spot in (snapshots or packages).items()
    }
    main, development, asks = _asked(root, old, packages.keys() | snapshots.keys())
    found.form = "workspace" if len(root.get("importers").fields()) > 1 else ""
    running, developing = reachable(main, edges), reachable(development, edges)
    by = turned(edges)
    direct = main | development
    states = _states(snapshots or packages)
    for key, spot in packages.items():
        name, version = _identity(key, spot, old)
        if key.startswith(_LOCAL) or version.startswith(_LOCAL):
            continue
        forms = states.get(_without_peers(key), [key])
        asking = {_identity(each, NO_SPOT, old)[0] for form in forms for each in by.get(form, ())}
        # Until version 6 each package says it itself, which does not hold against what is asked for.
        flag = spot.get("dev").text
        only_development = flag == "true" if flag else not developing.isdisjoint(forms)
        if not version or "/" in version or ":" in version:
            why = foreign_source(version or key) or "it comes from a place other than a registry"
            found.leave_open(name, version or key, spot.line, why)
            continue
        found.add(
            name,
            version,
            spot.line,
            spot.end_line,
            development=only_development and running.isdisjoint(forms),
            direct=any(form in direct for form in forms) if direct else None,
            wanted_by=asking,
            asks=[each.of(name) for form in forms for each in asks.get(form, ())],
        )


NO_SPOT = Spot({}, 1, 1)


def _states(snapshots: dict[str, Spot]) -> dict[str, list[str]]:
    """A package stands there once for each set of peers: the key without them → those with."""
    states: dict[str, list[str]] = {}
    for key in snapshots:
        states.setdefault(_without_peers(key), []).append(key)
    return states


def _without_peers(key: str) -> str:
    return key.partition("(")[0]


def _identity(key: str, spot: Spot, old: bool) -> tuple[str, str]:
    """Name and version; what does not come from a registry says them itself."""
    name, version = spot.get("name").text, spot.get("version").text
    plain = _without_peers(key).removeprefix("/")
    if old:
        # `registry.example.com/name/1.0.0` comes from another registry.
        found = _OLD_KEY.fullmatch(plain) or _OLD_KEY.fullmatch(plain.partition("/")[2])
        own, number = (found[1], found[2]) if found else (plain, "")
    else:
        own, _, number = plain[1:].partition("@")
        own = plain[:1] + own
    return name or own, version or number


def _wanted(spot: Spot, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name and version, which since version 6 stands beside the range that was asked for."""
    for kind in kinds:
        for name, each in spot.get(kind).fields().items():
            yield name, each.text or each.get("version").text


def _keys(name: str, version: str, old: bool) -> Iterator[str]:
    """The keys a version as written may mean: an alias is written as the key itself."""
    yield version
    if old:
        yield f"/{name}/{version}"
    else:
        yield f"/{name}@{version}"
        yield f"{name}@{version}"


def _asked(root: Spot, old: bool, there: set[str]) -> tuple[set[str], set[str], dict[str, list[Ask]]]:
    """What the application, or the members of its workspace, ask for to run and to develop, and by which name."""
    importers = root.get("importers").fields() or {".": root}
    main: set[str] = set()
    development: set[str] = set()
    asks: dict[str, list[Ask]] = defaultdict(list)
    for folder, importer in importers.items():
        member = "" if folder == "." else folder
        for kinds, keys in ((_RUNNING, main), (("devDependencies",), development)):
            for name, version in _wanted(importer, kinds):
                ask = Ask(alias=name, member=member)
                for key in _keys(name, version, old):
                    keys.add(key)
                    if key in there and len(asks[key]) < MAX_ASKS:
                        asks[key].append(ask)
    return main, development, asks
