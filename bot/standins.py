"""What stands for builds that are not looked at: like an image that cannot be read, nothing is known of it."""

from collections.abc import Sequence

from bot.builds import Variant
from bot.inspection import Base, Location
from bot.inventory import SkipKind, Skipped

MORE_WAYS = "more ways"
MORE_FILES = "more files"
_NAMED = 3
_LONGEST_NAME = 100


def more_ways(path: str, beyond: Sequence[Variant], looked_at: int, content: str) -> Base:
    """Ways to build a file beyond those that are looked at: each may make another image, so one that is new gates."""
    what = f"{len(beyond)} more {'way' if len(beyond) == 1 else 'ways'} this file is built"
    labels = [way.given.label[:_LONGEST_NAME] for way in beyond if way.given]
    named = _listed([f"not {label}" for label in labels])
    return _stand_in(MORE_WAYS, path, what, f"only {looked_at} are looked at, {named}", content)


def more_files(path: str, what: str, files: Sequence[str], content: str) -> Base:
    """Files that are not read and may say how a file is built, with values that make another image of it."""
    named = _listed([each[:_LONGEST_NAME] for each in files])
    return _stand_in(MORE_FILES, path, what, f"too many to read: {named}", content)


def _stand_in(stage: str, path: str, what: str, why: str, content: str) -> Base:
    missing = Skipped(what, why, SkipKind.UNREADABLE)
    where = Location(path, 1, 1)
    # No stage begins with it.
    return Base(what, "", where, (), stage, shipped=True, copied=True, missing=missing, content=content)


def _listed(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join([*names[:_NAMED], *([f"and {more} more"] if more > 0 else [])])
