"""The index file: what a search returns, atomic replacement, coverage and age."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advisory import Advisory, Rating, Severity, match_all, parse_record
from bot.feeds import (
    AdvisoryIndex,
    FeedState,
    FreshnessLevel,
    IndexBusy,
    IndexUnusable,
    Snapshot,
    find_hits,
    find_matches,
    find_matches_in,
    freshness,
)
from bot.feeds.importer import import_path
from bot.feeds.writer import replacing
from bot.inventory import InstalledPackage, SkipKind
from bot.package import Package
from bot.package.language import language_package
from tests.advisory.build import apk, deb
from tests.feeds.layout import ALPINE, DEBIAN, NOW, RATED, osv, write_zip


def make(folder: Path, *records: dict[str, Any]) -> Path:
    import_path(write_zip(folder / "in.zip", *records), folder / "index.db", now=NOW)
    return folder / "index.db"


def test_a_search_brings_what_rates_and_what_is_fixed_later(tmp_path: Path) -> None:
    open_ = osv("DEBIAN-CVE-2024-0001", "Debian:12", fixed="", upstream=["CVE-2024-0001"])
    later = osv("DSA-1-1", "Debian:13", upstream=["CVE-2024-0001"])
    left_behind = osv("DEBIAN-CVE-2024-0002", "Debian:12", fixed="1")
    elsewhere = osv("DEBIAN-CVE-2024-0003", "Debian:12", package="zlib")
    with AdvisoryIndex.open(make(tmp_path, open_, later, RATED, left_behind, elsewhere)) as index:
        found = index.advisories_for([deb("2")])
        (match,) = find_matches(index, [deb("2")]).matches
    assert {advisory.id for advisory in found} == {open_["id"], later["id"], RATED["id"]}
    assert match.fix_state.value == "fixed in a newer release only"
    assert match.rating == Rating(Severity.HIGH, f"alias:{RATED['id']}", 7.5)


def test_a_version_that_cannot_be_ordered_is_shown(tmp_path: Path) -> None:
    with AdvisoryIndex.open(make(tmp_path, DEBIAN)) as index:
        (skipped,) = find_matches(index, [deb("1_2")]).skipped
    assert skipped.kind is SkipKind.UNREADABLE


VERSIONS = [str(number) for number in range(5)]
kinds = st.sampled_from(["introduced", "fixed", "last_affected", "limit"])
events = st.lists(
    st.builds(lambda kind, at: {kind: at}, kinds, st.sampled_from([*VERSIONS, "not one"])), max_size=4
)
affected = st.builds(
    lambda release, ranges, listed: {
        "package": {"ecosystem": f"Debian:{release}", "name": "openssl"},
        "ranges": [{"type": "ECOSYSTEM", "events": chosen} for chosen in ranges],
        "versions": listed,
    },
    st.sampled_from(["12", "13"]),
    st.lists(events, max_size=2),
    st.lists(st.sampled_from(VERSIONS), max_size=2),
)
ids = st.sampled_from(
    ["DEBIAN-CVE-2024-0001", "DEBIAN-CVE-2024-0002", "DSA-1-1", "DSA-2-1", "GHSA-1", "CVE-2024-0001"]
)
names = st.lists(st.sampled_from(["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003", "GHSA-1"]), max_size=2)
documents = st.fixed_dictionaries(
    {
        "id": ids,
        "modified": st.just("2024-08-30T00:00:00Z"),
        "upstream": names,
        "affected": st.lists(affected, min_size=1, max_size=3),
        "withdrawn": st.sampled_from([None, None, None, "2024-08-30T00:00:00Z"]),
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(documents, max_size=6, unique_by=lambda record: record["id"]))
def test_the_index_finds_what_matching_against_everything_finds(tmp_path: Path, records: list[Any]) -> None:
    """The search passes over most records; nothing of the result may depend on those."""
    records = [*records, DEBIAN | {"id": "DEBIAN-CVE-2024-9999", "upstream": []}]
    packages = [deb(version) for version in VERSIONS]
    everything = match_all(packages, map(parse_record, records))
    with AdvisoryIndex.open(make(tmp_path, *records)) as index:
        assert match_all(packages, index.advisories_for(packages)) == everything
        ids = {record["id"] for record in records[:2]}
        known = find_matches(index, packages).matches
        assert find_hits(index, ids, packages) == tuple(m for m in known if not ids.isdisjoint(m.records))


def test_what_a_distribution_knows_speaks_for_what_its_packages_brought(tmp_path: Path) -> None:
    """Of what somebody else built for it, it says nothing: the language's advisories do."""
    flaw = osv("GHSA-1-1-1", "PyPI", package="requests", fixed="3")

    def found(owner: Package) -> list[str]:
        language = language_package("pypi", "requests", "2")
        installed = [
            InstalledPackage(owner, 0, "", "status"),
            InstalledPackage(language, 0, "", "x", owner.name),
        ]
        return [match.package.name for match in find_matches_in(index, installed).matches]

    with AdvisoryIndex.open(make(tmp_path, DEBIAN, flaw)) as index:
        assert found(deb("99")) == []
        assert found(deb("99", source="gh", name="gh")) == ["requests"]
        assert found(deb("99", "Debian:8", source="gh", name="gh")) == []


def test_a_crash_before_the_last_step_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path, DEBIAN)
    before = path.read_bytes()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, ALPINE)
    assert path.read_bytes() == before
    (tmp_path / ".index.db.new").write_bytes(b"left by a process that was killed")
    make(tmp_path, ALPINE)
    assert not (tmp_path / ".index.db.new").exists()


def test_readers_keep_the_state_they_opened(tmp_path: Path) -> None:
    with AdvisoryIndex.open(make(tmp_path, DEBIAN)) as old:
        make(tmp_path, osv("DEBIAN-CVE-2024-0002", "Debian:12", fixed=""))
        (match,) = find_matches(old, [deb("1")]).matches
        assert match.records == (DEBIAN["id"],)
    with AdvisoryIndex.open(tmp_path / "index.db") as new:
        (match,) = find_matches(new, [deb("1")]).matches
        assert match.records == ("DEBIAN-CVE-2024-0002",)


def test_only_one_may_write(tmp_path: Path) -> None:
    path = make(tmp_path, DEBIAN)
    with (
        pytest.raises(IndexBusy),
        replacing(path, now=NOW),
        replacing(path, now=NOW),
    ):
        pytest.fail("two writers at once")
    make(tmp_path, DEBIAN)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, None])
def test_what_is_no_index_is_said_so_and_replaced(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "index.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexUnusable, match="plimsoll db update"):
        AdvisoryIndex.open(path)
    with AdvisoryIndex.open(make(tmp_path, DEBIAN)) as index:
        assert index.covers("Debian:12").covered


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, DEBIAN)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(IndexUnusable, match="another version"):
        AdvisoryIndex.open(path)


@pytest.mark.parametrize(
    ("ecosystem", "reason"),
    [
        ("Debian:12", ""),
        ("Debian:10", "release 10 is not in the imported Debian feed"),
        ("Debian", "the image does not say which Debian release it is"),
        ("Ubuntu:22.04", "release 22.04 is not in the imported Ubuntu feed"),
        ("Ubuntu:Pro:22.04:LTS", ""),
        ("Alpine:v3.20", "no advisories imported for Alpine"),
        ("CRAN", "this version does not match CRAN packages yet"),
        ("", "its distribution release is not known"),
    ],
)
def test_coverage(tmp_path: Path, ecosystem: str, reason: str) -> None:
    with AdvisoryIndex.open(
        make(tmp_path, DEBIAN, osv("UBUNTU-CVE-2024-0001", "Ubuntu:Pro:22.04:LTS"))
    ) as index:
        found = index.covers(ecosystem)
        skipped = find_matches(index, [deb("1", ecosystem)]).skipped
    assert (found.covered, found.reason) == (not reason, reason)
    assert [(one.why, one.kind) for one in skipped] == ([(reason, SkipKind.UNCOVERED)] if reason else [])


def test_a_feed_covers_its_own_distribution_only(tmp_path: Path) -> None:
    """One record that also lists Debian does not make Alpine's feed know Debian's flaws."""
    both = ALPINE | {"affected": [*ALPINE["affected"], *DEBIAN["affected"]]}
    write_zip(tmp_path / "in" / "Alpine.zip", both)
    import_path(tmp_path / "in", tmp_path / "index.db", now=NOW)
    with AdvisoryIndex.open(tmp_path / "index.db") as index:
        assert index.covers("Alpine:v3.20").covered
        assert not index.covers("Debian:12").covered
        (skipped,) = find_matches(index, [deb("9")]).skipped
    assert skipped.kind is SkipKind.UNCOVERED


def test_uncovered_packages_are_counted(tmp_path: Path) -> None:
    with AdvisoryIndex.open(make(tmp_path, DEBIAN)) as index:
        found = find_matches(index, [deb("1"), apk("1-r0"), apk("2-r0"), deb("1", "")])
    assert [one.what for one in found.skipped] == ["1 package", "2 Alpine:v3.20 packages"]
    assert len(found.matches) == 1


CHECKED = datetime(2024, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "limits", "level"),
    [
        (timedelta(days=-1), {}, FreshnessLevel.FRESH),
        (timedelta(days=7), {}, FreshnessLevel.FRESH),
        (timedelta(days=7, seconds=1), {}, FreshnessLevel.WARN),
        (timedelta(days=30), {}, FreshnessLevel.WARN),
        (timedelta(days=30, seconds=1), {}, FreshnessLevel.ERROR),
        (timedelta(days=2), {"warn_days": 1, "error_days": 3}, FreshnessLevel.WARN),
        (timedelta(days=4), {"warn_days": 1, "error_days": 3}, FreshnessLevel.ERROR),
    ],
)
def test_age(age: timedelta, limits: dict[str, float], level: FreshnessLevel) -> None:
    feed = FeedState("Debian", "test", CHECKED, releases=("Debian:12",))
    snapshot = Snapshot("sha256:0", CHECKED, (feed,))
    assert freshness(snapshot, "Debian:12", CHECKED + age, **limits).level is level
    assert freshness(snapshot, "Debian:13", CHECKED, **limits).level is FreshnessLevel.ERROR


def test_stored_records_read_back_as_they_were(tmp_path: Path) -> None:
    with AdvisoryIndex.open(make(tmp_path, DEBIAN)) as index:
        stored: list[Advisory] = index.advisories_for([deb("1")])
    assert stored == [parse_record(DEBIAN)]
