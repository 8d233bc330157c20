"""Which files are lockfiles, by name. The one table: adding a format is a line here and one in `parse`."""

import re
from pathlib import PurePosixPath

from bot.lockfiles.model import Manager

#: By the name in lower case.
NAMES: dict[str, Manager] = {
    "package-lock.json": Manager.NPM,
    "npm-shrinkwrap.json": Manager.NPM,
    "yarn.lock": Manager.YARN,
    "pnpm-lock.yaml": Manager.PNPM,
    "pipfile.lock": Manager.PIPENV,
    "poetry.lock": Manager.POETRY,
    "uv.lock": Manager.UV,
    "pdm.lock": Manager.PDM,
    "go.mod": Manager.GO,
    "go.sum": Manager.GO,
    "cargo.lock": Manager.CARGO,
    "gemfile.lock": Manager.BUNDLER,
    "gems.locked": Manager.BUNDLER,
    "composer.lock": Manager.COMPOSER,
    "pom.xml": Manager.MAVEN,
    "gradle.lockfile": Manager.GRADLE,
    "buildscript-gradle.lockfile": Manager.GRADLE,
    "packages.lock.json": Manager.NUGET,
    "mix.lock": Manager.MIX,
    "pubspec.lock": Manager.PUB,
    "conan.lock": Manager.CONAN,
}

#: What else tells of a lockfile, in the same folder.
_BESIDE: dict[str, tuple[str, ...]] = {
    "package-lock.json": ("package.json",),
    "npm-shrinkwrap.json": ("package.json",),
    "yarn.lock": ("package.json",),
    "pipfile.lock": ("Pipfile",),
    "poetry.lock": ("pyproject.toml",),
    "uv.lock": ("pyproject.toml",),
    "pdm.lock": ("pyproject.toml",),
    "go.mod": ("go.sum",),
    "go.sum": ("go.mod",),
    "cargo.lock": ("Cargo.toml",),
    "gemfile.lock": ("Gemfile",),
    "gems.locked": ("gems.rb",),
    "composer.lock": ("composer.json",),
    "mix.lock": ("mix.exs",),
    "pubspec.lock": ("pubspec.yaml",),
}

_REQUIREMENTS = re.compile(r"(?:[^/]{0,80}[-_.])?requirements(?:[-_.][^/]{0,80})?\.txt")


_MAYBE = (".in", ".lock", ".pip", ".pins", ".req", ".reqs", ".txt")
#: How the names of lockfiles end.
_ENDINGS = tuple(sorted({name[name.rindex(".") :] for name in NAMES}))


def manager_of(path: str) -> Manager | None:
    """Whose lockfile a path is; None when it is none."""
    # Asked about every path of a repository, where `PurePosixPath` takes most of the time.
    folder, _, name = path.lower().rpartition("/")
    if found := NAMES.get(name):
        return found
    # `requirements-dev.txt`, `dev_requirements.txt`, `requirements/prod.txt`.
    if _REQUIREMENTS.fullmatch(name):
        return Manager.PIP
    if name.endswith(".txt") and folder.rpartition("/")[2] == "requirements":
        return Manager.PIP
    return None


def may_be_requirements(path: str) -> bool:
    """Whether a file may be one that pip is told to read by another name: `deps/prod.in`, `constraints.txt`."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_MAYBE) or "requirement" in name or "constraint" in name


def may_be_lockfile(path: str) -> bool:
    """Whether a file may be one that an instruction puts in a lockfile's place: `ci/locked.json`."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_ENDINGS) or "lock" in name or may_be_requirements(path)


def form_at(path: str, place: str) -> tuple[Manager | None, str]:
    """Whose lockfile a file is where an instruction puts it, and by which name it is read; empty for its own.

    `locked.json`, `/app/package-lock.json` → npm, `package-lock.json`
    """
    own, there = manager_of(path), manager_of(place)
    name = place.rpartition("/")[2]
    if there is None or name.lower() == path.rpartition("/")[2].lower():
        return there or own, ""
    if there is Manager.PIP:
        return there, "" if own in (None, there) else "requirements.txt"
    return there, name


def beside(path: str) -> tuple[str, ...]:
    """Name the files a lockfile needs besides itself; it can do without, and then tells less."""
    place = PurePosixPath(path)
    return tuple(str(place.with_name(name)) for name in _BESIDE.get(place.name.lower(), ()))
