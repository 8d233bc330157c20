"""What to type to raise one package, for each package manager. Adding one is a function and a line in `COMMANDS`.

Names come from a lockfile, so they are quoted, and what could be read as an option gets no command at all.
"""

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass

from bot.lockfiles.model import Manager


@dataclass(frozen=True, slots=True)
class Wish:
    """A package to raise to a version. `several` says that the lockfile has it in other versions as well."""

    name: str
    old: str
    version: str
    direct: bool | None
    development: bool
    form: str
    several: bool

    @property
    def is_transitive(self) -> bool:
        """Whether only other packages ask for it, as far as is known."""
        return self.direct is False


@dataclass(frozen=True, slots=True)
class Advice:
    """A command, empty where there is none, and what else to know."""

    command: str = ""
    note: str = ""


def advise(manager: Manager, wish: Wish) -> Advice:
    """Say how to raise a package with its manager."""
    if wish.name.startswith("-") or wish.version.startswith("-"):
        return Advice(note="its name begins like an option, so no command is given")
    return COMMANDS[manager](wish)


def _line(*words: str) -> str:
    return shlex.join(words)


def _override(key: str, wish: Wish) -> str:
    entry = f"{json.dumps(wish.name)}: {json.dumps(wish.version)}"
    return f"if what asks for it does not allow {wish.version}, add {entry} to {key} in package.json"


def _npm(wish: Wish) -> Advice:
    if wish.is_transitive:
        return Advice(_line("npm", "update", wish.name), _override('"overrides"', wish))
    save = ["--save-dev"] if wish.development else []
    return Advice(_line("npm", "install", *save, f"{wish.name}@{wish.version}"))


def _yarn(wish: Wish) -> Advice:
    berry = wish.form == "berry"
    if not wish.is_transitive:
        return Advice(_line("yarn", "up" if berry else "upgrade", f"{wish.name}@{wish.version}"))
    if berry:
        return Advice(_line("yarn", "up", "--recursive", wish.name), _override('"resolutions"', wish))
    entry = f"{json.dumps(wish.name)}: {json.dumps(wish.version)}"
    return Advice(note=f'add {entry} to "resolutions" in package.json, then run yarn install')


def _pnpm(wish: Wish) -> Advice:
    if wish.is_transitive:
        return Advice(_line("pnpm", "update", wish.name), _override('"pnpm.overrides"', wish))
    return Advice(_line("pnpm", "update", f"{wish.name}@{wish.version}"))


def _pip(wish: Wish) -> Advice:
    pin = f"{wish.name}=={wish.version}"
    if wish.form == "uv pip compile":
        return Advice(note=f"compile the file again with --upgrade-package {shlex.quote(pin)}")
    if wish.form == "pip-compile":
        return Advice(_line("pip-compile", "--upgrade-package", pin))
    return Advice(note=f"change the line to {pin}, and its hashes if it has any")


def _pipenv(wish: Wish) -> Advice:
    return Advice(
        _line("pipenv", "upgrade", *(["--dev"] if wish.development else []), f"{wish.name}=={wish.version}")
    )


def _poetry(wish: Wish) -> Advice:
    return Advice(_line("poetry", "update", wish.name), _allow("pyproject.toml", wish))


def _uv(wish: Wish) -> Advice:
    return Advice(
        _line("uv", "lock", "--upgrade-package", f"{wish.name}=={wish.version}"),
        _allow("pyproject.toml", wish),
    )


def _pdm(wish: Wish) -> Advice:
    return Advice(_line("pdm", "update", wish.name), _allow("pyproject.toml", wish))


def _allow(file: str, wish: Wish) -> str:
    return "" if wish.is_transitive else f"{file} has to allow {wish.version}"


def _go(wish: Wish) -> Advice:
    return Advice(_line("go", "get", f"{wish.name}@v{wish.version.removeprefix('v')}"))


def _cargo(wish: Wish) -> Advice:
    # A name alone is not enough where there are several.
    spec = f"{wish.name}@{wish.old}" if wish.several else wish.name
    return Advice(_line("cargo", "update", "-p", spec, "--precise", wish.version), _allow("Cargo.toml", wish))


def _bundler(wish: Wish) -> Advice:
    return Advice(_line("bundle", "update", wish.name, "--conservative"), _allow("the Gemfile", wish))


def _composer(wish: Wish) -> Advice:
    command = _line("composer", "update", wish.name, "--with", f"{wish.name}:{wish.version}")
    return Advice(command, _allow("composer.json", wish))


def _maven(wish: Wish) -> Advice:
    return Advice(note=f"set the version to {wish.version}, or the property that it is taken from")


def _gradle(wish: Wish) -> Advice:
    note = f"the build script has to ask for {wish.version}, by a constraint where only other packages ask for it"
    return Advice(_line("./gradlew", "dependencies", "--update-locks", wish.name), note)


def _nuget(wish: Wish) -> Advice:
    return Advice(_line("dotnet", "add", "package", wish.name, "--version", wish.version))


def _mix(wish: Wish) -> Advice:
    return Advice(_line("mix", "deps.update", wish.name), _allow("mix.exs", wish))


def _pub(wish: Wish) -> Advice:
    return Advice(_line("dart", "pub", "upgrade", wish.name), _allow("pubspec.yaml", wish))


def _conan(wish: Wish) -> Advice:
    return Advice(note=f"ask for {wish.name}/{wish.version} in the conanfile, then run conan lock create")


COMMANDS: dict[Manager, Callable[[Wish], Advice]] = {
    Manager.NPM: _npm,
    Manager.YARN: _yarn,
    Manager.PNPM: _pnpm,
    Manager.PIP: _pip,
    Manager.PIPENV: _pipenv,
    Manager.POETRY: _poetry,
    Manager.UV: _uv,
    Manager.PDM: _pdm,
    Manager.GO: _go,
    Manager.CARGO: _cargo,
    Manager.BUNDLER: _bundler,
    Manager.COMPOSER: _composer,
    Manager.MAVEN: _maven,
    Manager.GRADLE: _gradle,
    Manager.NUGET: _nuget,
    Manager.MIX: _mix,
    Manager.PUB: _pub,
    Manager.CONAN: _conan,
}
