"""What references resolved to and since when, and the inventories they were last seen with."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.package import Package
from bot.store import inventories
from bot.store.tables import first_seen as first_seen_table
from bot.store.tables import resolutions, sightings


@dataclass(frozen=True, slots=True)
class Digests:
    """What one reference means for one platform."""

    index_digest: str
    manifest_digest: str
    platform: str


@dataclass(frozen=True, slots=True)
class ResolutionKey:
    """One reference within the reviews of one head: resolved once, reused by every retry and `/rescan`."""

    repository_id: int
    number: int
    head: str
    reference: str
    platform: str
    """What was asked for, which `Digests.platform` need not be."""


def resolution(connection: sa.Connection, key: ResolutionKey) -> Digests | None:
    """Return what a reference was resolved to before."""
    columns = (resolutions.c.index_digest, resolutions.c.manifest_digest, resolutions.c.resolved_platform)
    row = connection.execute(sa.select(*columns).filter_by(**_fields(key))).first()
    return Digests(*row) if row else None


def save_resolution(connection: sa.Connection, key: ResolutionKey, digests: Digests) -> None:
    """Note what a reference resolves to, before anything is looked at."""
    connection.execute(resolutions.delete().filter_by(**_fields(key)))
    connection.execute(resolutions.insert().values({**_fields(key), **_values(digests)}))


def forget_resolutions(connection: sa.Connection, repository_id: int, number: int, head: str) -> None:
    """Resolve anew at the next look: what `/rescan --fresh` asks for."""
    connection.execute(resolutions.delete().filter_by(repository_id=repository_id, number=number, head=head))


@dataclass(frozen=True, slots=True)
class Sighting:
    """An image as last read for a repository."""

    digests: Digests
    inventory: str
    """The inventory as JSON."""
    packages: tuple[Package, ...] = field(default=(), compare=False)
    """Those in it that new advisories are looked up for. What is read back does not tell them."""
    owned: tuple[tuple[Package, Package], ...] = field(default=(), compare=False)
    """Those that another of the distribution brought, with it: looked up where nobody ever spoke of the other."""


def sighting(connection: sa.Connection, repository_id: int, reference: str, platform: str) -> Sighting | None:
    """Return what a repository's reference was last seen with."""
    key = {"repository_id": repository_id, "reference": reference, "platform": platform}
    row = connection.execute(sa.select(sightings).filter_by(**key)).first()
    text = inventories.read(connection, row.manifest_digest) if row else None
    if row is None or text is None:
        return None
    return Sighting(Digests(row.index_digest, row.manifest_digest, row.resolved_platform), text)


def save_sighting(
    connection: sa.Connection, repository_id: int, reference: str, platform: str, seen: Sighting, now: float
) -> None:
    """Keep what a reference was seen with, unless just that is kept already."""
    key = {"repository_id": repository_id, "reference": reference, "platform": platform}
    old = sighting(connection, repository_id, reference, platform)
    digest = seen.digests.manifest_digest
    if old == seen and inventories.is_current(connection, digest):
        return
    inventories.save(connection, digest, seen.inventory, seen.packages, now, seen.owned)
    connection.execute(sightings.delete().filter_by(**key))
    values = {**key, **_values(seen.digests), "seen_at": now}
    connection.execute(sightings.insert().values(values))


def first_seen(connection: sa.Connection, name: str, tag: str, digest: str, now: float) -> float:
    """Return when a tag was first seen to mean a digest; now, and noted, when it was never seen before."""
    key = {"name": name, "tag": tag, "digest": digest}
    noted = connection.scalar(sa.select(first_seen_table.c.seen_at).filter_by(**key))
    if noted is None:
        connection.execute(first_seen_table.insert().values({**key, "seen_at": now}))
    return now if noted is None else float(noted)


def due_since(connection: sa.Connection, name: str, tag: str, digest: str) -> float | None:
    """Return when a tag was first seen to mean something newer than a digest; None when it never was."""
    seen = sa.select(first_seen_table.c.digest, first_seen_table.c.seen_at).filter_by(name=name, tag=tag)
    moments = {row.digest: row.seen_at for row in connection.execute(seen)}
    begun = moments.get(digest, float("-inf"))
    return min(
        (moment for other, moment in moments.items() if other != digest and moment > begun), default=None
    )


def _fields(key: ResolutionKey) -> dict[str, object]:
    return {field: getattr(key, field) for field in ResolutionKey.__slots__}


def _values(digests: Digests) -> dict[str, str]:
    return {
        "index_digest": digests.index_digest,
        "manifest_digest": digests.manifest_digest,
        "resolved_platform": digests.platform,
    }
