"""What to type to raise a package with pip's compilers, Pipenv, Poetry, uv and PDM.

Poetry and uv lock all groups at once, so theirs need none named.
"""

import shlex
from pathlib import PurePosixPath

from bot.lockfiles.compiled import run_from
from bot.lockfiles.wish import Advice, Wish, allow, line


def pip(wish: Wish) -> Advice:
    """Compile again as the file says it was; what nobody compiles is edited."""
    pin = f"{wish.name}=={wish.version}"
    if not wish.form:
        return Advice(note=f"change the line to `{pin}`, and its hashes if it has any")
    program = wish.form.split(" ")
    where = run_from(wish.path, wish.made_by)
    if wish.made_by and where is not None:
        return Advice(line(*program, "--upgrade-package", pin, *wish.made_by), where)
    if wish.form == "pip-compile" and PurePosixPath(wish.path).name in ("", "requirements.txt"):
        return Advice(line(*program, "--upgrade-package", pin))
    return Advice(note=f"compile the file again with `--upgrade-package {shlex.quote(pin)}`")


def pipenv(wish: Wish) -> Advice:
    """https://pipenv.pypa.io/en/latest/commands.html#upgrade"""
    group = next((ask.group for ask in wish.asks if ask.group), "")
    where = ["--categories", group] if group else ["--dev"] if wish.development else []
    return Advice(line("pipenv", "upgrade", *where, f"{wish.name}=={wish.version}"))


def poetry(wish: Wish) -> Advice:
    """https://python-poetry.org/docs/cli/#update"""
    return Advice(line("poetry", "update", wish.name), allow("pyproject.toml", wish))


def uv(wish: Wish) -> Advice:
    """https://docs.astral.sh/uv/concepts/projects/sync/#upgrading-locked-package-versions"""
    pin = f"{wish.name}=={wish.version}"
    return Advice(line("uv", "lock", "--upgrade-package", pin), allow("pyproject.toml", wish))


def pdm(wish: Wish) -> Advice:
    """https://pdm-project.org/latest/usage/dependency/#update-existing-dependencies; it asks for the group."""
    asked = next((ask for ask in wish.asks if ask.group), None)
    where = ["-dG" if asked.develops else "-G", asked.group] if asked else []
    return Advice(line("pdm", "update", *where, wish.name), allow("pyproject.toml", wish))
