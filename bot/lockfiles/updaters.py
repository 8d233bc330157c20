"""Programs that keep a repository's dependencies up to date, by their configuration.

https://docs.github.com/code-security/dependabot/working-with-dependabot/dependabot-options-reference,
https://docs.renovatebot.com/configuration-options/
"""

from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_BYTES, Read, decode
from bot.lockfiles.json_spots import read_plain_json
from bot.lockfiles.model import Manager
from bot.lockfiles.spots import listing, mapping, text
from bot.lockfiles.yaml_spots import read_yaml

DEPENDABOT = "Dependabot"
RENOVATE = "Renovate"
DEPENDABOT_FILES = (".github/dependabot.yml", ".github/dependabot.yaml")
RENOVATE_FILES = (
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
)
FILES = (*DEPENDABOT_FILES, *RENOVATE_FILES, "package.json")
"""What `updaters` and `keeper` read."""

Keeper = Callable[[Manager, str], str]
"""Which program looks after a manager's lockfile in a folder, `""` for the topmost; empty where none does."""

_ECOSYSTEMS: dict[Manager, tuple[str, ...]] = {
    Manager.NPM: ("npm",),
    Manager.YARN: ("npm",),
    Manager.PNPM: ("npm",),
    Manager.PIP: ("pip",),
    Manager.PIPENV: ("pip",),
    Manager.POETRY: ("pip",),
    Manager.UV: ("uv",),
    Manager.GO: ("gomod",),
    Manager.CARGO: ("cargo",),
    Manager.BUNDLER: ("bundler",),
    Manager.COMPOSER: ("composer",),
    Manager.MAVEN: ("maven",),
    Manager.GRADLE: ("gradle",),
    Manager.NUGET: ("nuget",),
    Manager.MIX: ("mix",),
    Manager.PUB: ("pub",),
}
_FROM_ABOVE = (Manager.PIP, Manager.GRADLE, Manager.MAVEN)
"""Dependabot reads `requirements/*.txt` and the projects of a build from the folder above as well."""

_RENOVATE_MANAGERS: dict[Manager, tuple[str, ...]] = {
    **dict.fromkeys((Manager.NPM, Manager.YARN, Manager.PNPM), ("npm",)),
    **dict.fromkeys((Manager.UV, Manager.PDM), ("pep621",)),
    Manager.PIP: ("pip_requirements", "pip-compile"),
    Manager.PIPENV: ("pipenv",),
    Manager.POETRY: ("poetry", "pep621"),
    Manager.GO: ("gomod",),
    Manager.CARGO: ("cargo",),
    Manager.BUNDLER: ("bundler",),
    Manager.COMPOSER: ("composer",),
    Manager.MAVEN: ("maven",),
    Manager.GRADLE: ("gradle",),
    Manager.NUGET: ("nuget",),
    Manager.MIX: ("mix",),
    Manager.PUB: ("pub",),
    Manager.CONAN: ("conan",),
}


def updaters(paths: Iterable[str], read: Read) -> tuple[str, ...]:
    """Name the programs that are configured in a repository with these files."""
    there = set(paths)
    found = []
    if not there.isdisjoint(DEPENDABOT_FILES):
        found.append(DEPENDABOT)
    if any(_runs_renovate(path, read) for path in (*RENOVATE_FILES, "package.json") if path in there):
        found.append(RENOVATE)
    return tuple(found)


def keeper(paths: Iterable[str], read: Read) -> Keeper:
    """Read who looks after which lockfiles of a repository with these files.

    Dependabot looks where it is told to, and where it may open pull requests for new versions; Renovate everywhere,
    unless it is told to which managers it shall keep. A configuration of Dependabot that cannot be read covers nothing.
    """
    paths = set(FILES).intersection(paths)
    named = updaters(paths, read)
    entries = tuple(_dependabot(read)) if DEPENDABOT in named else ()
    enabled = _enabled(paths, read)

    def keeps(manager: Manager, directory: str) -> str:
        folders = [directory]
        if manager in _FROM_ABOVE and directory:
            folders.append(directory.rpartition("/")[0])
        wanted = _ECOSYSTEMS.get(manager, ())
        for ecosystem, patterns in entries:
            if ecosystem in wanted and any(_fits(each, folder) for each in patterns for folder in folders):
                return DEPENDABOT
        kept = enabled is None or not enabled.isdisjoint(_RENOVATE_MANAGERS.get(manager, ()))
        return RENOVATE if RENOVATE in named and kept else ""

    return keeps


def _enabled(paths: Collection[str], read: Read) -> set[str] | None:
    """The only managers that Renovate keeps; None where it is not told to leave any out."""
    for path in (*RENOVATE_FILES, "package.json"):
        if path in paths and _runs_renovate(path, read):
            value = mapping(read_plain_json(_text(path, read)))
            value = mapping(value.get("renovate")) if path == "package.json" else value
            told = value.get("enabledManagers")
            return None if told is None else set(map(text, listing(told)))
    return None


def _runs_renovate(path: str, read: Read) -> bool:
    """Whether a file configures it without turning it off; JSON5 that is no JSON is taken to do so."""
    value = read_plain_json(_text(path, read))
    if path == "package.json":
        value = mapping(value).get("renovate")
        return value is not None and mapping(value).get("enabled") is not False
    return mapping(value).get("enabled") is not False


def _text(path: str, read: Read) -> str | None:
    content = read(path)
    return None if content is None or len(content) > MAX_BYTES else decode(content)


def _dependabot(read: Read) -> Iterable[tuple[str, list[str]]]:
    """Ecosystem and folders of each entry that opens pull requests."""
    source = next((text for path in DEPENDABOT_FILES if (text := _text(path, read)) is not None), "")
    try:
        root = read_yaml(source)
    except LockfileError:
        return
    for entry in root.get("updates").items():
        if entry.get("open-pull-requests-limit").text == "0":
            continue
        folders = [each.text for each in (entry.get("directory"), *entry.get("directories").items())]
        yield entry.get("package-ecosystem").text, [each for each in folders if each]


def _fits(pattern: str, directory: str) -> bool:
    """Whether a folder is meant: `/`, `/web`, `/services/*` of one level, `/services/**`."""
    wanted, given = (str(PurePosixPath("/", each.strip("/"))) for each in (pattern, directory))
    if "**" not in wanted and wanted.count("/") != given.count("/"):
        return False
    return wanted == given or ("*" in wanted and len(wanted) < 300 and fnmatchcase(given, wanted))
