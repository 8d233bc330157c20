"""What an image is beyond its flaws: from its inventory, its labels, its registry and the support dates. Pure."""

import re
from datetime import UTC, datetime

from bot.bump.model import Facts
from bot.bump.support import SupportDates, support_of
from bot.image.reference import Reference
from bot.image.tags import libc_of
from bot.inspection import SeenImage
from bot.registry.model import ImageDetails

_LIBC_OF_PACKAGE = {"musl": "musl", "libc6": "glibc", "glibc": "glibc"}
# Images did not exist before; builds that hide their time say 1970 or 1980, and Go's zero time is of year 1.
_FIRST_IMAGE = datetime(2013, 3, 13, tzinfo=UTC)
_MAX_LABEL = 300
_MAX_PLATFORMS = 100
_HTTPS = re.compile(r"https://(?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z]{2,63}(?:/[A-Za-z0-9._~/%?=#+,:@-]*)?")
_SOURCES = ("org.opencontainers.image.source", "org.opencontainers.image.url")
_REVISION = "org.opencontainers.image.revision"


def facts_of(
    reference: Reference,
    seen: SeenImage,
    details: ImageDetails,
    dates: SupportDates,
    *,
    now: datetime,
    first_seen: datetime | None = None,
) -> Facts:
    """Gather what is known of one image that was read; `reference` names it with its tag."""
    inventory = seen.inventory
    release = inventory.release
    support = support_of(reference, release, dates, now.date())
    published, by = _published(details.published, inventory.config.created, first_seen, now)
    labels = dict(inventory.config.labels)
    return Facts(
        index_digest=seen.index_digest,
        manifest_digest=seen.manifest_digest,
        size=inventory.size,
        packages=len(inventory.packages),
        release=(release.pretty_name or f"{release.id} {release.version_id}".strip()) if release else "",
        libc=_libc(seen) or libc_of(reference),
        platforms=tuple(_plain(name) for name in details.platforms[:_MAX_PLATFORMS]),
        signer=_plain(details.signer),
        supported_until=support.until,
        support_over=support.over,
        published=published,
        published_by=by,
        source=next((url for name in _SOURCES if (url := _address(labels.get(name, "")))), ""),
        revision=labels.get(_REVISION, "")[:_MAX_LABEL],
    )


def moment(text: str, now: datetime) -> datetime | None:
    """Read a time that is one: neither before there were images, nor to come."""
    try:
        found = datetime.fromisoformat(_shortened(text))
    except ValueError:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    try:
        return found.astimezone(UTC) if _FIRST_IMAGE <= found <= now else None
    except OverflowError:
        return None


def _shortened(text: str) -> str:
    """Python reads at most six digits of a second's fraction before 3.13, and docker writes nine."""
    return re.sub(r"(\.\d{6})\d{1,12}", r"\1", text.strip()[:40])


def _published(registry: str, created: str, first_seen: datetime | None, now: datetime) -> tuple[str, str]:
    """Climb down the ladder: what the registry says, what the image says, when we saw it first."""
    for by, text in (
        ("registry", registry),
        ("image", created),
        ("first seen", first_seen.isoformat() if first_seen else ""),
    ):
        if (found := moment(text, now)) is not None:
            return found.isoformat(timespec="seconds"), by
    return "", ""


def _libc(seen: SeenImage) -> str:
    names = {entry.package.name for entry in seen.inventory.packages}
    found = {libc for name, libc in _LIBC_OF_PACKAGE.items() if name in names}
    return found.pop() if len(found) == 1 else ""


def _plain(text: str) -> str:
    """What a registry says, short, and without half surrogate pairs, which cannot be stored."""
    return text[:_MAX_LABEL].encode(errors="replace").decode()


def _address(label: str) -> str:
    """A web address that can be shown; what else a label may hold is of no use to anybody."""
    text = label.strip()
    return text if len(text) <= _MAX_LABEL and _HTTPS.fullmatch(text) else ""
