"""The severity ladder, rung by rung, and vectors nobody can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory import Rating, Severity, match, parse_record
from bot.advisory.score import best_score, score, to_severity
from bot.package.language import language_package
from tests.advisory.build import deb, entry, record, until

HIGH_3 = ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H")  # 7.5
CRITICAL_3 = ("CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")  # 9.8
MEDIUM_4 = ("CVSS_V4", "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N")  # 6.8
TEN_2 = ("CVSS_V2", "AV:N/AC:L/Au:N/C:C/I:C/A:C")
NOTHING = ("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N")
BAD = ("CVSS_V3", "CVSS:3.1/AV:X")
ALIAS = record("GHSA-aaaa-bbbb-cccc", aliases=("CVE-2024-0001",), severity=(CRITICAL_3,))
WORDY_ALIAS = record("GHSA-aaaa-bbbb-cccc", aliases=("CVE-2024-0001",), urgency="moderate")


def tracker(urgency: str = "", here: tuple = (), **rest: object):
    affected = entry("Debian:12", until("2"), urgency=urgency, severity=here)
    return record("DEBIAN-CVE-2024-0001", affected, upstream=("CVE-2024-0001",), **rest)


@pytest.mark.parametrize(
    ("advisories", "rating"),
    [
        ([tracker("low**", severity=(CRITICAL_3,)), ALIAS], Rating(Severity.LOW, "distribution")),
        ([tracker("unimportant")], Rating(Severity.NEGLIGIBLE, "distribution")),
        ([tracker(urgency="medium")], Rating(Severity.MEDIUM, "distribution")),
        ([tracker("not yet assigned", severity=(HIGH_3,)), ALIAS], Rating(Severity.HIGH, "cvss", 7.5)),
        ([tracker(here=(CRITICAL_3,), severity=(HIGH_3,))], Rating(Severity.CRITICAL, "cvss", 9.8)),
        ([tracker(severity=(BAD,)), ALIAS], Rating(Severity.CRITICAL, f"alias:{ALIAS.id}", 9.8)),
        ([tracker(), WORDY_ALIAS], Rating(Severity.MEDIUM, f"alias:{WORDY_ALIAS.id}")),
        ([tracker(severity=(BAD,))], Rating()),
        ([tracker(), record("GHSA-1", aliases=("CVE-2024-0002",), severity=(HIGH_3,))], Rating()),
        ([tracker(severity=(CRITICAL_3, MEDIUM_4))], Rating(Severity.MEDIUM, "cvss", 6.8)),  # the newest CVSS
        ([tracker(severity=(HIGH_3, CRITICAL_3))], Rating(Severity.CRITICAL, "cvss", 9.8)),  # the worst of it
    ],
)
def test_the_ladder(advisories: list, rating: Rating) -> None:
    (found,) = match([deb("1")], advisories)
    assert found.rating == rating


def language(**rest: object):
    return record("GHSA-aaaa-bbbb-cccc", entry("PyPI", until("2"), package="flask"), **rest)


@pytest.mark.parametrize(
    ("advisory", "rating"),
    [
        (language(severity=(HIGH_3,), urgency="moderate"), Rating(Severity.HIGH, "cvss", 7.5)),
        (language(urgency="moderate"), Rating(Severity.MEDIUM, "publisher")),
        (language(), Rating()),
        (
            record("MAL-2024-1", entry("npm", until(), package="evil"), urgency=""),
            Rating(Severity.CRITICAL, "publisher"),
        ),
    ],
)
def test_the_ladder_of_languages(advisory, rating: Rating) -> None:
    kind = {"PyPI": "pypi", "npm": "npm"}[advisory.affected[0].ecosystem]
    (found,) = match([language_package(kind, advisory.affected[0].package, "1")], [advisory])
    assert found.rating == rating


def test_words_of_publishers() -> None:
    package = {"ecosystem": "AlmaLinux:9", "name": "openssl"}
    alma = {"id": "ALSA-2024:1", "modified": "2024", "summary": "Important: openssl security update"}
    assert parse_record({**alma, "affected": [{"package": package}]}).urgency == "important"
    ghsa = {
        "id": "GHSA-1",
        "modified": "2024",
        "summary": "Critical: a title",
        "database_specific": {"severity": "LOW"},
    }
    assert parse_record(ghsa).urgency == "low"
    assert parse_record({"id": "GHSA-1", "modified": "2024", "summary": "Critical: a title"}).urgency == ""
    crate = {
        "package": {"ecosystem": "crates.io", "name": "libusb"},
        "database_specific": {"informational": "unmaintained"},
    }
    (affected,) = parse_record({"id": "RUSTSEC-1", "modified": "2024", "affected": [crate]}).affected
    assert affected.urgency == "unmaintained"


def test_a_bundle_lends_its_rating_to_no_flaw_that_has_its_own() -> None:
    bundle = record(
        "DSA-5000-1",
        entry("Debian:12", until("2")),
        upstream=("CVE-2024-0001", "CVE-2024-0002"),
        severity=(CRITICAL_3,),
    )
    own, lent = match([deb("1")], [bundle, tracker(severity=(HIGH_3,))])
    assert own.rating == Rating(Severity.HIGH, "cvss", 7.5)
    assert lent.rating == Rating(Severity.CRITICAL, "cvss", 9.8)


@pytest.mark.parametrize(
    ("vector", "severity"),
    [
        (NOTHING, Severity.NEGLIGIBLE),
        (MEDIUM_4, Severity.MEDIUM),
        (HIGH_3, Severity.HIGH),
        (CRITICAL_3, Severity.CRITICAL),
        (TEN_2, Severity.HIGH),  # CVSS 2 knows no "critical"
    ],
)
def test_steps(vector: tuple[str, str], severity: Severity) -> None:
    best = best_score([vector])
    assert best is not None
    assert to_severity(*best) is severity


good = st.sampled_from([HIGH_3[1], MEDIUM_4[1], TEN_2[1], "CVSS:3.1/" + "AV:N/" * 200])
pieces = st.lists(
    st.sampled_from(["/E:U", "/MAV:X", "/S:P", "/", ":", "AV:N", "\0", "É", "CVSS:4.0/"]), max_size=3
)


@given(st.sampled_from(["CVSS_V2", "CVSS_V3", "CVSS_V4", "CVSS_V5", ""]), good, pieces, st.integers(0, 40))
def test_no_vector_is_an_error(type_: str, vector: str, extra: list[str], cut: int) -> None:
    value = score(type_, vector[: len(vector) - cut] + "".join(extra))
    assert value is None or 0 <= value <= 10


@given(st.text(max_size=50))
def test_no_text_is_an_error(vector: str) -> None:
    assert best_score([("CVSS_V2", vector), ("CVSS_V3", vector), ("CVSS_V4", vector)]) is None
