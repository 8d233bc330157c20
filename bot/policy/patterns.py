"""Patterns over images and tags, and days, as people write them in the repository's file and in commands.

`*` and `?` as in a shell. Strict, and so short that no pattern takes long to match.
"""

import re
from datetime import date

from bot.image.reference import InvalidReference, Reference
from bot.image.tags.model import Track

MOST_STARS = 8
_IMAGE = re.compile(r"[a-z0-9*?][a-z0-9._\-/:*?]{0,254}")
_TAG = re.compile(r"[A-Za-z0-9_*?][A-Za-z0-9_.*?-]{0,127}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def image_pattern(text: str) -> str:
    """Check a pattern over images without their tags, such as `ghcr.io/acme/*`; raises ValueError."""
    if "@" in text or ":" in text.rpartition("/")[2]:
        raise ValueError("must name the image without its tag and digest, such as node or ghcr.io/acme/*")
    if not _IMAGE.fullmatch(text) or text.count("*") > MOST_STARS:
        raise ValueError("must be an image without its tag, such as node or ghcr.io/acme/*")
    if "*" in text or "?" in text:
        return text
    try:
        reference = Reference.parse(text)
    except InvalidReference as exc:
        raise ValueError(f"is not an image: {exc.reason}") from None
    # `docker.io/node` is `docker.io/library/node`; what names no registry matches by its short name.
    return reference.name if reference.registry else text


def tag_pattern(text: str) -> str:
    """Check a pattern over tags, such as `22.*-alpine`; raises ValueError."""
    if not _TAG.fullmatch(text) or text.count("*") > MOST_STARS:
        raise ValueError("must be a tag or a pattern over tags, such as 22.*-alpine")
    return text


def is_tag(text: str) -> bool:
    """Whether this may be a tag."""
    try:
        return Reference.parse(f"x:{text}").tag == text
    except InvalidReference:
        return False


def day(text: str) -> date:
    """Read a day as YYYY-MM-DD and nothing else; raises ValueError."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ValueError("must be a day, such as 2027-01-31") from None


def track_of(text: str) -> Track | None:
    """Read the name of a track."""
    return next((track for track in Track if track.value == text), None)


def names_of(image: str) -> tuple[str, ...]:
    """The names an image goes by, the full one first: `docker.io/library/node`, `library/node`, `node`."""
    try:
        full = Reference.parse(image).name
    except InvalidReference:
        return (image,)
    return tuple(
        dict.fromkeys(
            (
                full,
                full.removeprefix("docker.io/"),
                full.removeprefix("docker.io/library/").removeprefix("docker.io/"),
            )
        )
    )
