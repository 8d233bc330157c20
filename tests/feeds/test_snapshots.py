"""Which index a review opens: the one in use, or the one it was judged on before."""

import errno
import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.feeds import IndexUnusable
from bot.feeds.importer import import_path
from bot.feeds.snapshots import MOST_KEPT, Snapshots
from tests.feeds.layout import DEBIAN, NOW, write_zip


class Place:
    """An index, the folder of those before it, and ways to change both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "index.db"
        self.kept = folder / "kept"
        self.snapshots = Snapshots(self.index, self.kept)

    def put(self, number: int = 0, days: int = 0) -> str:
        """Import some content as of a day; return its id."""
        source = write_zip(self.folder / "in.zip", DEBIAN | {"summary": str(number)})
        now = NOW + timedelta(days=days)
        return import_path(source, self.index, as_of=now, now=now).snapshot.id

    def opened(self, wanted: str = "") -> tuple[str, int]:
        """What is opened: its id, and the day it was checked."""
        index = self.snapshots.open(wanted)
        assert index is not None
        with index:
            return index.snapshot.id, (index.snapshot.feeds[0].checked - NOW).days


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_an_index_there_is_none(place: Place) -> None:
    assert place.snapshots.open() is None
    assert place.snapshots.open("sha256:0") is None


def test_the_wanted_one_is_opened_while_it_is_kept(place: Place) -> None:
    first = place.put(0)
    place.opened()
    second = place.put(1)
    assert place.opened() == (second, 0)
    assert place.opened(first) == (first, 0)
    assert place.opened("sha256:0") == (second, 0)


def test_the_one_in_use_is_opened_when_it_holds_the_same(place: Place) -> None:
    """It was checked later, and age is what matters to the verdict."""
    first = place.put(0)
    place.opened()
    assert place.put(0, days=31) == first
    assert place.opened(first) == (first, 31)


def test_what_is_wanted_again_and_again_stays(place: Place) -> None:
    first = place.put(0)
    place.opened()
    for number in range(1, MOST_KEPT + 2):
        place.put(number)
        os.utime(place.index, (number, number))
        place.opened()
        assert place.opened(first) == (first, 0)
    assert len(list(place.kept.iterdir())) == MOST_KEPT


def spoil(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"not a database at all")


def age(path: Path) -> None:
    """Make it an index of another version, without touching the file in use it is a link of."""
    raw = path.read_bytes()
    path.unlink()
    path.write_bytes(raw)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize("change", [spoil, age])
def test_a_kept_one_that_cannot_be_read_gives_way_to_the_one_in_use(place: Place, change) -> None:
    first = place.put(0)
    place.opened()
    second = place.put(1)
    for path in place.kept.iterdir():
        change(path)
    assert place.opened(first) == (second, 0)


def test_a_kept_one_serves_while_the_one_in_use_is_damaged(place: Place) -> None:
    first = place.put(0)
    place.opened()
    spoil(place.index)
    assert place.opened(first) == (first, 0)
    with pytest.raises(IndexUnusable):
        place.snapshots.open()


def test_without_hard_links_nothing_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    assert place.snapshots.open() is None
    first = place.put(0)
    assert place.opened() == (first, 0)
    assert list(place.kept.iterdir()) == []
