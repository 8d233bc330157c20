"""Pipenv's Pipfile.lock, https://pipenv.pypa.io/en/latest/pipfile.html."""

from collections.abc import Callable

from packaging.utils import canonicalize_name

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import Found
from bot.lockfiles.json_spots import read_json
from bot.lockfiles.model import Ask
from bot.lockfiles.spots import Spot, mapping, text
from bot.lockfiles.toml_spots import read_plain_toml

_DEVELOP = "develop"


def read_pipfile_lock(source: str, found: Found) -> None:
    """Read all categories; what is there to run is not listed again for development."""
    root = read_json(source, lambda path: len(path) < 2 and path != ("_meta",))
    if not isinstance(root.value, dict):
        raise LockfileError("it is no Pipfile.lock: it holds no map")
    pipfile = read_plain_toml(found.sibling("Pipfile"))
    direct = _direct(pipfile)
    asked = set(map(canonicalize_name, mapping(pipfile.get("packages"))))
    categories = {name: spot for name, spot in root.fields().items() if name != "_meta"}
    running: set[tuple[str, str]] = set()
    for category, spot in sorted(categories.items(), key=lambda item: item[0] == _DEVELOP):
        if not isinstance(spot.value, dict):
            raise LockfileError(f"{category[:100]!r} is no map", spot.line)
        for name, each in spot.fields().items():
            # The section is as good as whoever wrote it: what is asked for to run is no development.
            development = category == _DEVELOP and canonicalize_name(name) not in asked
            group = "" if category in ("default", _DEVELOP) else category
            _take(name, each, found, development, Ask(group=group), direct, running)


def _take(
    name: str,
    spot: Spot,
    found: Found,
    development: bool,
    ask: Ask,
    direct: Callable[[str], bool | None],
    running: set[tuple[str, str]],
) -> None:
    entry = mapping(spot.value)
    name, version = canonicalize_name(name), text(entry.get("version"))
    if (
        "path" in entry
        or text(entry.get("file")).startswith((".", "/", "file:"))
        or (name, version) in running
    ):
        return
    if version.startswith("=="):
        running.add((name, version))
        number = version.lstrip("=").strip()
        asks, where = [ask] if ask.group else [], (spot.line, spot.end_line)
        found.add(name, number, *where, development=development, direct=direct(name), asks=asks)
        return
    place = text(entry.get("git")) or text(entry.get("file"))
    why = "it comes from a git repository or a web address" if place else "no version is locked"
    found.leave_open(name, place or version, spot.line, why)


def _direct(pipfile: dict[str, object]) -> Callable[[str], bool | None]:
    if not pipfile:
        return lambda name: None
    aside = ("source", "requires", "scripts", "pipenv")
    asked = {
        canonicalize_name(name)
        for table, members in pipfile.items()
        for name in mapping(members)
        if table not in aside
    }
    return lambda name: name in asked
