"""Inventories, once per image manifest, and which images hold a version of a package.

A new advisory is looked up there, instead of scanning every image again.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.advisory import Advisory, Match, match, places
from bot.advisory.ecosystem import normalized
from bot.advisory.places import unsold
from bot.engine import ENGINE_VERSION
from bot.package import Package
from bot.store.tables import inventories, inventory_packages, owned_packages, package_versions, sightings

T = TypeVar("T")
Judge = Callable[[Sequence[Package]], Iterable[Match]]
IsKnown = Callable[[Package], bool]
#: Of the engine, and of what is written here of an image: raise the second with anything that changes that.
VERSION = f"{ENGINE_VERSION}.1"
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
    outdated: int = 0
    """Stored images that another version read: it may have seen less of them."""

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


def is_current(connection: sa.Connection, digest: str) -> bool:
    """Whether this version read what is kept of an image."""
    return connection.scalar(sa.select(inventories.c.version).filter_by(digest=digest)) == VERSION


def save(
    connection: sa.Connection,
    digest: str,
    text: str,
    packages: Iterable[Package],
    now: float,
    owned: Iterable[tuple[Package, Package]] = (),
) -> None:
    """Keep the inventory of an image, and who asks for its packages finds it; unless just that is kept already.

    `owned` are packages with those of the distribution that brought them.
    """
    columns = (inventories.c.id, inventories.c.content, inventories.c.version)
    row = connection.execute(sa.select(*columns).filter_by(digest=digest)).first()
    content = zlib.compress(text.encode())
    if row is not None and (row.content, row.version) == (content, VERSION):
        return
    values = {"content": content, "saved_at": now, "version": VERSION}
    if row is None:
        inserted = connection.execute(inventories.insert().values({"digest": digest, **values}))
        (inventory,) = inserted.inserted_primary_key or (0,)
    else:
        inventory = row.id
        connection.execute(inventories.update().filter_by(id=inventory).values(values))
        for links in (inventory_packages, owned_packages):
            connection.execute(links.delete().where(links.c.inventory == inventory))
    _link(connection, inventory, set(packages), set(owned))


def _link(
    connection: sa.Connection, inventory: int, packages: set[Package], owned: set[tuple[Package, Package]]
) -> None:
    """Note which versions of packages an inventory holds."""
    ids = _versions(connection, packages.union(*owned))
    held = {ids[identity] for package in packages for identity in _identities(package)}
    # Of an owner without a place nobody can have spoken, and nobody could: it is taken at its word.
    brought = {
        (ids[identity], ids[by])
        for package, owner in owned
        for by in islice(_identities(owner), 1)
        for identity in _identities(package)
    }
    if held:
        rows = [{"version": version, "inventory": inventory} for version in sorted(held)]
        connection.execute(inventory_packages.insert(), rows)
    if brought:
        names = ("version", "owner", "inventory")
        rows = [dict(zip(names, (*pair, inventory), strict=True)) for pair in sorted(brought)]
        connection.execute(owned_packages.insert(), rows)


def affected(
    connection: sa.Connection,
    advisories: Iterable[Advisory],
    judge: Judge | None = None,
    is_known: IsKnown = lambda owner: True,
) -> AffectedImages:
    """Return the stored images that these advisories hit. Each version of a package is judged once.

    `judge` matches packages against everything that is known, such as `find_hits` with an open index; without it
    nothing but these advisories counts. `is_known` tells whether any advisory ever spoke of a distribution's package,
    and so speaks for what it brought; as in a review, see `matchable`.
    """
    wanted = list(advisories)
    candidates = _candidates(connection, wanted)
    matches = judge(list(candidates)) if judge else match(candidates, wanted)
    ids = {advisory.id for advisory in wanted}
    found: dict[int, list[Match]] = defaultdict(list)
    for hit in matches:
        if not ids.isdisjoint(hit.records):
            found[candidates[hit.package]].append(hit)
    held = _holding(connection, sorted(found), is_known)
    return AffectedImages(
        {version: tuple(matches) for version, matches in found.items()}, held, _outdated(connection)
    )


def _outdated(connection: sa.Connection) -> int:
    query = sa.select(sa.func.count()).select_from(inventories).where(inventories.c.version != VERSION)
    return connection.scalar(query) or 0


def count(connection: sa.Connection) -> int:
    """Return how many images are stored."""
    return connection.scalar(sa.select(sa.func.count()).select_from(inventories)) or 0


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
    for links in (inventory_packages, owned_packages):
        connection.execute(links.delete().where(links.c.inventory.in_(gone)))
    connection.execute(inventories.delete().where(~is_seen))
    named = (inventory_packages.c.version, owned_packages.c.version, owned_packages.c.owner)
    unused = (~sa.exists().where(column == package_versions.c.id) for column in named)
    connection.execute(package_versions.delete().where(*unused))


def _versions(connection: sa.Connection, packages: Iterable[Package]) -> dict[tuple[str, ...], int]:
    """Return the ids of package versions by what they are; those not met before are added."""
    wanted = {identity for package in packages for identity in _identities(package)}
    known = _known(connection, wanted)
    new = sorted(wanted - known.keys())
    if new:
        rows = [dict(zip(_IDENTITY, identity, strict=True)) for identity in new]
        connection.execute(package_versions.insert(), rows)
        known |= _known(connection, set(new))
    return known


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
    return {_package(row): row.id for row in _at(connection, places)}


def _package(row: Any) -> Package:
    return Package(
        type=row.type,
        namespace="",
        name=row.source_name,
        version=row.source_version,
        source_name=row.source_name,
        source_version=row.source_version,
        ecosystem=row.ecosystem,
        module=row.module,
    )


def _at(connection: sa.Connection, places: Iterable[tuple[str, str]]) -> Iterator[Any]:
    """Find package versions by ecosystem and the name they go by there."""
    names: dict[str, list[str]] = defaultdict(list)
    for ecosystem, name in places:
        names[ecosystem].append(name)
    table = package_versions.c
    for ecosystem, wanted in names.items():
        for some in _pieces(sorted(wanted)):
            query = sa.select(package_versions).where(
                table.ecosystem == ecosystem, table.source_name.in_(some)
            )
            yield from connection.execute(query)


def _holding(
    connection: sa.Connection, versions: Sequence[int], is_known: IsKnown
) -> dict[str, tuple[int, ...]]:
    """Return which of these versions each image holds."""
    held: dict[int, dict[int, None]] = defaultdict(dict)
    table = inventory_packages.c
    # One row a version instead of one a pair, of which there may be millions.
    listed = sa.func.aggregate_strings(sa.cast(table.inventory, sa.Text), ",")
    for some in _pieces(versions):
        query = sa.select(table.version, listed).where(table.version.in_(some)).group_by(table.version)
        for version, images in connection.execute(query):
            for image in images.split(","):
                held[int(image)][version] = None
    for version, inventory in _unspoken(connection, versions, is_known):
        held[inventory][version] = None
    digests: dict[str, tuple[int, ...]] = {}
    for images in _pieces(sorted(held)):
        query = sa.select(inventories.c.id, inventories.c.digest).where(inventories.c.id.in_(images))
        digests.update((digest, tuple(held[image])) for image, digest in connection.execute(query))
    return digests


def _unspoken(
    connection: sa.Connection, versions: Sequence[int], is_known: IsKnown
) -> Iterator[tuple[int, int]]:
    """Yield which inventories hold these versions by a package of the distribution that nobody ever spoke of."""
    links = owned_packages.c
    known: dict[int, bool] = {}
    for some in _pieces(versions):
        query = sa.select(links.version, links.inventory, package_versions)
        joined = query.join(package_versions, links.owner == package_versions.c.id)
        for row in connection.execute(joined.where(links.version.in_(some))):
            if row.id not in known:
                known[row.id] = is_known(_package(row))
            if not known[row.id]:
                yield row.version, row.inventory


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
