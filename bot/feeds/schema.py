"""The tables of the index file. It is written once and never changed: a new state is a new file."""

import sqlite3

#: Raised with every change below; an index of another version is made anew.
VERSION = 1

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE feeds (
    name TEXT PRIMARY KEY, source TEXT NOT NULL, checked TEXT NOT NULL, etag TEXT NOT NULL,
    records INTEGER NOT NULL, ratings INTEGER NOT NULL, broken INTEGER NOT NULL, unused INTEGER NOT NULL,
    releases TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE records (
    key INTEGER PRIMARY KEY, feed TEXT NOT NULL, id TEXT NOT NULL, modified TEXT NOT NULL,
    digest BLOB NOT NULL, document BLOB NOT NULL
);
-- `ceiling` sorts at or above every affected version, and is NULL where no such version is known.
CREATE TABLE affected (
    ecosystem TEXT NOT NULL, package TEXT NOT NULL, ceiling TEXT, record INTEGER NOT NULL
);
-- `alone`: the record is about no other flaw, so all its names are names of one.
CREATE TABLE names (name TEXT NOT NULL, record INTEGER NOT NULL, alone INTEGER NOT NULL);
"""

#: Made after the rows, which is faster than keeping them while writing.
INDEXES = """
CREATE UNIQUE INDEX records_by_id ON records (feed, id);
CREATE INDEX affected_by_package ON affected (ecosystem, package, ceiling);
CREATE INDEX names_by_name ON names (name, record);
CREATE INDEX names_by_record ON names (record, name, alone);
"""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version; 0 for a file that holds no index."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
