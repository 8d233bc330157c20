"""The tables of the index file. A new state is a new file, so a reader's never changes."""

import sqlite3
import zlib

from bot.feeds.compact import FORM
from bot.package.versions import ORDERINGS

#: Raised with every change below, and with every change of a sort key.
_VERSION = 2
#: What packages can be matched decides what is kept of a record. An index of another version is made anew.
VERSION = zlib.crc32(repr((_VERSION, FORM, sorted(ORDERINGS))).encode()) & 0x7FFF_FFFF

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE feeds (
    name TEXT PRIMARY KEY, source TEXT NOT NULL, checked TEXT NOT NULL, etag TEXT NOT NULL,
    records INTEGER NOT NULL, ratings INTEGER NOT NULL, broken INTEGER NOT NULL, unused INTEGER NOT NULL,
    releases TEXT NOT NULL, complete TEXT NOT NULL, newest TEXT NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
-- `rates`: it matches no package, and only tells how severe a flaw is.
CREATE TABLE records (
    key INTEGER PRIMARY KEY, feed TEXT NOT NULL, id TEXT NOT NULL, modified TEXT NOT NULL,
    digest BLOB NOT NULL, rates INTEGER NOT NULL, releases TEXT NOT NULL
);
-- Apart from `records`, which are read as a whole to name the snapshot.
CREATE TABLE advisories (record INTEGER PRIMARY KEY, advisory BLOB NOT NULL);
-- Documents of a feed that are not among its records, so that each counts once however often it changes.
CREATE TABLE left_out (feed TEXT NOT NULL, name TEXT NOT NULL, broken INTEGER NOT NULL);
-- `ceiling` sorts at or above every affected version, and is NULL where no such version is known.
CREATE TABLE affected (
    ecosystem TEXT NOT NULL, package TEXT NOT NULL, ceiling TEXT, record INTEGER NOT NULL
);
-- `alone`: the record is about no other flaw, so all its names are names of one.
CREATE TABLE names (name TEXT NOT NULL, record INTEGER NOT NULL, alone INTEGER NOT NULL);
CREATE TABLE catalogues (
    kind TEXT PRIMARY KEY, source TEXT NOT NULL, checked TEXT NOT NULL, etag TEXT NOT NULL,
    entries INTEGER NOT NULL, broken INTEGER NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE scores (kind TEXT NOT NULL, cve INTEGER NOT NULL, score REAL NOT NULL, PRIMARY KEY (kind, cve))
    WITHOUT ROWID;
-- Ids of the records that the last update brought or changed; empty when it brought all of them.
CREATE TABLE changed (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

#: Made after the rows, which is faster than keeping them while writing.
INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS records_by_id ON records (feed, id);
CREATE INDEX IF NOT EXISTS records_named ON records (id);
CREATE INDEX IF NOT EXISTS left_out_by_feed ON left_out (feed, name, broken);
CREATE INDEX IF NOT EXISTS affected_by_package ON affected (ecosystem, package, ceiling, record);
CREATE INDEX IF NOT EXISTS affected_by_record ON affected (record);
CREATE INDEX IF NOT EXISTS names_by_name ON names (name, record);
CREATE INDEX IF NOT EXISTS names_by_record ON names (record, name, alone);
"""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version; 0 for a file that holds no index."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
