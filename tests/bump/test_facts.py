"""What is said of an image beyond its flaws, from what registries and images claim."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bump.facts import facts_of, moment
from bot.bump.support import Support, support_of
from bot.image.lifecycle import Lifecycle
from bot.image.reference import Reference
from bot.inventory import ImageConfig, Release
from bot.registry.model import ImageDetails
from tests.bump.shelf import NOW, seen
from tests.report.reviews import package

PYTHON = Reference.parse("docker.io/library/python:3.12.1-slim-bookworm")
TABLE = Lifecycle.of(
    {
        "python": [{"cycle": "3.12", "releaseDate": "2023-10-02", "eol": "2028-10-31", "lts": False}],
        "openjdk-builds-from-oracle": [],
        "debian": [
            {"cycle": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "eol": "2028-06-30"},
            {"cycle": "10", "codename": "Buster", "releaseDate": "2019-07-06", "eol": "2024-06-30"},
        ],
    }
)


def told(*, labels=(), libc="libc6", reference=PYTHON, **details):
    image = seen("x", libc=libc)
    config = ImageConfig(created="2026-01-01T00:00:00Z", labels=tuple(labels))
    image = replace(image, inventory=replace(image.inventory, config=config))
    return facts_of(reference, image, ImageDetails(**details), TABLE, now=NOW)


@pytest.mark.parametrize(
    ("reference", "release", "support"),
    [
        ("python:3.12.1", None, Support(date(2028, 10, 31))),
        # Whatever ends first ends it.
        ("python:3.12.1", Release("debian", "12"), Support(date(2028, 6, 30))),
        ("python:3.12.1", Release("debian", "", codename="buster"), Support(date(2024, 6, 30), over=True)),
        ("debian:bookworm-slim", None, Support(date(2028, 6, 30))),
        ("ghcr.io/acme/base:1", Release("debian", "12"), Support(date(2028, 6, 30))),
        ("ghcr.io/acme/base:1", Release("acme-linux", "9"), Support()),
        ("python:latest", None, Support()),
    ],
)
def test_support_ends_with_what_ends_first(reference, release, support) -> None:
    parsed = Reference.parse(reference).normalized()
    assert support_of(parsed, release, TABLE, NOW.date()) == support


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-01T10:00:00Z", date(2026, 1, 1)),
        ("2026-01-01T10:00:00.123456789Z", date(2026, 1, 1)),
        ("2026-01-01T23:00:00-05:00", date(2026, 1, 2)),
        ("2026-01-01T10:00:00", date(2026, 1, 1)),
        ("1970-01-01T00:00:00Z", None),
        ("1980-01-01T00:00:01Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-11-22T12:00:01Z", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_time_is_one_that_can_be(text: str, day: date | None) -> None:
    found = moment(text, NOW)
    assert (found.date() if found else None) == day


@given(st.text(max_size=60))
def test_no_time_breaks_anything(text: str) -> None:
    found = moment(text, NOW)
    assert found is None or datetime(2013, 1, 1, tzinfo=UTC) < found <= NOW


@pytest.mark.parametrize(
    ("labels", "source"),
    [
        ([("org.opencontainers.image.source", "https://github.com/a/b")], "https://github.com/a/b"),
        ([("org.opencontainers.image.url", "https://example.org")], "https://example.org"),
        (
            [
                ("org.opencontainers.image.source", "http://example.org"),
                ("org.opencontainers.image.url", "https://example.org/x"),
            ],
            "https://example.org/x",
        ),
        ([("org.opencontainers.image.source", "javascript:alert(1)")], ""),
        ([("org.opencontainers.image.source", "https://user@example.org/")], ""),
        ([("org.opencontainers.image.source", "https://example.org/a b")], ""),
        ([("org.opencontainers.image.source", "https://example.org/" + "a" * 400)], ""),
        ([("maintainer", "https://example.org")], ""),
    ],
)
def test_a_source_is_a_plain_web_address(labels, source: str) -> None:
    assert told(labels=labels).source == source


@pytest.mark.parametrize(("name", "libc"), [("musl", "musl"), ("libc6", "glibc"), ("busybox", "")])
def test_the_c_library_is_a_package(name: str, libc: str) -> None:
    assert told(libc=name, reference=Reference.parse("docker.io/acme/base:1")).libc == libc


def test_the_c_library_of_an_image_without_packages_is_what_its_name_says() -> None:
    bare = Reference.parse("docker.io/library/python:3.12.1-alpine3.20")
    assert told(libc="", reference=bare).libc == "musl"


def test_two_c_libraries_are_none() -> None:
    image = seen("x", libc="musl")
    entry = replace(image.inventory.packages[0], package=package("libc6", "2"))
    both = replace(image, inventory=replace(image.inventory, packages=(*image.inventory.packages, entry)))
    bare = Reference.parse("docker.io/acme/base:1")
    assert facts_of(bare, both, ImageDetails(), TABLE, now=NOW).libc == ""


def test_what_a_registry_says_is_bounded_and_can_be_stored() -> None:
    facts = told(signer="\ud800" + "x" * 9999, platforms=("\ud800",) * 9999)
    assert (facts.signer.isascii(), len(facts.signer) < 500) == (True, True)
    assert set(facts.platforms) == {"?"}
    assert len(facts.platforms) < 500


def test_the_registry_is_believed_first() -> None:
    facts = told(published="2026-03-01T00:00:00Z", platforms=("linux/amd64",), signer="me")
    assert (facts.published, facts.published_by) == ("2026-03-01T00:00:00+00:00", "registry")
    assert (facts.platforms, facts.signer) == (("linux/amd64",), "me")
    assert told().published_by == "image"
