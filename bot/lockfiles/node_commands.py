"""What to type to raise a package with npm, Yarn and pnpm: by the name it has there, in the member that asks for it."""

import json
from collections.abc import Iterator

from bot.lockfiles.model import Ask
from bot.lockfiles.wish import Advice, Wish, line

_ROOT = Ask()
Words = tuple[str, ...]


def npm(wish: Wish) -> Advice:
    """https://docs.npmjs.com/cli/commands/npm-install"""
    if wish.is_transitive:
        return Advice(line("npm", "update", wish.name), _override("overrides", wish))
    save = ["--save-dev"] if wish.development else []
    return _all(line("npm", "install", *save, *specs, *_npm_members(of)) for specs, of in _asked(wish))


def yarn(wish: Wish) -> Advice:
    """https://classic.yarnpkg.com/en/docs/cli/upgrade, https://yarnpkg.com/cli/up, which goes through all members."""
    if wish.form == "berry":
        if wish.is_transitive:
            return Advice(line("yarn", "up", "--recursive", wish.name), _override("resolutions", wish))
        specs = dict.fromkeys(_spec(ask, wish) for ask in wish.asks or (_ROOT,))
        return Advice(line("yarn", "up", *specs))
    if wish.is_transitive:
        return Advice(note=f"add {_entry(wish)} to `resolutions` in package.json, then run `yarn install`")
    advice = _all(
        line("yarn", *(["workspace", member] if member else []), "upgrade", *specs)
        for specs, of in _asked(wish)
        for member in of
    )
    # The members behind a pattern are not known.
    unknown = "" if wish.asks else "run it in the member of the workspace that asks for it"
    return Advice(advice.command, unknown)


def pnpm(wish: Wish) -> Advice:
    """https://pnpm.io/cli/update, which by itself changes nothing in the members of a workspace."""
    everywhere = ["-r"] if wish.form == "workspace" else []
    if wish.is_transitive:
        return Advice(line("pnpm", *everywhere, "update", wish.name), _override("pnpm.overrides", wish))
    if not wish.asks:
        return Advice(line("pnpm", *everywhere, "update", f"{wish.name}@{wish.version}"))
    return _all(line("pnpm", *_filters(of), "update", *specs) for specs, of in _asked(wish))


def _all(commands: Iterator[str]) -> Advice:
    return Advice(" && ".join(commands))


def _asked(wish: Wish) -> Iterator[tuple[Words, Words]]:
    """What to name, and in which members, empty for the root: those that ask alike are one command."""
    members: dict[str, dict[str, None]] = {}
    for ask in wish.asks or (_ROOT,):
        members.setdefault(_spec(ask, wish), {})[ask.member] = None
    alike: dict[Words, list[str]] = {}
    for spec, asking in members.items():
        alike.setdefault(tuple(asking), []).append(spec)
    yield from ((tuple(specs), of) for of, specs in alike.items())


def _spec(ask: Ask, wish: Wish) -> str:
    """`lodash@4.17.21`; what stands there by another name keeps it: `old@npm:lodash@4.17.21`."""
    return f"{ask.alias}@npm:{wish.name}@{wish.version}" if ask.alias else f"{wish.name}@{wish.version}"


def _npm_members(members: Words) -> Iterator[str]:
    for member in filter(None, members):
        yield from ("-w", member)
    if "" in members and len(members) > 1:
        yield "--include-workspace-root"


def _filters(members: Words) -> Iterator[str]:
    for member in members if members != ("",) else ():
        yield from ("--filter", f"./{member}" if member else ".")


def _override(key: str, wish: Wish) -> str:
    return f"if what asks for it does not allow {wish.version}, add {_entry(wish)} to `{key}` in package.json"


def _entry(wish: Wish) -> str:
    return f"`{json.dumps(wish.name)}: {json.dumps(wish.version)}`"
