"""Where an image could move to: the entry for all who have a reference and the tags its registry lists."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import islice

from bot.image.lifecycle import Lifecycle
from bot.image.reference import Reference
from bot.image.tags.grammar import parse_tag
from bot.image.tags.likeness import libc
from bot.image.tags.model import Candidates
from bot.image.tags.support import Support
from bot.image.tags.tracks import choose
from bot.image.tags.vocabulary import GLIBC, MUSL

MAX_TAGS = 100_000
"""More are not looked at: no repository of images that others build on has as many."""


def candidates(
    current: str | Reference,
    tags: Iterable[str],
    *,
    now: date | datetime,
    lifecycle: Lifecycle | Mapping[str, object] | None = None,
) -> Candidates:
    """Say of each listed tag whether the current one could move to it, on which track, or why not.

    `current` is a reference, or a tag alone: then nothing is known of the support of what is in the image. Without
    `lifecycle` the project's own table is used; a mapping is one in endoflife.date's form.
    """
    image, tag = _image_and_tag(current)
    table = lifecycle if isinstance(lifecycle, Lifecycle) else _table(lifecycle)
    day = now.date() if isinstance(now, datetime) else now
    support = Support(table, (table.product_of(image) if image else None) or "", day)
    return choose(parse_tag(tag), dict.fromkeys(islice(tags, MAX_TAGS)), support)


def libc_of(reference: str | Reference) -> str:
    """Return the C library that the words of a reference tell of: `musl`, `glibc`, or nothing when they do not."""
    image, tag = _image_and_tag(reference)
    name = image.rpartition("/")[2]
    return libc(parse_tag(tag)) or ("musl" if name in MUSL else "glibc" if name in GLIBC else "")


def _image_and_tag(current: str | Reference) -> tuple[str, str]:
    if isinstance(current, str):
        if not set("/:@") & set(current):
            return "", current
        current = Reference.parse(current)
    # A digest without a tag says nothing of where it belongs.
    return current.name, current.normalized().tag or ""


def _table(lifecycle: Mapping[str, object] | None) -> Lifecycle:
    return Lifecycle.default() if lifecycle is None else Lifecycle.of(lifecycle)
