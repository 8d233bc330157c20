"""Following a list of changes: equal to reading everything, in one step or not at all, whatever the site says."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.feeds import AdvisoryIndex, Snapshot, delta, find_matches, importer, writer
from bot.feeds.delta import ChangeList, DoesNotFit
from bot.feeds.download import UpdateReport, update
from bot.feeds.snapshot import FeedState
from tests.advisory.build import deb
from tests.feeds.layout import ALPINE, NOW, osv, write_zip

BASE = "https://feeds.test"


class Source:
    """A site in OSV.dev's layout that remembers what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "data" / "advisories.db"
        self.feeds: dict[str, dict[str, dict[str, Any] | bytes]] = {}
        self.lies: dict[str, bytes | int] = {}
        self.asked: list[str] = []

    def publish(self, feed: str, *records: dict[str, Any], moment: datetime = NOW) -> None:
        """Add or replace records, dated now."""
        for record in records:
            stored = {**record, "modified": moment.isoformat()}
            self.feeds.setdefault(feed, {})[record["id"]] = stored

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.lstrip("/")
        self.asked.append(path)
        if (lie := self.lies.get(path)) is not None:
            return httpx.Response(lie) if isinstance(lie, int) else httpx.Response(200, content=lie)
        feed, _, name = path.partition("/")
        records = self.feeds.get(feed)
        if records is None:
            return httpx.Response(404)
        if name == "all.zip":
            archive = write_zip(self.folder / "made.zip", *records.values())
            return httpx.Response(200, content=archive.read_bytes())
        if name == delta.FILE:
            return httpx.Response(200, content=self.list_of(feed))
        record = records.get(name.removesuffix(".json"))
        if record is None:
            return httpx.Response(404)
        return httpx.Response(
            200, content=record if isinstance(record, bytes) else json.dumps(record).encode()
        )

    def list_of(self, feed: str) -> bytes:
        dates = {id_: r["modified"] for id_, r in self.feeds[feed].items() if isinstance(r, dict)}
        rows = sorted(((date, id_) for id_, date in dates.items()), reverse=True)
        return "".join(f"{date},{id_}\n" for date, id_ in rows).encode()

    async def update(self, *feeds: str, hours: float = 0, index: Path | None = None) -> UpdateReport:
        self.asked = []
        now = NOW + timedelta(hours=hours)
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.answer)) as client:
            return await update(BASE, feeds or ("Debian",), index or self.index, client, now=now)

    @property
    def snapshot(self) -> Snapshot:
        with AdvisoryIndex.open(self.index) as index:
            return index.snapshot


def flaw(number: int, fixed: str = "2", **rest: Any) -> dict[str, Any]:
    return osv(
        f"DEBIAN-CVE-2024-{number:04}", "Debian:12", fixed=fixed, upstream=[f"CVE-2024-{number:04}"], **rest
    )


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    made = Source(tmp_path)
    made.publish("Debian", *(flaw(number) for number in range(1, 6)), moment=NOW - timedelta(days=3))
    yield made
    assert [path.name for path in made.index.parent.glob(".*") if not path.name.endswith(".lock")] == []


async def test_only_what_changed_is_asked_for(source: Source) -> None:
    await source.update()
    source.publish("Debian", flaw(2, fixed="7"), flaw(9), moment=NOW + timedelta(hours=2))
    report = await source.update(hours=3)
    assert sorted(source.asked) == [
        "Debian/DEBIAN-CVE-2024-0002.json",
        "Debian/DEBIAN-CVE-2024-0009.json",
        "Debian/modified_id.csv",
    ]
    assert ([feed.name for feed in report.revised], report.fetched, report.changed) == (["Debian"], (), 2)
    with AdvisoryIndex.open(source.index) as index:
        assert index.changed() == ("DEBIAN-CVE-2024-0002", "DEBIAN-CVE-2024-0009")
        assert [match.ids[0] for match in find_matches(index, [deb("5")]).matches] == ["CVE-2024-0002"]
        assert index.snapshot.feeds[0].checked == NOW + timedelta(hours=3)


async def test_where_nothing_changed_one_request_says_so(source: Source) -> None:
    before = await source.update()
    report = await source.update(hours=6)
    assert source.asked == ["Debian/modified_id.csv"]
    assert [feed.name for feed in report.unchanged] == ["Debian"]
    assert (report.snapshot.id, report.snapshot.feeds[0].checked) == (
        before.snapshot.id,
        NOW + timedelta(hours=6),
    )


async def test_all_is_fetched_again_after_some_days_for_what_was_deleted(source: Source) -> None:
    await source.update()
    del source.feeds["Debian"]["DEBIAN-CVE-2024-0001"]
    await source.update(hours=24 * 6)
    assert source.snapshot.feeds[0].records == 5
    await source.update(hours=24 * 8)
    assert source.snapshot.feeds[0].records == 4
    assert source.asked == ["Debian/all.zip"]


LINE = b"2024-09-01T14:00:00Z,"


@pytest.mark.parametrize(
    ("path", "lie"),
    [
        ("Debian/modified_id.csv", 404),
        ("Debian/modified_id.csv", b"<html>a captive portal</html>"),
        ("Debian/modified_id.csv", LINE + b"../Alpine/ALPINE-CVE-2024-0001\n"),
        ("Debian/modified_id.csv", LINE + b"Alpine/ALPINE-CVE-2024-0001\n"),
        ("Debian/modified_id.csv", LINE + b"..\n"),
        ("Debian/modified_id.csv", LINE + b"a" * 1_000),
        ("Debian/modified_id.csv", b"\xff\xfe,x\n"),
        ("Debian/modified_id.csv", b"2024-09-01T13:00:00Z,X-1\n" + LINE + b"X-2\n"),
        ("Debian/modified_id.csv", LINE + b"DEBIAN-CVE-2024-7777\n"),
        ("Debian/DEBIAN-CVE-2024-0002.json", 500),
        ("Debian/DEBIAN-CVE-2024-0002.json", json.dumps(flaw(3)).encode()),
    ],
)
async def test_a_list_that_does_not_fit_fetches_everything(
    source: Source, path: str, lie: bytes | int
) -> None:
    await source.update()
    source.publish("Debian", flaw(2, fixed="7"), moment=NOW + timedelta(hours=2))
    source.lies[path] = lie
    report = await source.update(hours=3)
    assert "Debian/all.zip" in source.asked
    assert [feed.name for feed in report.fetched] == ["Debian"]
    assert report.snapshot.id == (await source.update(hours=3, index=source.folder / "other.db")).snapshot.id


async def test_many_changes_fetch_everything(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta, "MOST_CHANGED", 3)
    await source.update()
    source.publish("Debian", *(flaw(number) for number in range(10, 14)), moment=NOW + timedelta(hours=2))
    await source.update(hours=3)
    assert source.asked[-1] == "Debian/all.zip"


async def test_a_record_of_another_ecosystem_does_not_come_in_by_the_list(source: Source) -> None:
    await source.update()
    source.publish("Debian", ALPINE, moment=NOW + timedelta(hours=2))
    report = await source.update(hours=3)
    (feed,) = report.revised
    assert (feed.records, feed.unused, feed.releases) == (5, 1, ("Debian:12",))
    assert report.snapshot.id == (await source.update(hours=3, index=source.folder / "other.db")).snapshot.id


async def test_a_broken_record_is_left_out_and_counted_until_it_is_mended(source: Source) -> None:
    await source.update()
    name = "DEBIAN-CVE-2024-0002"
    source.publish("Debian", flaw(2), moment=NOW + timedelta(hours=2))
    source.lies[f"Debian/{name}.json"] = b"{"
    (feed,) = (await source.update(hours=3)).revised
    assert (feed.records, feed.broken) == (4, 1)
    source.lies.clear()
    source.publish("Debian", flaw(2), moment=NOW + timedelta(hours=4))
    (feed,) = (await source.update(hours=5)).revised
    assert (feed.records, feed.broken) == (5, 0)


async def test_many_broken_records_fetch_everything(source: Source) -> None:
    await source.update()
    source.publish("Debian", *(flaw(number) for number in range(10, 30)), moment=NOW + timedelta(hours=2))
    for number in range(10, 30):
        source.lies[f"Debian/DEBIAN-CVE-2024-{number:04}.json"] = b"{"
    report = await source.update(hours=3)
    assert [feed.name for feed in report.fetched] == ["Debian"]
    assert source.snapshot.feeds[0].records == 25


async def test_a_copy_of_a_record_that_lags_is_asked_for_again(source: Source) -> None:
    await source.update()
    stale = json.dumps({**flaw(2), "modified": (NOW - timedelta(days=3)).isoformat()}).encode()
    source.publish("Debian", flaw(2, fixed="7"), moment=NOW + timedelta(hours=2))
    source.publish("Debian", flaw(9), moment=NOW + timedelta(hours=9))
    source.lies["Debian/DEBIAN-CVE-2024-0002.json"] = stale
    await source.update(hours=10)
    source.lies.clear()
    report = await source.update(hours=20)
    assert "Debian/DEBIAN-CVE-2024-0002.json" in source.asked
    assert report.snapshot.id == (await source.update(hours=20, index=source.folder / "other.db")).snapshot.id


async def test_withdrawn_by_a_change_is_withdrawn(source: Source) -> None:
    await source.update()
    source.publish("Debian", flaw(1, withdrawn="2024-09-01T00:00:00Z"), moment=NOW + timedelta(hours=2))
    await source.update(hours=3)
    with AdvisoryIndex.open(source.index) as index:
        found = find_matches(index, [deb("1")]).matches
    assert sorted(match.ids[0] for match in found) == [f"CVE-2024-{number:04}" for number in range(2, 6)]


def points() -> list[tuple[Any, str]]:
    """Every step between the question and the index in use."""
    return [
        (shutil, "copyfile"),
        (importer, "apply_delta"),
        (delta, "save_feed"),
        (writer, "make_indexes"),
        (writer, "_snapshot_id"),
        (writer, "_verify"),
        (writer, "_sync"),
        (os, "replace"),
    ]


@pytest.mark.parametrize(("where", "name"), points(), ids=lambda value: getattr(value, "__name__", value))
async def test_a_crash_at_any_step_leaves_the_old_snapshot(
    source: Source, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    await source.update()
    before = source.index.read_bytes()
    source.publish("Debian", flaw(9), moment=NOW + timedelta(hours=2))
    reached = []

    def crash(*_: object, **__: object) -> None:
        reached.append(name)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(where, name, crash)
        with pytest.raises(MemoryError):
            await source.update(hours=3)
    assert reached
    assert source.index.read_bytes() == before
    (source.index.parent / ".advisories.db.new").write_bytes(b"left by a process that was killed")
    assert (await source.update(hours=3)).changed == 1


async def test_a_copy_that_a_disk_spoilt_is_not_used(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    await source.update()
    before = source.index.read_bytes()
    source.publish("Debian", flaw(9), moment=NOW + timedelta(hours=2))
    finish = writer._finish

    def spoil(connection: Any, now: datetime) -> None:
        finish(connection, now)
        connection.execute("UPDATE records SET digest = x'00' WHERE key = 1")

    monkeypatch.setattr(writer, "_finish", spoil)
    with pytest.raises(Exception, match="check the disk"):
        await source.update(hours=3)
    assert source.index.read_bytes() == before


numbers = st.integers(1, 8)
steps = st.lists(
    st.dictionaries(
        numbers, st.sampled_from(["1", "2", "", "withdrawn", "elsewhere", "broken"]), min_size=1, max_size=4
    ),
    min_size=1,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(steps)
async def test_changes_step_by_step_give_what_reading_everything_gives(
    tmp_path: Path, changes: list[Any]
) -> None:
    source = Source(Path(mkdtemp(dir=tmp_path)))
    source.publish("Debian", *(flaw(number) for number in (*range(1, 6), 99)), moment=NOW - timedelta(days=3))
    await source.update()
    for hour, step in enumerate(changes, start=1):
        for number, change in step.items():
            source.publish("Debian", changed(number, change), moment=NOW + timedelta(hours=3 * hour))
        await source.update(hours=3 * hour + 1)
    ours = source.snapshot
    reference = (await source.update(hours=99, index=source.folder / "other.db")).snapshot
    assert ours.id == reference.id
    assert [(f.records, f.broken, f.unused, f.releases) for f in ours.feeds] == [
        (f.records, f.broken, f.unused, f.releases) for f in reference.feeds
    ]


def changed(number: int, change: str) -> dict[str, Any]:
    match change:
        case "withdrawn":
            return flaw(number, withdrawn="2024-09-01T00:00:00Z")
        case "elsewhere":
            return {**flaw(number), "affected": ALPINE["affected"]}
        case "broken":
            return {**flaw(number), "affected": "not a list"}
    return flaw(number, fixed=change)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_line_is_too_odd_for_the_list(lines: list[str]) -> None:
    feed = FeedState("Debian", "", NOW, newest=NOW)
    changes = ChangeList(feed)
    try:
        for line in lines:
            if not changes.add(line):
                break
    except DoesNotFit:
        return
    assert all("/" not in id_ and id_ != ".." for id_ in changes.dates)
