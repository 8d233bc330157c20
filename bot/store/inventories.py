"""Inventories, once per image manifest, and which images hold a version of a package.

A new advisory is looked up there, instead of scanning every image again.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.advisory import Advisory, Match, match, places
from bot.advisory.ecosystem import normalized
from bot.advisory.places import unsold
from bot.package import Package
from bot.store.tables import inventories, inventory_packages, package_versions, sightings

T = TypeVar("T")
Judge = Callable[[Sequence[Package]], Iterable[Match]]
#: Values of one statement; SQLite takes 32,766, PostgreSQL 65,535.
_AT_ONCE = 10_000
_IDENTITY = ("type", "ecosystem", "source_name", "source_version", "module")


@dataclass(frozen=True, slots=True)
class AffectedImages:
    """The stored images that a set of advisories hits."""

    found: Mapping[int, tuple[Match, ...]]
    """What hits each version of a package. A match names the source package, which advisories speak of."""
    held: Mapping[str, tuple[int, ...]]
    """Manifest digest → the versions it holds of those."""

    @property
    def digests(self) -> tuple[str, ...]:
        """The manifests of the images."""
        return tuple(sorted(self.held))

    def matches(self, digest: str) -> tuple[Match, ...]:
        """Return what hits one image."""
        found = (match for version in self.held.get(digest, ()) for match in self.found[version])
        return tuple(sorted(found, key=lambda match: (match.package, match.ids)))


def read(connection: sa.Connection, digest: str) -> str | None:
    """Return the inventory of an image as JSON; None when it is not kept, or spoilt."""
    content = connection.scalar(sa.select(inventories.c.content).filter_by(digest=digest))
    try:
        return None if content is None else zlib.decompress(content).decode()
    except (zlib.error, UnicodeDecodeError):
        return None


def save(connection: sa.Connection, digest: str, text: str, packages: Iterable[Package], now: float) -> None:
    """Keep the inventory of an image, and who asks for its packages finds it; unless just that is kept already."""
    columns = (inventories.c.id, inventories.c.content)
    row = connection.execute(sa.select(*columns).filter_by(digest=digest)).first()
    content = zlib.compress(text.encode())
    if row is not None and row.content == content:
        return
    if row is None:
        values = {"digest": digest, "content": content, "saved_at": now}
        (inventory,) = connection.execute(inventories.insert().values(values)).inserted_primary_key or (0,)
    else:
        inventory = row.id
        connection.execute(inventories.update().filter_by(id=inventory).values(content=content, saved_at=now))
        connection.execute(inventory_packages.delete().filter_by(inventory=inventory))
    links = [{"version": version, "inventory": inventory} for version in _versions(connection, packages)]
    if links:
        connection.execute(inventory_packages.insert(), links)


def affected(
    connection: sa.Connection, advisories: Iterable[Advisory], judge: Judge | None = None
) -> AffectedImages:
    """Return the stored images that these advisories hit. Each version of a package is judged once.

    `judge` matches packages against everything that is known, such as `find_hits` with an open index; without it
    nothing but these advisories counts.
    """
    wanted = list(advisories)
    candidates = _candidates(connection, wanted)
    matches = judge(list(candidates)) if judge else match(candidates, wanted)
    ids = {advisory.id for advisory in wanted}
    found: dict[int, list[Match]] = defaultdict(list)
    for hit in matches:
        if not ids.isdisjoint(hit.records):
            found[candidates[hit.package]].append(hit)
    return AffectedImages(
        {version: tuple(matches) for version, matches in found.items()}, _holding(connection, sorted(found))
    )


def references(connection: sa.Connection, digests: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return by which names the images of some manifests were last seen."""
    found: dict[str, set[str]] = defaultdict(set)
    for some in _pieces(sorted(digests)):
        query = sa.select(sightings.c.manifest_digest, sightings.c.reference)
        for digest, reference in connection.execute(query.where(sightings.c.manifest_digest.in_(some))):
            found[digest].add(reference)
    return {digest: tuple(sorted(names)) for digest, names in found.items()}


def forget_unused(connection: sa.Connection) -> None:
    """Forget the inventories that nothing refers to any more, and the packages only they held."""
    is_seen = sa.exists().where(sightings.c.manifest_digest == inventories.c.digest)
    gone = sa.select(inventories.c.id).where(~is_seen)
    connection.execute(inventory_packages.delete().where(inventory_packages.c.inventory.in_(gone)))
    connection.execute(inventories.delete().where(~is_seen))
    is_held = sa.exists().where(inventory_packages.c.version == package_versions.c.id)
    connection.execute(package_versions.delete().where(~is_held))


def _versions(connection: sa.Connection, packages: Iterable[Package]) -> list[int]:
    """Return the ids of package versions, those not met before are added."""
    wanted = {identity for package in packages for identity in _identities(package)}
    known = _known(connection, wanted)
    new = sorted(wanted - known.keys())
    if new:
        rows = [dict(zip(_IDENTITY, identity, strict=True)) for identity in new]
        connection.execute(package_versions.insert(), rows)
        known |= _known(connection, set(new))
    return sorted(known[identity] for identity in wanted)


def _known(connection: sa.Connection, wanted: set[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    places = {(ecosystem, name) for _, ecosystem, name, _, _ in wanted}
    found: dict[tuple[str, ...], int] = {tuple(row[1:]): row.id for row in _at(connection, places)}
    return {identity: id_ for identity, id_ in found.items() if identity in wanted}


def _candidates(connection: sa.Connection, advisories: Iterable[Advisory]) -> dict[Package, int]:
    """Return the stored versions of all packages the advisories name."""
    places = {
        (unsold(normalized(affected.ecosystem)), affected.package)
        for advisory in advisories
        for affected in advisory.affected
        if affected.ecosystem
    }
    return {
        Package(
            type=row.type,
            namespace="",
            name=row.source_name,
            version=row.source_version,
            source_name=row.source_name,
            source_version=row.source_version,
            ecosystem=row.ecosystem,
            module=row.module,
        ): row.id
        for row in _at(connection, places)
    }


def _at(connection: sa.Connection, places: Iterable[tuple[str, str]]) -> Iterator[Any]:
    """Find package versions by ecosystem and the name they go by there."""
    names: dict[str, list[str]] = defaultdict(list)
    for ecosystem, name in places:
        names[ecosystem].append(name)
    table = package_versions.c
    columns = (table.id, table.type, table.ecosystem, table.source_name, table.source_version, table.module)
    for ecosystem, wanted in names.items():
        for some in _pieces(sorted(wanted)):
            query = sa.select(*columns).where(table.ecosystem == ecosystem, table.source_name.in_(some))
            yield from connection.execute(query)


def _holding(connection: sa.Connection, versions: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Return which of these versions each image holds."""
    held: dict[int, list[int]] = defaultdict(list)
    table = inventory_packages.c
    # One row a version instead of one a pair, of which there may be millions.
    listed = sa.func.aggregate_strings(sa.cast(table.inventory, sa.Text), ",")
    for some in _pieces(versions):
        query = sa.select(table.version, listed).where(table.version.in_(some)).group_by(table.version)
        for version, images in connection.execute(query):
            for image in images.split(","):
                held[int(image)].append(version)
    digests: dict[str, tuple[int, ...]] = {}
    for images in _pieces(sorted(held)):
        query = sa.select(inventories.c.id, inventories.c.digest).where(inventories.c.id.in_(images))
        digests.update((digest, tuple(held[image])) for image, digest in connection.execute(query))
    return digests


def _identities(package: Package) -> Iterator[tuple[str, ...]]:
    """Yield what decides which advisories hit a package: the names it goes by there, each with its version.

    What is sold apart is sold for the release, and looked for there.
    """
    for at in places(package):
        if unsold(at.ecosystem) == at.ecosystem:
            yield package.type, at.ecosystem, at.name, at.version, package.module


def _pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
