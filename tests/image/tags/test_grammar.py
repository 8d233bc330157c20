"""What the words of a tag mean, in the forms that publishers use, and in no form at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.image.tags import libc_of, parse_tag
from bot.image.tags.grammar import likeness, parse_alike
from bot.image.tags.parts import is_tag
from tests.image.tags import published
from tests.image.tags.wide import wide

WORDS = (
    "1.2.3 22 v1.2 3.13.0rc1 17.0.9_9 8u302 b08 rc1 ea 32 beta alpine alpine3.20 bookworm jammy slim ubi9 al2023 "
    "php8.3 jdk 21 jdk21 temurin amd64 20240101 2024-01-01T00-00-00Z deadbeef latest debian 13 ubuntu 22.04"
).split()
tags = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)
likely = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).flatmap(
    lambda words: st.sampled_from("-._").map(lambda separator: separator.join(words)[:128])
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3.12.1-slim-bookworm", {"version": (3, 12, 1), "flavour": ("slim",), "release_text": "bookworm"}),
        ("22-alpine3.20", {"version": (22,), "distribution": "alpine", "release": (3, 20)}),
        ("11-jdk-alpine-3.21", {"version": (11,), "runtime": ("jdk",), "release": (3, 21), "release_text": "3.21"}),
        ("17-jre-ubuntu-22.04", {"version": (17,), "distribution": "ubuntu", "release_text": "22.04"}),
        ("17-jdk-ubuntu-jammy", {"distribution": "ubuntu", "release": (22, 4), "release_text": "jammy"}),
        ("jdk-17.0.9_9", {"prefix": "jdk-", "version": (17, 0, 9), "build": (9,)}),
        ("17.0.9_9-jre-jammy", {"version": (17, 0, 9), "build": (9,), "runtime": ("jre",), "release": (22, 4)}),
        ("8u302-b08-jdk", {"version": (8, 0, 302), "build": (8,), "runtime": ("jdk",)}),
        ("21-ea-32", {"version": (21,), "prerelease": "ea-32"}),
        ("ubi9-1.2", {"distribution": "ubi", "release": (9,), "version": (1, 2)}),
        ("9.4-1214.1726694543", {"version": (9, 4), "build": (1214, 1726694543)}),
        ("1.25.3-alpine-slim", {"version": (1, 25, 3), "distribution": "alpine", "release": (), "flavour": ("slim",)}),
        ("8.0-jammy-chiseled", {"version": (8, 0), "release": (22, 4), "flavour": ("chiseled",)}),
        ("24.08.83802.minimal", {"version": (24, 8, 83802), "flavour": ("minimal",)}),
        ("RELEASE.2024-01-01T00-00-00Z", {"prefix": "RELEASE.", "date": (2024, 1, 1, 0, 0, 0), "version": ()}),
        ("20240101", {"date": (20240101,), "version": ()}),
        ("20249999", {"date": (), "build": (20249999,)}),
        ("bookworm-20241202-slim", {"release": (12,), "date": (20241202,), "flavour": ("slim",)}),
        ("base-20260816.0.574111", {"flavour": ("base",), "date": (20260816, 0, 574111)}),
        ("v1.2.3-rc.1", {"prefix": "v", "version": (1, 2, 3), "prerelease": "rc.1"}),
        ("2022.3.1", {"version": (2022, 3, 1)}),
        ("3.14.0a1", {"version": (3, 14, 0), "prerelease": "a1"}),
        ("3.13.0rc1-slim-bookworm", {"version": (3, 13, 0), "prerelease": "rc1", "release": (12,)}),
        ("3.17.0_rc1", {"version": (3, 17, 0), "prerelease": "rc1"}),
        ("3.14.0-95.2.beta-sdk", {"version": (3, 14, 0), "build": (95, 2), "prerelease": "beta"}),
        ("13.0.1-ubi10-rc", {"version": (13, 0, 1), "release": (10,), "prerelease": "rc"}),
        ("1.9.3-p547", {"version": (1, 9, 3), "build": (547,)}),
        ("8.4-php8.3-fpm", {"version": (8, 4), "runtime": ("php8.3",), "flavour": ("fpm",)}),
        ("3.9.6-eclipse-temurin-17-noble", {"version": (3, 9, 6), "runtime": ("temurin-17",), "release": (24, 4)}),
        ("temurin-17-lein-2.13.0", {"version": (2, 13, 0), "runtime": ("temurin-17",)}),
        ("otp-27-alpine", {"prefix": "otp-", "version": (27,)}),
        ("v1.19.3-debian-1.0", {"version": (1, 19, 3), "distribution": "debian", "release": (), "build": (1, 0)}),
        ("8-jdk-21-and-23-corretto", {"version": (8,), "runtime": ("jdk-21", "corretto"), "flavour": ("and", "23")}),
        ("3.12-nanoserver-1809", {"version": (3, 12), "flavour": ("nanoserver", "1809")}),
        ("amd64-3.12", {"architecture": "amd64", "version": (3, 12)}),
        ("nonroot-arm64", {"architecture": "arm64", "flavour": ("nonroot",), "is_moving": True}),
        ("1.4.4-1-5608c19", {"version": (1, 4, 4), "build": (1,), "commit": "5608c19"}),
        ("1.25.3-debian-12-r7", {"version": (1, 25, 3), "release": (12,), "build": (7,)}),
        ("master-1234", {"alias": "master", "version": (), "build": (1234,)}),
        ("sha256-" + "5" * 20 + "a" * 44 + ".sig", {"version": (), "commit": "", "build": ()}),
        ("deadbeef", {"commit": "deadbeef", "version": ()}),
        ("stable-slim", {"alias": "stable", "flavour": ("slim",), "is_moving": True}),
        ("latest", {"alias": "latest", "is_moving": True}),
        ("nonroot", {"flavour": ("nonroot",), "is_moving": True}),
        ("bookworm-slim", {"release": (12,), "is_moving": False}),
    ],
)  # fmt: skip
def test_a_tag_is_read(text, said):
    tag = parse_tag(text)
    assert {name: getattr(tag, name) for name in said} == said


@given(st.one_of(st.text(max_size=300), tags, likely))
def test_the_parts_are_the_text_whatever_it_is(text):
    tag = parse_tag(text)
    assert "".join(part.separator + part.text for part in tag.parts) == text == str(tag)
    assert is_tag(text) or (tag.shape, tag.is_moving) == ((), True)


@given(st.one_of(tags, likely), st.one_of(tags, likely), st.integers(0, 999), st.integers(0, 999))
def test_what_is_alike_at_a_glance_has_one_shape(text, other, first, second):
    for one, two in (
        (text, other),
        (f"{first}{text}", f"{second}{text}"),
        (f"v1.{first}-{text}", f"v1.{second}-{text}"),
    ):
        one, two = one[:128], two[:128]
        if is_tag(one) and is_tag(two) and likeness(one) == likeness(two):
            assert parse_tag(one).shape == parse_tag(two).shape
            assert parse_alike(one, parse_tag(two)) == parse_tag(one)


@pytest.mark.parametrize(
    "text",
    ["9" * 128, "9." * 64, "a_" * 64, "1-" * 64, "rc" * 64, "_" * 128, "a" * 127 + "!", "x" * 1_000_000, "a-" * 63],
)  # fmt: skip
def test_hostile_text_is_no_burden(text):
    assert parse_tag(text).text == text


@pytest.mark.parametrize(
    ("reference", "libc"),
    [
        ("python:3.12-alpine3.20", "musl"),
        ("3.12-slim-bookworm", "glibc"),
        ("docker.io/library/alpine:3.20", "musl"),
        ("busybox:1.37-musl", "musl"),
        ("busybox:1.37-glibc", "glibc"),
        ("busybox:1.37-uclibc", ""),
        ("ubuntu", "glibc"),
        ("python:3.12-slim", ""),
        ("ghcr.io/acme/shop:1", ""),
    ],
)
def test_words_tell_of_a_c_library(reference, libc):
    assert libc_of(reference) == libc


@wide
def test_every_published_tag_is_read():
    """All that are listed now and every tenth of those that ever were; `bench.tags` reads all."""
    listed = {tag for history in published.histories().values() for tag in list(history)[::10]}
    listed |= {tag for found in published.current().values() for tag in found}
    assert len(listed) > 10_000
    for text in listed:
        tag = parse_tag(text)
        assert "".join(part.separator + part.text for part in tag.parts) == text
