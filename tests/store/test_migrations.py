"""Each migration on a filled database: nothing is lost, and the schema is the one the code speaks of."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.store.migrations
from bot import codec
from bot.inventory import Inventory, SkipKind, Skipped
from bot.store import images, inventories
from bot.store.engine import store_engine
from bot.store.store import migrate
from bot.store.tables import PREFIX, metadata
from tests.advisory.build import entry, record, until

TOLD = SkipKind.UNCATALOGUED
VALUES = {"TEXT": "{}", "FLOAT": 1.5, "BIGINT": 7, "INTEGER": 7, "BOOLEAN": 1, "BLOB": b""}


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(bot.store.migrations.__file__).parent))
    return made


REVISIONS = [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = store_engine(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    yield engine
    engine.dispose()


def bring_to(database: sa.Engine, revision: str) -> None:
    made = config()
    with database.begin() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, revision)


def fill(database: sa.Engine) -> dict[str, int]:
    """Put a row into every table, as the schema is now; return how many each has."""
    found = sa.MetaData()
    with database.begin() as connection:
        # The job engine's tables share the file, and stay as they are.
        connection.execute(sa.text("CREATE TABLE workflow_status (workflow_uuid TEXT)"))
        connection.execute(sa.text("INSERT INTO workflow_status VALUES ('a')"))
        found.reflect(connection)
        for table in found.tables.values():
            if table.name.startswith(PREFIX) and table.name != f"{PREFIX}schema":
                values = {column.name: VALUES[str(column.type)] for column in table.columns}
                connection.execute(table.insert().values(values))
        return count(connection, found)


def count(connection: sa.Connection, found: sa.MetaData) -> dict[str, int]:
    rows = sa.func.count()
    return {
        name: int(connection.scalar(sa.select(rows).select_from(table)) or 0)
        for name, table in found.tables.items()
    }


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_of_each_revision_keeps_its_rows(database: sa.Engine, revision: str) -> None:
    bring_to(database, revision)
    before = fill(database)
    assert len(before) > 8
    assert set(before.values()) == {1}
    migrate(database)
    found = sa.MetaData()
    with database.begin() as connection:
        found.reflect(connection)
        after = count(connection, found)
    assert before.items() <= after.items()


def test_inventories_are_carried_over_from_what_was_seen(database: sa.Engine) -> None:
    bring_to(database, "0003")
    place = {"reference": "a:1", "platform": "", "index_digest": "sha256:i", "resolved_platform": ""}
    package = {
        "type": "deb",
        "ecosystem": "Ubuntu:22.04:LTS",
        "source_name": "openssl",
        "source_version": "3.0",
    }
    other = package | {"ecosystem": ""}
    inventory = json.dumps({"packages": [{"package": package}, {"package": package}, {"package": other}]})
    rows = [(1, "sha256:m", "{}", 1.0), (2, "sha256:m", inventory, 2.0), (3, "sha256:n", inventory, 1.0)]
    with database.begin() as connection:
        before = sa.Table(f"{PREFIX}sightings", sa.MetaData(), autoload_with=connection)
        for repository, digest, text, seen_at in rows:
            values = {
                "repository_id": repository,
                "manifest_digest": digest,
                "inventory": text,
                "seen_at": seen_at,
            }
            connection.execute(before.insert().values(place | values))
    migrate(database)
    advisory = record("USN-1-1", entry("Ubuntu:22.04:LTS", until("3.1")))
    with database.begin() as connection:
        kept = images.sighting(connection, 1, "a:1", "")
        assert (kept and kept.inventory, inventories.read(connection, "sha256:n")) == (inventory, inventory)
        found = inventories.affected(connection, [advisory])
    assert found.digests == ("sha256:m", "sha256:n")
    assert [match.package.source_version for match in found.matches("sha256:m")] == ["3.0"]


def test_an_inventory_of_the_first_version_can_be_read(database: sa.Engine) -> None:
    """It kept set-id files by path alone, and every image of a distribution has some."""
    bring_to(database, "0003")
    text = (Path(__file__).parents[1] / "data" / "stored" / "inventory-of-0003.json").read_text()
    values = {"repository_id": 1, "reference": "a:1", "platform": "", "index_digest": "sha256:i"}
    values |= {"manifest_digest": "sha256:m", "resolved_platform": "", "inventory": text, "seen_at": 1.0}
    with database.begin() as connection:
        before = sa.Table(f"{PREFIX}sightings", sa.MetaData(), autoload_with=connection)
        connection.execute(before.insert().values(values))
    migrate(database)
    with database.begin() as connection:
        kept = images.sighting(connection, 1, "a:1", "")
    assert kept is not None
    found = codec.load(Inventory, kept.inventory)
    assert [(each.package.name, each.package.version) for each in found.packages] == [("openssl", "3.3.0-r0")]
    assert found.set_id_files == ()
    assert found.skipped == (
        Skipped("2 files that run as their owner or group", "an older version kept their paths alone", TOLD),
    )


def test_the_migrations_make_the_schema_of_the_code(database: sa.Engine) -> None:
    migrate(database)
    with database.begin() as connection:
        connection.execute(sa.text("CREATE TABLE workflow_status (workflow_uuid TEXT)"))
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": f"{PREFIX}schema",
                "include_name": lambda name, kind, _: kind != "table" or name.startswith(PREFIX),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    database: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sa.exc.SQLAlchemyError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.store.command.upgrade", lambda made, _: half(made, fail))
        with pytest.raises(sa.exc.SQLAlchemyError):
            migrate(database)
    with database.begin() as connection:
        assert sa.inspect(connection).get_table_names() == []
    migrate(database)


def half(made: Config, fail: Callable[[], None]) -> None:
    connection: sa.Connection = made.attributes["connection"]
    connection.execute(sa.text("CREATE TABLE plimsoll_half (id INTEGER)"))
    fail()
