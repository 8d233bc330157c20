"""A scanner that judges by a database of its own: its word is taken, and never mixed with that of another."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating
from bot.feeds import AdvisoryIndex
from bot.feeds.importer import import_path
from bot.image.platform import DEFAULT_PLATFORM
from bot.image.reference import Reference
from bot.images import Images, Reader
from bot.inventory import InstalledPackage, Inventory, Skipped
from bot.registry.model import Access, ResolvedImage
from bot.scanners.port import Database, Looked, ReportedFlaws
from bot.severity import Severity
from bot.sightings import Forgetful, Sighting
from tests.advisory.build import deb
from tests.feeds.layout import DEBIAN, write_zip
from tests.harness import NOW, HeldClock

PACKAGE = deb("1")
INVENTORY = Inventory(packages=(InstalledPackage(PACKAGE, 0, "", "var/lib/dpkg/status"),))
MATCH = Match(
    PACKAGE, ("CVE-2024-9",), ("CVE-2024-9",), FixState.NOT_FIXED, "", Rating(Severity.HIGH, "trivy:x")
)


class Source:
    async def resolve(self, reference, platform, access):
        digest = f"sha256:{reference.tag}"
        return ResolvedImage(reference, digest, digest, DEFAULT_PLATFORM)


class Scanner:
    """Says what it is told to say."""

    name, reports = "trivy", True

    def __init__(self, built: datetime | None) -> None:
        self.built = built

    async def look(self, source, image, access) -> Looked:
        known = ReportedFlaws(Database("Trivy", self.built), (MATCH,)) if self.built else None
        return Looked(INVENTORY, known)

    def close(self) -> None:
        pass


class Remembering(Forgetful):
    """Remembers what was seen, under the words it was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Sighting] = {}

    async def keep_seen(self, platform: str, seen: Sighting) -> None:
        self.kept[platform] = seen

    async def last_seen(self, reference: Reference, platform: str) -> Sighting | None:
        return self.kept.get(platform)


def reader(scanner: Scanner, index: AdvisoryIndex | None = None, memory: Remembering | None = None) -> Reader:
    images = Images(Source(), scanner, None, HeldClock(), DEFAULT_PLATFORM)
    return Reader(images, Access(""), memory or Remembering(), index)


async def see(reader: Reader, tag: str = "1"):
    return await reader.see(Reference.parse(f"registry.example/shop:{tag}"), None)


@pytest.fixture
def index(tmp_path: Path):
    source = write_zip(tmp_path / "Debian" / "all.zip", DEBIAN).parent.parent
    import_path(source, tmp_path / "advisories.db", as_of=NOW, now=NOW)
    with AdvisoryIndex.open(tmp_path / "advisories.db") as opened:
        yield opened


@pytest.mark.parametrize(("days", "old", "too_old"), [(1, (), ()), (8, ("Trivy",), ()), (31, (), ("Trivy",))])
async def test_its_database_is_named_and_its_age_counts(index, days, old, too_old):
    built = NOW - timedelta(days=days)
    judged = reader(Scanner(built), index)
    seen = await see(judged)
    assert seen.matches == (MATCH,)
    snapshot = judged.snapshot([seen])
    assert snapshot.id == f"{index.snapshot.id} + trivy {built.isoformat()}"
    assert (snapshot.old, snapshot.too_old) == (old, too_old)
    # Our feeds say nothing of these packages here, so their age does not matter.
    assert snapshot.checked == (("Trivy", built.date().isoformat()),)
    assert [name for name, _ in judged.snapshot([seen], [PACKAGE]).checked] == ["Debian", "Trivy"]


async def test_it_needs_no_advisories_of_ours_but_for_what_it_has_not_seen():
    judged = reader(Scanner(NOW))
    seen = await see(judged)
    assert judged.snapshot([seen]).id == f"trivy {NOW.isoformat()}"
    assert judged.snapshot([seen], [PACKAGE]) is None


async def test_a_database_that_is_replaced_between_two_images_judges_neither_anew():
    scanner = Scanner(NOW)
    judged = reader(scanner)
    await see(judged)
    scanner.built = NOW + timedelta(hours=1)
    later = await see(judged, "2")
    assert isinstance(later, Skipped)
    assert (later.transient, later.why) == (True, "the database of Trivy was replaced during this review")


async def test_what_was_seen_before_is_not_judged_by_another():
    memory = Remembering()
    await see(reader(Scanner(NOW), memory=memory))
    assert list(memory.kept) == ["default linux/amd64 by trivy"]
    reference = Reference.parse("registry.example/shop:1")
    assert await reader(Scanner(NOW), memory=memory).recall(reference, None) is None
    listing = Scanner(None)
    listing.reports = False
    assert await reader(listing, memory=memory).recall(reference, None) is not None
    listing.name = "embedded"
    assert await reader(listing, memory=memory).recall(reference, None) is None
