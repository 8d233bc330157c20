"""Where a tag may move to and where not, each rule with the cases other tools get wrong."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.image import Reference
from bot.image.lifecycle import Lifecycle
from bot.image.tags import Track, candidates

DAY = date(2025, 11, 1)
TABLE = Lifecycle.of(
    {
        "python": [
            {"cycle": "3.14", "releaseDate": "2025-10-07", "eol": "2030-10-31"},
            {"cycle": "3.13", "releaseDate": "2024-10-07", "eol": "2029-10-31"},
            {"cycle": "3.12", "releaseDate": "2023-10-02", "eol": "2028-10-31"},
            {"cycle": "3.9", "releaseDate": "2020-10-05", "eol": "2025-10-31"},
            {"cycle": "3.8", "releaseDate": "2019-10-14", "eol": "2024-10-07"},
        ],
        "nodejs": [
            {"cycle": "26", "releaseDate": "2026-05-05", "lts": "2026-10-28", "eol": "2029-04-30"},
            {"cycle": "25", "releaseDate": "2025-10-15", "eol": "2026-06-01"},
            {"cycle": "24", "releaseDate": "2025-05-06", "lts": "2025-10-28", "eol": "2028-04-30"},
            {"cycle": "23", "releaseDate": "2024-10-16", "eol": "2025-06-01"},
            {"cycle": "22", "releaseDate": "2024-04-24", "lts": "2024-10-29", "eol": "2027-04-30"},
            {"cycle": "20", "releaseDate": "2023-04-18", "lts": "2023-10-24", "eol": "2026-04-30"},
            {"cycle": "18", "releaseDate": "2022-04-19", "lts": "2022-10-25", "eol": "2025-04-30"},
        ],
        "fedora": [
            {"cycle": "42", "releaseDate": "2025-04-15", "eol": "2026-05-13"},
            {"cycle": "41", "releaseDate": "2024-10-29", "eol": "2025-12-15"},
        ],
        "eclipse-temurin": [
            {"cycle": "25", "releaseDate": "2025-09-22", "lts": True, "eol": "2031-09-30"},
            {"cycle": "24", "releaseDate": "2025-03-20", "eol": "2025-09-16"},
            {"cycle": "21", "releaseDate": "2023-10-11", "lts": True, "eol": "2029-12-31"},
            {"cycle": "17", "releaseDate": "2021-09-22", "lts": True, "eol": "2027-10-31"},
        ],
        "alpine": [
            {"cycle": "3.22", "releaseDate": "2025-05-30", "eol": "2027-05-01"},
            {"cycle": "3.20", "releaseDate": "2024-05-22", "eol": "2026-04-01"},
            {"cycle": "3.18", "releaseDate": "2023-05-09", "eol": "2025-05-09"},
        ],
        "debian": [
            {"cycle": "14", "codename": "Forky", "releaseDate": "2027-06-30", "eol": "2032-06-30"},
            {"cycle": "13", "codename": "Trixie", "releaseDate": "2025-08-09", "eol": "2030-06-30"},
            {"cycle": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "eol": "2028-06-30"},
            {"cycle": "11", "codename": "Bullseye", "releaseDate": "2021-08-14", "eol": "2026-08-31"},
        ],
        "ubuntu": [
            {"cycle": "26.04", "codename": "Resolute", "releaseDate": "2026-04-23", "lts": True, "eol": "2031-04-30"},
            {"cycle": "25.10", "codename": "Questing", "releaseDate": "2025-10-09", "eol": "2026-07-01"},
            {"cycle": "24.10", "codename": "Oracular", "releaseDate": "2024-10-10", "eol": "2025-07-10"},
            {"cycle": "24.04", "codename": "Noble", "releaseDate": "2024-04-25", "lts": True, "eol": "2029-05-31"},
            {"cycle": "22.04", "codename": "Jammy", "releaseDate": "2022-04-21", "lts": True, "eol": "2027-04-01"},
            {"cycle": "20.04", "codename": "Focal", "releaseDate": "2020-04-23", "lts": True, "eol": "2025-05-31"},
        ],
    }
)  # fmt: skip
PATCH, MINOR, MAJOR, VARIANT = Track.PATCH, Track.MINOR, Track.MAJOR, Track.VARIANT


def moves(current, *tags, now=DAY):
    """What is proposed besides the newer content of the same tag, and why nothing else is."""
    found = candidates(current, tags, now=now, lifecycle=TABLE)
    assert [each.tag for each in found.proposals if each.track is Track.DIGEST] == [
        Reference.parse(current).tag if ":" in current else current
    ]
    proposed = {each.tag: each.track for each in found.proposals if each.track is not Track.DIGEST}
    return proposed, {each.tag: each.reason for each in found.rejected}


@pytest.mark.parametrize(
    ("current", "other", "track"),
    [
        ("python:3.12.1-slim-bookworm", "3.12.4-slim-bookworm", PATCH),
        ("python:3.12.1-slim-bookworm", "3.13.0-slim-bookworm", MINOR),
        ("python:3.12.1-slim-bookworm", "3.13.0-slim-trixie", VARIANT),
        ("python:3.12.1-slim-bookworm", "3.12.1-slim-trixie", VARIANT),
        ("node:22.0.0-alpine3.18", "22.1.0-alpine3.20", VARIANT),
        ("node:22.0.0-alpine3.18", "24.1.0-alpine3.18", MAJOR),
        ("node:20-slim", "24-slim", MAJOR),
        ("3.12-slim", "3.13-slim", MINOR),
        ("alpine:3.18", "3.20", MINOR),
        ("debian:12", "13", MAJOR),
        ("debian:12-slim", "13-slim", MAJOR),
        ("debian:bookworm-slim", "trixie-slim", VARIANT),
        ("debian:bookworm-20241202-slim", "bookworm-20250113-slim", PATCH),
        ("debian:bookworm-20241202-slim", "trixie-20250811-slim", VARIANT),
        ("ubuntu:jammy", "noble", VARIANT),
        ("ubuntu:22.04", "24.04", MAJOR),
        ("acme/shop:20240101", "20240301", PATCH),
        ("minio/minio:RELEASE.2024-01-01T00-00-00Z", "RELEASE.2024-03-03T17-50-39Z", PATCH),
        ("registry.access.redhat.com/ubi9/ubi:9.3-1552", "9.3-1610", PATCH),
        ("registry.access.redhat.com/ubi9/ubi:9.4-1214", "9.4-1214.1726694543", PATCH),
        ("registry.access.redhat.com/ubi9/ubi:9.4-1214.1726694543", "9.5-1736404036", MINOR),
        ("acme/java:ubi9-1.2", "ubi9-1.3", MINOR),
        ("acme/java:ubi8-1.2", "ubi9-1.2", VARIANT),
        ("eclipse-temurin:17.0.9_9-jre-jammy", "17.0.10_7-jre-jammy", PATCH),
        ("eclipse-temurin:17.0.9_9-jre-jammy", "17.0.9_10-jre-jammy", PATCH),
        ("eclipse-temurin:21_35-jre", "21.0.1_12-jre", PATCH),
        ("eclipse-temurin:8u302-b08-jdk", "8u312-b07-jdk", PATCH),
        ("acme/jdk:jdk-17.0.9_9", "jdk-21.0.1_12", MAJOR),
        ("mcr.microsoft.com/dotnet/sdk:8.0-jammy", "8.0-noble", VARIANT),
        ("clearlinux:24.08.83802.minimal", "24.09.83900.minimal", MINOR),
        ("postgres:16.3", "16.4", MINOR),
        ("postgres:16.3", "17.0", MAJOR),
        ("pypy:3.10-7.3.12-slim", "3.10-7.3.15-slim", PATCH),
        ("acme/shop:v1.2.3", "v1.2.4", PATCH),
        ("acme/shop:1.2.3-abc1234", "1.2.4-def5678", PATCH),
        ("acme/shop:2022.3.1", "2023.1.0", MAJOR),
        ("acme/shop:12345", "12399", PATCH),
        ("acme/shop:build-77", "build-81", PATCH),
        ("bitnami/nginx:1.25.3-debian-12-r5", "1.25.3-debian-12-r7", PATCH),
        ("python:3.13.0rc1", "3.13.0rc2", PATCH),
        ("python:3.13.0rc1", "3.13.0", PATCH),
        ("node:23.1.0", "23.2.0", MINOR),
        ("python:3.9.1", "3.9.24", PATCH),
        ("node:0.10.28", "0.10.48", PATCH),
        ("acme/shop:nightly-20240101", "nightly-20240102", PATCH),
        ("acme/shop:beta-1.2.3", "beta-1.3.0", MINOR),
        ("python:rc-alpine3.18", "rc-alpine3.20", VARIANT),
        ("cgr.dev/chainguard/python:3.12-dev", "3.13-dev", MINOR),
        ("acme/shop:main-a1b2c3d-1700000000", "main-b1b2c3d-1800000000", PATCH),
        ("acme/shop:1.2.3-1-gabc1234", "1.2.4-5-g7654321", PATCH),
        ("mcr.microsoft.com/devcontainers/python:1.1.3-3.11", "1.1.4-3.11", PATCH),
        ("mcr.microsoft.com/devcontainers/python:1.1.3-3.11", "1.1.4-3.12", MINOR),
        ("mcr.microsoft.com/devcontainers/python:1-3.11-bullseye", "1-4.0-bullseye", MAJOR),
        ("fedora:41", "42", MAJOR),
        ("quay.io/centos/centos:stream9", "stream10", VARIANT),
    ],
)
def test_a_tag_moves_to(current, other, track):
    assert moves(current, other) == ({other: track}, {})


@pytest.mark.parametrize(
    ("current", "other", "reason"),
    [
        ("python:3.12.1-slim-bookworm", "3.13.0rc1-slim-bookworm", "a prerelease"),
        ("python:3.7.5", "3.14.0a1", "a prerelease"),
        ("python:3.13.0rc1", "3.15.0a1", "a prerelease"),
        ("eclipse-temurin:17-jdk", "21-ea-32-jdk", "a prerelease"),
        ("python:3.12.1-slim-bookworm", "3.13-slim-bookworm", "less precise"),
        ("alpine:3.18", "3", "less precise"),
        ("alpine:3.18", "3.20.3", "more precise"),
        ("python:3.12", "3.12.7", "more precise"),
        ("python:3.12.1-slim", "3.12.4-slim-bookworm", "more precise"),
        ("node:22-alpine3.20", "22-alpine", "less precise"),
        ("debian:bookworm-slim", "bookworm-20241202-slim", "more precise"),
        ("acme/shop:1.2.3", "1.2.4-7", "more precise"),
        ("alpine:3.18", "latest", "a moving tag"),
        ("alpine:3.18", "edge", "a moving tag"),
        ("python:3.12.1-slim", "slim", "a moving tag"),
        ("docker:24-dind", "dind", "a moving tag"),
        ("debian:bookworm-slim", "stable-slim", "a moving tag"),
        ("debian:latest", "12", "the current tag is a moving one"),
        ("python:3.12.1-slim-bookworm", "3.12.1-bookworm", "another flavour (not slim)"),
        ("python:3.12.1", "3.12.4-slim", "another flavour (slim)"),
        ("python:3.12.1", "3.12.4-alpine", "another flavour (alpine)"),
        ("python:3.12.1-slim-bookworm", "3.12.4-alpine", "another C library (musl)"),
        ("python:3.12.1-alpine3.20", "3.12.4-slim-bookworm", "another C library (glibc)"),
        ("busybox:1.36.0-glibc", "1.37.0-musl", "another C library (musl)"),
        ("busybox:1.36.0-glibc", "1.37.0-uclibc", "another flavour (uclibc)"),
        ("swift:5.10-bookworm", "5.10-noble", "another distribution (ubuntu)"),
        ("drupal:10.3-php8.2", "10.3-php8.3", "another flavour (php8.3)"),
        ("maven:3.9.6-eclipse-temurin-17", "3.9.9-eclipse-temurin-21", "another flavour (temurin-21)"),
        ("clearlinux:24.08.83802.minimal", "24.09.83900", "another flavour (not minimal)"),
        ("golang:1.22-windowsservercore-ltsc2019", "1.23-windowsservercore-ltsc2022", "another flavour (ltsc2022)"),
        ("acme/shop:amd64-3.12", "arm64v8-3.13", "another architecture (arm64v8)"),
        ("acme/shop:3.12-amd64", "3.13", "another architecture (not amd64)"),
        ("amazonlinux:2", "2023", "numbered in another way"),
        ("neo4j:5.26", "2025.01", "numbered in another way"),
        ("alpine:3.18", "20240101", "numbered in another way"),
        ("traefik:v2.11.1", "2.11.2", "written in another way"),
        ("ubuntu:jammy", "24.04", "written in another way"),
        ("python:3.12.4", "3.12.1", "older than the current tag"),
        ("debian:bookworm-20241202", "bookworm-20241111", "older than the current tag"),
        ("debian:bookworm-20241202", "trixie-20241111", "older than the current tag"),
        ("python:3.12.1-slim-bookworm", "3.12.4-slim-bullseye", "an older release of the distribution (bullseye)"),
        ("acme/shop:1.2.3-abc1234", "1.2.3-def5678", "the same version, written in another way"),
        ("python:3.12.1", "deadbeef", "a commit, not a version"),
        ("acme/shop:sha-1234567", "sha-7654321", "a commit, not a version"),
        ("acme/shop:pr-77", "pr-78", "not a version"),
        ("acme/shop:pr-77-1.2.3", "pr-78-1.2.4", "another flavour (78)"),
        ("acme/shop:20240101", "nightly-20240102", "a prerelease"),
        ("acme/shop:nightly-20240101", "20240102", "another flavour (not nightly)"),
        ("acme/shop:nightly-1.2.3", "nightly-1.2.4rc1", "a prerelease"),
        ("python:rc-slim-bookworm", "slim-trixie", "another flavour (not rc)"),
        ("cgr.dev/chainguard/python:3.12-dev", "3.13", "another flavour (not dev)"),
        ("cgr.dev/chainguard/python:3.12", "3.13-dev", "a prerelease"),
        ("grafana/grafana:10.2.2", "11.0.0-ubuntu", "another flavour (ubuntu)"),
        ("grafana/grafana:10.2.2-ubuntu", "11.0.0", "another flavour (not ubuntu)"),
        ("python:3.12.1", "whatever", "not a version"),
        ("python:3.12.1", "a b", "not a tag"),
        ("python:3.12.1", "-x", "not a tag"),
        ("python:3.12.1", "x" * 129, "not a tag"),
        ("python:3.12.1", "", "not a tag"),
        ("python:3.8.10", "3.9.24", "past its end of life since 2025-10-31"),
        ("node:24.1.0-trixie-slim", "25.9.0-trixie-slim", "not a long-term line"),
        ("node:24.1.0-trixie-slim", "26.0.0-trixie-slim", "not a long-term line before 2026-10-28"),
        ("node:24.1.0", "27.0.0", "not known to be a long-term line"),
        ("node:14.1.0", "25.0.0", "not a long-term line"),
        ("eclipse-temurin:17.0.9_9-jre", "24.0.1_9-jre", "past its end of life since 2025-09-16"),
        ("clojure:temurin-17-alpine", "temurin-26-alpine", "Eclipse Temurin 26 is not known to be a long-term line"),
        ("node:22-alpine3.17", "22-alpine3.18", "Alpine 3.18 is past its end of life since 2025-05-09"),
        ("ubuntu:noble", "questing", "not a long-term line"),
        ("ubuntu:24.04", "25.10", "not a long-term line"),
        ("ubuntu:24.04", "26.04", "not released before 2026-04-23"),
        ("python:3.12-slim-bookworm", "3.12-slim-forky", "Debian 14 is not released before 2027-06-30"),
        ("python:3.12-slim-bookworm", "3.12-slim-duke", "Debian duke is not known to be released"),
        ("fedora:42", "43", "not known to be released"),
        ("ubuntu:25.04", "27.04", "not known to be released"),
        ("acme/shop:1.2-fedora41", "1.2-fedora43", "Fedora 43 is not known to be released"),
    ],
)  # fmt: skip
def test_a_tag_does_not_move_to(current, other, reason):
    assert moves(current, other) == ({}, {other: reason})


def test_each_track_has_the_newest_of_its_line_and_the_others_are_superseded():
    proposed, rejected = moves(
        "python:3.12.1-slim",
        "3.12.2-slim",
        "3.12.12-slim",
        "3.13.9-slim",
        "3.14.0-slim",
        "4.0.0-slim",
        "3.12.1-slim",
    )
    assert proposed == {"3.12.12-slim": PATCH, "3.14.0-slim": MINOR, "4.0.0-slim": MAJOR}
    assert rejected == {
        "3.12.2-slim": "superseded by 3.12.12-slim",
        "3.13.9-slim": "superseded by 3.14.0-slim",
    }


def test_another_release_moves_the_version_as_little_as_possible():
    tags = ("3.12.4-slim-trixie", "3.12.9-slim-trixie", "3.13.0-slim-trixie", "3.12.4-slim-bookworm")
    proposed, rejected = moves("python:3.12.4-slim-bullseye", *tags)
    assert proposed == {"3.12.4-slim-trixie": VARIANT}
    assert rejected == {
        "3.12.9-slim-trixie": "a larger move than 3.12.4-slim-trixie",
        "3.13.0-slim-trixie": "a larger move than 3.12.4-slim-trixie",
        "3.12.4-slim-bookworm": "superseded by 3.12.4-slim-trixie",
    }


def test_a_newer_release_is_shown_beside_one_that_keeps_the_version():
    proposed, _ = moves("python:3.12.4-slim-bullseye", "3.12.4-slim-bookworm", "3.12.9-slim-trixie")
    assert proposed == {"3.12.4-slim-bookworm": VARIANT, "3.12.9-slim-trixie": VARIANT}


def test_another_release_keeps_a_second_version_too():
    proposed, _ = moves("acme/python:1-3.11-bullseye", "1-3.12-bookworm", "1-3.11-bookworm")
    assert proposed == {"1-3.11-bookworm": VARIANT}


def test_nobody_on_no_long_term_line_is_sent_to_another_such_one():
    proposed, rejected = moves("node:23.1.0", "24.1.0", "25.1.0")
    assert (proposed, rejected) == ({"24.1.0": MAJOR}, {"25.1.0": "not a long-term line"})


@pytest.mark.parametrize(
    ("current", "other", "note"),
    [
        ("python:3.12.1", "3.12.4", ""),
        (
            "python:3.8.10",
            "3.8.20",
            "Python 3.8 is past its end of life since 2024-10-07, and this stays on it",
        ),
        ("python:3.8.10", "3.14.0", "Python 3.8 is past its end of life since 2024-10-07"),
        (
            "node:18.1.0-alpine3.18",
            "22.1.0-alpine3.20",
            "Node.js 18 is past its end of life since 2025-04-30; "
            "Alpine 3.18 is past its end of life since 2025-05-09; it also moves 18.1.0 to 22.1.0",
        ),
        ("python:3.12.1-slim-bookworm", "3.12.4-slim-trixie", "it also moves 3.12.1 to 3.12.4"),
        ("acme/java:8u402-bookworm", "8u412-trixie", "it also moves 8u402 to 8u412"),
    ],
)
def test_what_to_know_of_a_move_is_noted(current, other, note):
    found = candidates(current, [other], now=DAY, lifecycle=TABLE)
    assert [each.note for each in found.proposals if each.tag == other] == [note]


def test_a_line_is_over_after_its_last_day():
    assert moves("python:3.8.10", "3.9.24", now=date(2025, 10, 31))[0] == {"3.9.24": MINOR}


def test_time_of_day_does_not_matter():
    moments = (DAY, datetime(2025, 11, 1, 23, tzinfo=UTC))
    found = [candidates("node:22.1.0", ["24.1.0"], now=now, lifecycle=TABLE) for now in moments]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "current",
    [
        "node:22.1.0",
        "docker.io/library/node:22.1.0",
        "node:22.1.0@sha256:" + "0" * 64,
        Reference.parse("node:22.1.0"),
    ],
)
def test_the_image_is_known_however_it_is_written(current):
    found = candidates(current, ["24.1.0", "25.1.0"], now=DAY, lifecycle=TABLE)
    assert [(each.tag, each.track) for each in found.proposals] == [
        ("22.1.0", Track.DIGEST),
        ("24.1.0", MAJOR),
    ]
    assert [(each.tag, each.reason) for each in found.rejected] == [("25.1.0", "not a long-term line")]


def test_a_tag_alone_still_tells_its_distribution():
    found = candidates("1.2-alpine3.17", ["1.2-alpine3.18", "1.2-alpine3.20"], now=DAY, lifecycle=TABLE)
    assert [each.tag for each in found.proposals] == ["1.2-alpine3.17", "1.2-alpine3.20"]


def test_a_mapping_and_nothing_serve_as_support_dates():
    over = {"python": [{"cycle": "3.13", "releaseDate": "2024-10-07", "eol": "2024-12-01"}]}
    assert candidates("python:3.12.1", ["3.13.0"], now=DAY, lifecycle=over).rejected
    assert not candidates("python:3.12.1", ["3.13.0"], now=DAY).rejected


def test_a_digest_without_a_tag_moves_nowhere():
    found = candidates("python@sha256:" + "0" * 64, ["3.12.1", "latest"], now=DAY, lifecycle=TABLE)
    assert found.proposals == ()
    assert [each.tag for each in found.rejected] == ["3.12.1", "latest"]


def test_without_a_list_of_tags_the_same_tag_is_left():
    assert moves("python:3.12.1") == ({}, {})


def test_more_tags_than_anybody_has_are_not_looked_at(monkeypatch):
    monkeypatch.setattr("bot.image.tags.choice.MAX_TAGS", 1000)

    def endless():
        for number in range(1000):
            yield f"1.2.{number}"
        pytest.fail("there is no end to it")

    found = candidates("1.2.3", endless(), now=DAY, lifecycle=TABLE)
    assert found.proposals[1].tag == "1.2.999"


names = st.sampled_from(
    "1.2.3 1.2.4 1.3.0 2.0.0 v1.2.3 1.2.3rc1 1.2.3-slim 1.2.4-alpine3.20 1.2.4-alpine3.18 1.2.3-bookworm 1.2.4-trixie "
    "1.2.4-noble bookworm trixie jammy 20240101 20240202 17.0.9_9 21.0.1_12 latest edge 3 3.18 3.20 deadbeef".split()
)


@given(
    st.one_of(names, st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,40}", fullmatch=True)),
    st.lists(st.one_of(names, st.text(max_size=200))),
)
def test_every_tag_is_said_once_and_no_track_twice(current, listed):
    found = candidates(current, listed, now=DAY, lifecycle=TABLE)
    said = [each.tag for each in found.proposals] + [each.tag for each in found.rejected]
    assert sorted(said) == sorted({current, *listed})
    tracks = [each.track for each in found.proposals if each.track is not VARIANT]
    assert len(tracks) == len(set(tracks))
    assert all(each.reason for each in found.rejected)


@given(
    st.permutations(
        ["1.2.4", "1.2.5-slim", "1.3.0", "2.0.0", "1.2.4-trixie", "1.2.9", "1.2.3rc1", "latest", "1.2.30"]
    )
)
def test_the_order_of_the_list_does_not_matter(listed):
    found = candidates("1.2.3", listed, now=DAY, lifecycle=TABLE)
    assert found.proposals == candidates("1.2.3", sorted(listed), now=DAY, lifecycle=TABLE).proposals
