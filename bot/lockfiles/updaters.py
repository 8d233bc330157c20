"""Programs that keep a repository's dependencies up to date, by their configuration.

https://docs.github.com/code-security/dependabot/working-with-dependabot/dependabot-options-reference,
https://docs.renovatebot.com/configuration-options/
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_BYTES, Read, decode
from bot.lockfiles.json_spots import read_plain_json
from bot.lockfiles.model import Manager
from bot.lockfiles.spots import mapping
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
"""What `updaters` and `covers` read."""

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


def updaters(paths: Iterable[str], read: Read) -> tuple[str, ...]:
    """Name the programs that are configured in a repository with these files."""
    there = set(paths)
    found = []
    if not there.isdisjoint(DEPENDABOT_FILES):
        found.append(DEPENDABOT)
    if any(_runs_renovate(path, read) for path in (*RENOVATE_FILES, "package.json") if path in there):
        found.append(RENOVATE)
    return tuple(found)


def covers(updater: str, manager: Manager, directory: str, read: Read) -> bool:
    """Whether a configured program looks after a manager's files in a folder, `""` for the topmost.

    Renovate looks everywhere by itself; Dependabot where it is told to, and where it may open pull requests for new
    versions. A configuration that cannot be read covers nothing.
    """
    if updater == RENOVATE:
        return True
    return any(
        ecosystem in _ECOSYSTEMS.get(manager, ()) and any(_fits(pattern, directory) for pattern in folders)
        for ecosystem, folders in _dependabot(read)
    )


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
    """Whether a folder is meant: `/`, `/web`, `/services/*`."""
    wanted, given = (str(PurePosixPath("/", each.strip("/"))) for each in (pattern, directory))
    return wanted == given or ("*" in wanted and len(wanted) < 300 and fnmatchcase(given, wanted))
