"""Inventories once per image manifest, and the images that hold a version of a package."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Identity = tuple[str, ...]


def upgrade() -> None:
    """Bring the schema to this revision."""
    inventories = op.create_table(
        "plimsoll_inventories",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name="plimsoll_one_inventory_a_manifest"),
    )
    versions = op.create_table(
        "plimsoll_package_versions",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("ecosystem", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_version", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "ecosystem", "source_name", "source_version", "module", "type", name="plimsoll_one_row_a_version"
        ),
    )
    links = op.create_table(
        "plimsoll_inventory_packages",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("inventory", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", "inventory"),
        sqlite_with_rowid=False,
    )
    op.create_index("plimsoll_packages_by_inventory", "plimsoll_inventory_packages", ["inventory"])
    _carry_over(op.get_bind(), inventories, versions, links)
    op.create_index("plimsoll_sightings_by_manifest", "plimsoll_sightings", ["manifest_digest"])
    op.drop_column("plimsoll_sightings", "inventory")


def _carry_over(
    connection: sa.Connection, inventories: sa.Table, versions: sa.Table, links: sa.Table
) -> None:
    """Take the inventories out of the sightings; of one manifest the one that was seen last."""
    query = sa.text(
        "SELECT manifest_digest, inventory, seen_at FROM plimsoll_sightings ORDER BY seen_at DESC"
    )
    known: dict[Identity, int] = {}
    done: set[str] = set()
    for digest, text, seen_at in connection.execute(query).fetchall():
        if digest in done:
            continue
        done.add(digest)
        content = zlib.compress(_with_modes(text).encode())
        row = {"digest": digest, "content": content, "saved_at": seen_at}
        (inventory,) = connection.execute(inventories.insert().values(row)).inserted_primary_key or (0,)
        found = sorted(set(_identities(text)))
        for identity in found:
            if identity not in known:
                names = ("type", "ecosystem", "source_name", "source_version", "module")
                values = dict(zip(names, identity, strict=True))
                (known[identity],) = connection.execute(
                    versions.insert().values(values)
                ).inserted_primary_key or (0,)
        if found:
            pairs = [{"version": known[identity], "inventory": inventory} for identity in found]
            connection.execute(links.insert(), pairs)


def _with_modes(text: str) -> str:
    """Leave out files that run as their owner: they were kept by path alone, and are now with their mode."""
    if '"set_id_files":["' not in text:
        return text
    try:
        inventory = json.loads(text)
        count = len(inventory["set_id_files"])
        skipped = {
            "what": f"{count} file{'s' if count > 1 else ''} that run as their owner or group",
            "why": "an older version kept their paths alone",
            "kind": "uncatalogued",
        }
        return json.dumps({**inventory, "set_id_files": [], "skipped": [*inventory["skipped"], skipped]})
    except (ValueError, LookupError, TypeError):
        return text


def _identities(text: str) -> Iterator[Identity]:
    """Read what decides which advisories hit a package out of an inventory, as JSON keeps it."""
    try:
        entries = json.loads(text)["packages"]
        packages: list[dict[str, Any]] = [entry["package"] for entry in entries]
        for package in packages:
            if package["ecosystem"]:
                yield (
                    package["type"],
                    package["ecosystem"].removesuffix(":LTS"),
                    package["source_name"],
                    package["source_version"],
                    package.get("module", ""),
                )
    except (ValueError, LookupError, TypeError):
        # Not an inventory this version reads: the image is scanned anew when it is seen.
        return
