"""`plimsoll db affected`: which of the images `serve` has seen are hit by advisories, without scanning them again."""

from functools import partial

from bot.advisory import Match
from bot.commandline.advisories import open_index
from bot.errors import ConfigError
from bot.feeds import find_hits
from bot.settings import Settings
from bot.store import inventories, open_store

_SHOWN = 5


def show(settings: Settings, ids: tuple[str, ...]) -> str:
    """Return the stored images that some advisories hit, or those that the last update brought or changed."""
    with open_index(settings) as index:
        named = index.records_named(ids)
        wanted = tuple(dict.fromkeys(one for each in named.values() for one in each)) or index.changed()
        advisories = index.records(wanted)
        if missing := set(ids) - named.keys():
            raise ConfigError(f"not in the advisories in use: {', '.join(sorted(missing))}")
        store = open_store(settings.database)
        try:
            judge = partial(find_hits, index, wanted)
            found = store.do_now(lambda c: inventories.affected(c, advisories, judge, index.knows))
            names = store.do_now(lambda c: inventories.references(c, found.digests))
            stored = store.do_now(inventories.count)
        finally:
            store.close()
    lines = [
        _describe_image(digest, names.get(digest, ()), found.matches(digest)) for digest in found.digests
    ]
    lines += _summary(len(wanted), len(found.digests), stored, named=bool(ids))
    if found.outdated:
        lines.append(
            f"{found.outdated:,} stored images were read by an older version, which may have seen less of them; "
            "the next review that uses one reads it anew"
        )
    return "\n".join(lines) + "\n"


def _summary(advisories: int, hit: int, stored: int, *, named: bool) -> list[str]:
    """Tell what was asked, and of nothing hit whether there was anything to look at."""
    asked = f"advisories {'asked for' if named else 'the last update brought or changed'}: {advisories:,}"
    if not stored:
        return [asked, "no image is stored: only `plimsoll serve` stores those that it reads"]
    if not advisories:
        return [
            asked,
            f"nothing was looked up: what a feed that is held for the first time brings is not told as new. Ask for it "
            f"by its id, as in `plimsoll db affected CVE-2024-0001`; {stored:,} images are stored",
        ]
    return [f"{asked}; stored images hit: {hit:,} of {stored:,}"]


def _describe_image(digest: str, names: tuple[str, ...], matches: tuple[Match, ...]) -> str:
    flaws = dict.fromkeys(f"{match.ids[0]} ({match.package.source_name})" for match in matches)
    shown = ", ".join(list(flaws)[:_SHOWN]) + (
        f" and {len(flaws) - _SHOWN} more" if len(flaws) > _SHOWN else ""
    )
    return f"{', '.join(names) or 'no name'} {digest}: {shown}"
