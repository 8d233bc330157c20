"""What to type to raise one package, for each package manager. Adding one is a function and a line in `COMMANDS`.

Names come from a lockfile, so they are quoted, and what could be read as an option gets no command at all.
"""

from collections.abc import Callable

from bot.lockfiles import node_commands, python_commands
from bot.lockfiles.model import Manager
from bot.lockfiles.wish import Advice, Wish, allow, line


def advise(manager: Manager, wish: Wish) -> Advice:
    """Say how to raise a package with its manager."""
    if any(word.startswith("-") for word in wish.words):
        return Advice(note="its name begins like an option, so no command is given")
    return COMMANDS[manager](wish)


def _go(wish: Wish) -> Advice:
    return Advice(line("go", "get", f"{wish.name}@v{wish.version.removeprefix('v')}"))


def _cargo(wish: Wish) -> Advice:
    # A name alone is not enough where there are several.
    spec = f"{wish.name}@{wish.old}" if wish.several else wish.name
    return Advice(line("cargo", "update", "-p", spec, "--precise", wish.version), allow("Cargo.toml", wish))


def _bundler(wish: Wish) -> Advice:
    return Advice(line("bundle", "update", wish.name, "--conservative"), allow("the Gemfile", wish))


def _composer(wish: Wish) -> Advice:
    command = line("composer", "update", wish.name, "--with", f"{wish.name}:{wish.version}")
    return Advice(command, allow("composer.json", wish))


def _maven(wish: Wish) -> Advice:
    return Advice(note=f"set the version to `{wish.version}`, or the property that it is taken from")


def _gradle(wish: Wish) -> Advice:
    note = f"the build script has to ask for {wish.version}, by a constraint where only other packages ask for it"
    return Advice(line("./gradlew", "dependencies", "--update-locks", wish.name), note)


def _nuget(wish: Wish) -> Advice:
    return Advice(line("dotnet", "add", "package", wish.name, "--version", wish.version))


def _mix(wish: Wish) -> Advice:
    return Advice(line("mix", "deps.update", wish.name), allow("mix.exs", wish))


def _pub(wish: Wish) -> Advice:
    return Advice(line("dart", "pub", "upgrade", wish.name), allow("pubspec.yaml", wish))


def _conan(wish: Wish) -> Advice:
    return Advice(note=f"ask for `{wish.name}/{wish.version}` in the conanfile, then run `conan lock create`")


COMMANDS: dict[Manager, Callable[[Wish], Advice]] = {
    Manager.NPM: node_commands.npm,
    Manager.YARN: node_commands.yarn,
    Manager.PNPM: node_commands.pnpm,
    Manager.PIP: python_commands.pip,
    Manager.PIPENV: python_commands.pipenv,
    Manager.POETRY: python_commands.poetry,
    Manager.UV: python_commands.uv,
    Manager.PDM: python_commands.pdm,
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
