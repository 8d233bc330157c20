"""Importing feeds: layouts, what is kept and what replaced, and archives that mean harm."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.feeds import AdvisoryIndex, ImportRefused
from bot.feeds.archive import Limits, documents_in
from bot.feeds.importer import import_path
from tests.advisory.build import deb
from tests.feeds.layout import ALPINE, DEBIAN, NOW, RATED, osv, write_files, write_zip


def snapshot(path: Path) -> Any:
    with AdvisoryIndex.open(path) as index:
        return index.snapshot


def osv_dev(root: Path) -> Path:
    write_zip(root / "Debian" / "all.zip", DEBIAN)
    write_zip(root / "Alpine" / "all.zip", ALPINE)
    return root


def archives(root: Path) -> Path:
    write_zip(root / "Debian.zip", DEBIAN)
    write_zip(root / "Alpine.zip", ALPINE)
    return root


def folders(root: Path) -> Path:
    write_files(root / "Debian", DEBIAN)
    write_files(root / "Alpine", ALPINE)
    return root


def flat(root: Path) -> Path:
    return write_files(root, DEBIAN, ALPINE)


def one_zip(root: Path) -> Path:
    return write_zip(root / "both.zip", DEBIAN, ALPINE)


@pytest.mark.parametrize("lay_out", [osv_dev, archives, folders, flat, one_zip])
def test_every_layout_gives_the_same_snapshot(tmp_path: Path, lay_out: Callable[[Path], Path]) -> None:
    reference = import_path(osv_dev(tmp_path / "reference"), tmp_path / "reference.db", now=NOW)
    report = import_path(lay_out(tmp_path / "other"), tmp_path / "other.db", now=NOW + timedelta(days=3))
    assert report.snapshot.id == reference.snapshot.id
    assert [(feed.name, feed.records, feed.releases) for feed in report.snapshot.feeds] == [
        ("Alpine", 1, ("Alpine:v3.20",)),
        ("Debian", 1, ("Debian:12",)),
    ]


def test_another_content_is_another_snapshot(tmp_path: Path) -> None:
    ids = set()
    for number, record in enumerate(
        [DEBIAN, DEBIAN | {"summary": "x"}, DEBIAN | {"id": "DEBIAN-CVE-2024-0002"}]
    ):
        source = write_zip(tmp_path / f"{number}.zip", record)
        ids.add(import_path(source, tmp_path / f"{number}.db", now=NOW).snapshot.id)
    assert len(ids) == 3


def test_an_import_replaces_its_feeds_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    import_path(osv_dev(tmp_path / "both"), path, now=NOW)
    newer = osv("DEBIAN-CVE-2024-0002", "Debian:13")
    report = import_path(write_zip(tmp_path / "new" / "Debian.zip", newer), path, now=NOW)
    assert [feed.name for feed in report.imported] == ["Debian"]
    assert [feed.name for feed in report.kept] == ["Alpine"]
    fresh = import_path(
        osv_dev_with(tmp_path / "fresh", Debian=[newer], Alpine=[ALPINE]), tmp_path / "fresh.db", now=NOW
    )
    assert report.snapshot.id == fresh.snapshot.id, "a kept feed is the same as an imported one"
    assert snapshot(path).feeds == report.snapshot.feeds


def osv_dev_with(root: Path, **feeds: list[Any]) -> Path:
    for name, records in feeds.items():
        write_zip(root / name / "all.zip", *records)
    return root


def test_broken_records_are_counted_and_the_others_used(tmp_path: Path) -> None:
    records = [b"{", DEBIAN, b"", {"id": "no date"}, DEBIAN, RATED, {"id": "X-1", "modified": "m"}]
    report = import_path(osv_dev_with(tmp_path / "in", Debian=records), tmp_path / "index.db", now=NOW)
    (feed,) = report.imported
    assert (feed.records, feed.ratings, feed.broken, feed.unused) == (1, 0, 3, 3)


@pytest.mark.parametrize("newer_first", [True, False])
@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2024-01-01T00:00:00Z", "2024-08-30T00:00:00Z"),
        ("2024-08-30T00:00:00Z", "2024-08-30T00:00:00.5Z"),
        ("soon", "2024-08-30T00:00:00Z"),
    ],
)
def test_of_two_records_with_one_id_the_newer_holds(
    tmp_path: Path, older: str, newer: str, newer_first: bool
) -> None:
    old = osv("DEBIAN-CVE-2024-0001", "Debian:11", fixed="1", modified=older)
    new = osv("DEBIAN-CVE-2024-0001", "Debian:12", fixed="9", modified=newer)
    records = [new, old] if newer_first else [old, new]
    path = tmp_path / "index.db"
    (feed,) = import_path(write_zip(tmp_path / "Debian.zip", *records), path, now=NOW).imported
    assert (feed.records, feed.broken, feed.unused, feed.releases) == (1, 0, 1, ("Debian:12",))
    alone = import_path(write_zip(tmp_path / "alone" / "Debian.zip", new), tmp_path / "alone.db", now=NOW)
    assert snapshot(path).id == alone.snapshot.id
    with AdvisoryIndex.open(path) as index:
        assert len(index.advisories_for([deb("5")])) == 1


@pytest.mark.parametrize(
    ("good", "broken", "refused"), [(1, 10, False), (1, 11, True), (2000, 20, False), (2000, 21, True)]
)
@pytest.mark.parametrize("sorted_by_place", [True, False])
def test_a_feed_with_many_broken_records_is_refused(
    tmp_path: Path, good: int, broken: int, refused: bool, sorted_by_place: bool
) -> None:
    """Too many of its advisories would be missing to conclude anything from it."""
    path = tmp_path / "index.db"
    before = import_path(write_zip(tmp_path / "old.zip", DEBIAN), path, now=NOW).snapshot
    records = [DEBIAN | {"id": f"X-{number}"} for number in range(good)]
    source = write_zip(tmp_path / "in" / "Debian.zip", *records, *[b"{"] * broken)
    with pytest.raises(ImportRefused, match=f"{broken} of {good + broken}") if refused else nullcontext():
        import_path(source.parent if sorted_by_place else source, path, now=NOW)
    assert (snapshot(path) == before) is refused


@pytest.mark.parametrize(
    ("as_of", "modified", "checked"),
    [
        (None, "2024-08-30T00:00:00Z", datetime(2024, 8, 30, tzinfo=UTC)),
        (None, "2027-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),  # tells nothing: as old as can be
        (None, "soon", datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(2024, 8, 31, tzinfo=UTC), "2027-01-01T00:00:00Z", datetime(2024, 8, 31, tzinfo=UTC)),
    ],
)
def test_the_declared_date(tmp_path: Path, as_of: datetime | None, modified: str, checked: datetime) -> None:
    source = write_zip(tmp_path / "Debian.zip", DEBIAN | {"modified": modified})
    report = import_path(source, tmp_path / "index.db", as_of=as_of, now=NOW)
    assert report.imported[0].checked == checked


def test_a_declared_date_in_the_future_is_refused(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "Debian.zip", DEBIAN)
    with pytest.raises(ImportRefused, match="future"):
        import_path(source, tmp_path / "index.db", as_of=NOW + timedelta(days=1), now=NOW)


def not_a_zip(root: Path) -> Path:
    (root / "x.zip").write_bytes(b"PK\x03\x04 and so on")
    return root / "x.zip"


def cut_off(root: Path) -> Path:
    path = write_zip(root / "x.zip", DEBIAN)
    path.write_bytes(path.read_bytes()[:-30])
    return path


def spoilt_entry(root: Path) -> Path:
    path = write_zip(root / "x.zip", DEBIAN, ALPINE)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.infolist()[1]
    raw[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0xFF
    path.write_bytes(raw)
    return path


def nothing_usable(root: Path) -> Path:
    return write_zip(root / "x.zip", {"id": "X-1", "modified": "m"})


def empty_debian(root: Path) -> Path:
    write_zip(root / "in" / "Debian.zip", b"{")
    write_zip(root / "in" / "Alpine.zip", ALPINE)
    return root / "in"


def empty_folder(root: Path) -> Path:
    (root / "empty").mkdir()
    return root / "empty"


@pytest.mark.parametrize(
    "make",
    [
        not_a_zip,
        cut_off,
        spoilt_entry,
        nothing_usable,
        empty_debian,
        empty_folder,
        lambda root: root / "missing",
    ],
)
def test_what_holds_no_advisories_is_refused_and_the_old_index_stays(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = tmp_path / "index.db"
    before = import_path(write_zip(tmp_path / "old.zip", DEBIAN), path, now=NOW).snapshot
    with pytest.raises(ImportRefused):
        import_path(make(tmp_path), path, now=NOW)
    assert snapshot(path) == before


@pytest.mark.parametrize(
    "limits",
    [Limits(documents=2), Limits(total_bytes=500), Limits(directory_bytes=20)],
    ids=["documents", "bytes", "table of contents"],
)
def test_limits(tmp_path: Path, limits: Limits) -> None:
    source = write_zip(tmp_path / "x.zip", *[DEBIAN | {"id": f"X-{number}"} for number in range(3)])
    with pytest.raises(ImportRefused):
        import_path(source, tmp_path / "index.db", now=NOW, limits=limits)
    assert not (tmp_path / "index.db").exists()


def test_a_record_that_inflates_without_end_is_left_out(tmp_path: Path) -> None:
    bomb = b'{"id": "' + b"x" * 50_000_000
    source = write_zip(tmp_path / "x.zip", bomb, DEBIAN)
    assert source.stat().st_size < 100_000
    report = import_path(source, tmp_path / "index.db", now=NOW)
    assert [(feed.name, feed.records, feed.broken) for feed in report.imported] == [
        ("Debian", 1, 0),
        ("unsorted", 0, 1),
    ]


def test_unusual_compression_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", json.dumps(DEBIAN), compress_type=zipfile.ZIP_LZMA)
    assert [document.raw for document in documents_in(path)] == [b""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_archive_is_refused_or_read_in_part(tmp_path: Path, data: st.DataObject) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(DEBIAN))
        archive.writestr("b.json", json.dumps(ALPINE))
    raw = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.zip"
    path.write_bytes(raw[data.draw(st.integers(0, 3)) :])
    with suppress(ImportRefused):
        assert len(list(documents_in(path))) <= 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "not one record in "),
        ({"readme.txt": "x"}, "not one record in "),
        ({"a.json": '{"id": "X-1", "modified": "2026-01-01T00:00:00Z"}'}, "not one usable advisory in "),
    ],
)
@pytest.mark.parametrize("zipped", [False, True], ids=["a folder", "a zip file"])
def test_what_holds_no_advisory_is_named_with_what_it_should_hold(
    tmp_path: Path, files: dict[str, str], words: str, zipped: bool
) -> None:
    place = tmp_path / ("given.zip" if zipped else "given")
    if zipped:
        with zipfile.ZipFile(place, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    else:
        place.mkdir()
        for name, text in files.items():
            (place / name).write_text(text)
    with pytest.raises(ImportRefused) as refused:
        import_path(place, tmp_path / "index.db", now=NOW)
    assert f"{words}{place}. " in str(refused.value)
    assert "<Ecosystem>/all.zip" in str(refused.value)
    assert len(str(refused.value)) < len(str(place)) + 300
