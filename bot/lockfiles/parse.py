"""Read one lockfile: by its name with its parser into dependencies. Never raises."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from bot.lockfiles.bundler import read_gemfile_lock
from bot.lockfiles.cargo import read_cargo_lock
from bot.lockfiles.composer import read_composer_lock
from bot.lockfiles.conan import read_conan_lock
from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_BYTES, Found, Read, decode
from bot.lockfiles.go import read_go_mod, read_go_sum
from bot.lockfiles.gradle import read_gradle_lockfile
from bot.lockfiles.mix import read_mix_lock
from bot.lockfiles.model import Lockfile, Manager
from bot.lockfiles.names import manager_of
from bot.lockfiles.npm import read_package_lock
from bot.lockfiles.nuget import read_nuget_lock
from bot.lockfiles.pdm import read_pdm_lock
from bot.lockfiles.pipenv import read_pipfile_lock
from bot.lockfiles.pnpm import read_pnpm_lock
from bot.lockfiles.poetry import read_poetry_lock
from bot.lockfiles.pom import read_pom
from bot.lockfiles.pub import read_pubspec_lock
from bot.lockfiles.requirements import read_requirements
from bot.lockfiles.uv import read_uv_lock
from bot.lockfiles.yarn import read_yarn_lock

Parser = Callable[[str, Found], None]

#: Purl type and parser.
_PARSERS: dict[Manager, tuple[str, Parser]] = {
    Manager.NPM: ("npm", read_package_lock),
    Manager.YARN: ("npm", read_yarn_lock),
    Manager.PNPM: ("npm", read_pnpm_lock),
    Manager.PIP: ("pypi", read_requirements),
    Manager.PIPENV: ("pypi", read_pipfile_lock),
    Manager.POETRY: ("pypi", read_poetry_lock),
    Manager.UV: ("pypi", read_uv_lock),
    Manager.PDM: ("pypi", read_pdm_lock),
    Manager.GO: ("golang", read_go_mod),
    Manager.CARGO: ("cargo", read_cargo_lock),
    Manager.BUNDLER: ("gem", read_gemfile_lock),
    Manager.COMPOSER: ("composer", read_composer_lock),
    Manager.MAVEN: ("maven", read_pom),
    Manager.GRADLE: ("maven", read_gradle_lockfile),
    Manager.NUGET: ("nuget", read_nuget_lock),
    Manager.MIX: ("hex", read_mix_lock),
    Manager.PUB: ("pub", read_pubspec_lock),
    Manager.CONAN: ("conan", read_conan_lock),
}
#: Files of another form than their manager's other ones.
_BY_NAME: dict[str, tuple[str, Parser]] = {
    "go.sum": ("golang", read_go_sum),
}


def package_type(manager: Manager) -> str:
    """The type that packages of a manager have in purls."""
    return _PARSERS[manager][0]


def parse_lockfile(
    path: str,
    content: bytes,
    read: Read,
    constraints: Sequence[str] = (),
    *,
    otherwise: Manager | None = None,
    called: str = "",
) -> Lockfile:
    """Read a lockfile; what is wrong with it is its `problem`. `read` is asked for the files it depends on.

    `constraints` are files that tell versions as well; `otherwise` says what a file is that is not known by its name.
    `called` is the name that an instruction gives it, which then says what it is.
    """
    place = str(PurePosixPath(path).with_name(called)) if called else path
    manager = manager_of(place) or otherwise
    if manager is None:
        return Lockfile(path, Manager.PIP, problem="it is no lockfile that is known by its name")
    if len(content) > MAX_BYTES:
        return Lockfile(path, manager, problem=f"it is larger than {MAX_BYTES:,} bytes")
    chosen = _BY_NAME.get(PurePosixPath(place).name.lower()) or _PARSERS[manager]
    found = Found(place, chosen[0], read, tuple(constraints))
    try:
        chosen[1](decode(content), found)
    except LockfileError as exc:
        return Lockfile(path, manager, problem=exc.reason, line=exc.line)
    return Lockfile(
        path,
        manager,
        tuple(found.dependencies),
        tuple(found.open),
        tuple(found.includes),
        partial=found.partial,
        form=found.form,
        made_by=found.made_by,
    )
