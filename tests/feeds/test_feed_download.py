"""Fetching feeds: conditional requests, bounds, and failures that leave the index in use alone."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.errors import ConfigError
from bot.feeds import AdvisoryIndex, FeedUnavailable, Snapshot
from bot.feeds.download import UpdateReport, update
from bot.feeds.importer import import_path
from tests.feeds.layout import ALPINE, DEBIAN, NOW, osv, write_zip

BASE = "https://feeds.test/osv"


@dataclass
class Site:
    """A web server that keeps one archive a feed and honours entity tags."""

    archives: dict[str, bytes] = field(default_factory=dict)
    sent: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = self.archives.get(request.url.path)
        if body is None:
            return httpx.Response(404)
        tag = f'"{hash(body)}"'
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304)
        self.sent += 1
        return httpx.Response(200, content=body, headers={"ETag": tag})


class World:
    """A site, an index, and the way between them."""

    def __init__(self, folder: Path) -> None:
        self.site = Site()
        self.folder = folder
        self.index = folder / "data" / "advisories.db"

    def publish(self, feed: str, *records: dict | bytes) -> None:
        archive = write_zip(self.folder / "made.zip", *records)
        self.site.archives[f"/osv/{feed}/all.zip"] = archive.read_bytes()

    async def update(
        self, *feeds: str, handler: Callable | None = None, days: int = 0, **rest: object
    ) -> UpdateReport:
        transport = httpx.MockTransport(handler or self.site.answer)
        now = NOW + timedelta(days=days)
        async with httpx.AsyncClient(transport=transport) as client:
            return await update(f"{BASE}/", feeds, self.index, client, now=now, **rest)

    @property
    def snapshot(self) -> Snapshot:
        with AdvisoryIndex.open(self.index) as index:
            return index.snapshot


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.publish("Debian", DEBIAN)
    world.publish("Alpine", ALPINE)
    yield world
    left = [file.name for file in world.index.parent.glob("*")]
    assert [name for name in left if name.startswith((".feeds-", "..")) or name.endswith(".new")] == []


async def test_feeds_are_fetched_and_covered(world: World) -> None:
    report = await world.update("Debian", "Alpine")
    assert [feed.name for feed in report.fetched] == ["Alpine", "Debian"]
    assert {feed.checked for feed in report.snapshot.feeds} == {NOW}
    assert [feed.releases for feed in world.snapshot.feeds] == [("Alpine:v3.20",), ("Debian:12",)]


async def test_an_unchanged_feed_is_not_sent_again_and_counts_as_checked(world: World) -> None:
    before = await world.update("Debian", "Alpine")
    report = await world.update("Debian", "Alpine", days=5)
    assert world.site.sent == 2
    assert report.snapshot.id == before.snapshot.id
    assert [feed.name for feed in report.unchanged] == ["Debian", "Alpine"]
    assert {feed.checked for feed in world.snapshot.feeds} == {NOW + timedelta(days=5)}


async def test_only_what_changed_is_replaced(world: World) -> None:
    await world.update("Debian", "Alpine")
    world.publish("Debian", osv("DEBIAN-CVE-2024-0002", "Debian:13"))
    report = await world.update("Debian", "Alpine", days=1)
    assert [feed.name for feed in report.fetched] == ["Debian"]
    assert [feed.releases for feed in world.snapshot.feeds] == [("Alpine:v3.20",), ("Debian:13",)]


async def test_a_feed_that_fails_keeps_its_records_and_its_date(world: World) -> None:
    await world.update("Debian", "Alpine")
    del world.site.archives["/osv/Debian/all.zip"]
    report = await world.update("Debian", "Alpine", days=5)
    (failure,) = report.failed
    assert (failure.feed, "answered 404" in str(failure)) == ("Debian", True)
    assert [(feed.name, (feed.checked - NOW).days) for feed in world.snapshot.feeds] == [
        ("Alpine", 5),
        ("Debian", 0),
    ]


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([ALPINE, *[b"{"] * 11], "11 of 12 records could not be read (Alpine)"),
        ([b"{"], "not one usable advisory for Alpine in it"),
        ([], "not one record in it"),
    ],
    ids=["broken", "without an advisory", "without a record"],
)
async def test_a_feed_that_is_refused_does_not_hold_up_the_others(
    world: World, records: list[dict | bytes], reason: str
) -> None:
    await world.update("Debian", "Alpine")
    world.publish("Debian", osv("DEBIAN-CVE-2024-0002", "Debian:13"))
    world.publish("Alpine", *records)
    report = await world.update("Debian", "Alpine", days=5)
    (failure,) = report.failed
    assert (failure.feed, reason in str(failure), ".." in str(failure)) == ("Alpine", True, False)
    assert [feed.name for feed in report.fetched] == ["Debian"]
    assert [(feed.releases, (feed.checked - NOW).days) for feed in world.snapshot.feeds] == [
        (("Alpine:v3.20",), 0),
        (("Debian:13",), 5),
    ]
    # The tag of what was refused is not kept, or it would count as unchanged now.
    assert [failure.feed for failure in (await world.update("Debian", "Alpine", days=6)).failed] == ["Alpine"]


async def test_a_feed_with_a_spoilt_record_does_not_hold_up_the_others(world: World) -> None:
    archive = bytearray(world.site.archives["/osv/Alpine/all.zip"])
    archive[60] ^= 0xFF
    world.site.archives["/osv/Alpine/all.zip"] = bytes(archive)
    report = await world.update("Alpine", "Debian")
    assert [failure.feed for failure in report.failed] == ["Alpine"]
    assert [feed.name for feed in world.snapshot.feeds] == ["Debian"]


async def test_a_feed_that_is_refused_does_not_hold_up_an_unchanged_one(world: World) -> None:
    await world.update("Debian", "Alpine")
    world.publish("Alpine", *[b"{"] * 11)
    report = await world.update("Alpine", "Debian", days=5)
    assert [failure.feed for failure in report.failed] == ["Alpine"]
    assert [feed.name for feed in report.unchanged] == ["Debian"]
    assert [(feed.checked - NOW).days for feed in world.snapshot.feeds] == [0, 5]


async def test_when_every_feed_is_refused_the_old_index_stays(world: World) -> None:
    await world.update("Debian", "Alpine")
    before = world.index.read_bytes()
    for feed in ("Debian", "Alpine"):
        world.publish(feed, *[b"{"] * 11)
    with pytest.raises(FeedUnavailable, match=r"The Alpine advisories .* \(Alpine\)\. The ones in use stay"):
        await world.update("Debian", "Alpine")
    assert world.index.read_bytes() == before


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    "handler",
    [
        refuse,
        lambda request: httpx.Response(503),
        lambda request: httpx.Response(302, headers={"location": "http://127.0.0.1/"}),
        lambda request: httpx.Response(200, content=b"<html>a captive portal</html>"),
        lambda request: httpx.Response(200, content=b"PK\x05\x06" + b"\0" * 18),  # an empty archive
        lambda request: httpx.Response(200, content=b"x" * 5_000),  # more than max_bytes below
    ],
)
async def test_when_nothing_can_be_fetched_the_old_index_stays(world: World, handler: Callable) -> None:
    await world.update("Debian")
    before = world.index.read_bytes()
    world.index.touch()
    with pytest.raises(FeedUnavailable, match="stay in use") as failure:
        await world.update("Alpine", "Debian", handler=handler, max_bytes=4_000)
    assert failure.value.feed
    assert world.index.read_bytes() == before


async def test_a_304_nobody_asked_for_is_a_failure(world: World) -> None:
    with pytest.raises(FeedUnavailable, match="answered 304"):
        await world.update("Debian", handler=lambda request: httpx.Response(304))


async def test_a_site_that_never_ends_is_cut_off(world: World) -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):
            while True:
                yield b"x" * 1_000

    with pytest.raises(FeedUnavailable, match="larger than"):
        await world.update(
            "Debian", handler=lambda request: httpx.Response(200, stream=Endless()), max_bytes=100_000
        )


async def test_a_site_that_never_answers_is_given_up(world: World) -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    with pytest.raises(FeedUnavailable, match="TimeoutError"):
        await world.update("Debian", handler=silent, seconds=0.01)


async def test_not_modified_says_nothing_of_an_index_that_was_replaced_meanwhile(world: World) -> None:
    await world.update("Debian", "Alpine")
    imported = write_zip(world.folder / "in" / "Debian.zip", osv("DEBIAN-CVE-2024-0002", "Debian:13"))
    as_of = NOW - timedelta(days=20)

    def answer(request: httpx.Request) -> httpx.Response:
        import_path(imported.parent, world.index, as_of=as_of, now=NOW)
        return world.site.answer(request)

    report = await world.update("Debian", "Alpine", handler=answer, days=5)
    debian = next(feed for feed in world.snapshot.feeds if feed.name == "Debian")
    assert (debian.checked, debian.etag, debian.releases) == (as_of, "", ("Debian:13",))
    assert [feed.name for feed in report.unchanged] == ["Alpine"]
    assert (await world.update("Debian", "Alpine", days=6)).fetched[0].releases == ("Debian:12",)


async def test_another_address_is_asked_without_the_old_tag(world: World) -> None:
    await world.update("Debian")
    world.site.archives = {f"/mirror{path}": body for path, body in world.site.archives.items()}
    async with httpx.AsyncClient(transport=httpx.MockTransport(world.site.answer)) as client:
        await update("https://feeds.test/mirror/osv", ["Debian"], world.index, client, now=NOW)
    assert world.site.sent == 2


async def test_no_feed_configured(world: World) -> None:
    with pytest.raises(ConfigError):
        await world.update()
