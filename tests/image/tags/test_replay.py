"""Moves proposed in the past, judged by what was published and supported then."""

from datetime import date, timedelta

import pytest

from bot.image.tags import Proposal, Track, candidates, parse_tag
from tests.image.tags import published
from tests.image.tags.replay import Outcome, out_of_order, replay, violations
from tests.image.tags.wide import wide

DAY = date(2025, 6, 1)
# First days as the histories of https://github.com/docker-library/official-images have them, to the week.
PUBLISHED = {
    "python": {
        "3.11.9-slim-bookworm": "2024-04-02",
        "3.11.10-slim-bookworm": "2024-09-09",
        "3.12.2-slim-bookworm": "2024-02-07",
        "3.12.3-slim-bookworm": "2024-04-09",
        "3.12.4-slim-bookworm": "2024-06-07",
        "3.12.4-alpine3.20": "2024-06-07",
        "3.12.10-slim-bookworm": "2025-04-08",
        "3.12-slim-bookworm": "2023-10-02",
        "3.13-slim-bookworm": "2024-10-07",
        "3.13.0rc1-slim-bookworm": "2024-08-01",
        "3.13.3-slim-bookworm": "2025-04-08",
        "3.14.0a7-slim-bookworm": "2025-04-08",
        "3.12.12-slim-trixie": "2025-10-10",
        "slim-bookworm": "2023-06-15",
        "latest": "2014-06-23",
    },
    "node": {
        "20.14.0-alpine3.20": "2024-05-28",
        "20.14.0-alpine3.19": "2024-05-28",
        "20.19.2-alpine3.21": "2025-05-14",
        "22.2.0-alpine3.19": "2024-05-16",
        "22.16.0-alpine3.21": "2025-05-21",
        "23.11.1-alpine3.21": "2025-05-14",
        "24.1.0-alpine3.21": "2025-05-21",
        "22-alpine3.20": "2024-05-28",
        "lts-alpine": "2017-03-24",
    },
    "alpine": {
        "3.19": "2023-12-07",
        "3.20": "2024-05-22",
        "3.21": "2024-12-05",
        "3.20.6": "2025-02-14",
        "3": "2019-01-30",
        "20240606": "2024-06-06",
        "edge": "2014-06-23",
    },
    "debian": {
        "bookworm-20240513-slim": "2024-05-14",
        "bookworm-20250520-slim": "2025-05-21",
        "bookworm-slim": "2021-08-17",
        "trixie-20250520-slim": "2025-05-21",
        "trixie-slim": "2023-06-13",
        "12": "2023-06-13",
        "11": "2021-08-17",
    },
    "golang": {
        "1.21.10": "2024-05-07",
        "1.22.3": "2024-05-07",
        "1.22.12": "2025-02-04",
        "1.23.9": "2025-05-06",
        "1.24.3": "2025-05-06",
        "1.24rc3": "2025-02-05",
        "1.22": "2024-02-06",
    },
    "postgres": {
        "16.3-alpine": "2024-05-09",
        "16.9-alpine": "2025-05-08",
        "17.5-alpine": "2025-05-08",
        "17beta1-alpine": "2024-05-23",
        "18beta1-alpine": "2025-05-08",
        "16-alpine": "2023-09-14",
        "12.19-alpine": "2024-05-09",
        "12.22-alpine": "2024-11-21",
    },
    "eclipse-temurin": {
        "17.0.11_9-jre-jammy": "2024-04-22",
        "17.0.15_6-jre-jammy": "2025-04-21",
        "21.0.3_9-jre-jammy": "2024-04-22",
        "21.0.7_6-jre-jammy": "2025-04-21",
        "22.0.1_8-jre-jammy": "2024-04-22",
        "24.0.1_9-jre-jammy": "2025-04-21",
        "21.0.7_6-jre-noble": "2025-04-21",
        "17-jre-jammy": "2022-04-27",
    },
    "nginx": {
        "1.26.0-alpine-slim": "2024-04-23",
        "1.26.3-alpine-slim": "2025-02-05",
        "1.28.0-alpine-slim": "2025-04-23",
        "1.28.0-alpine": "2025-04-23",
        "1.26-alpine-slim": "2024-04-23",
        "stable-alpine-slim": "2023-01-10",
    },
}
PROPOSED = {
    "python:3.12.2-slim-bookworm": {"patch": "3.12.10-slim-bookworm", "minor": "3.13.3-slim-bookworm"},
    "python:3.12-slim-bookworm": {"minor": "3.13-slim-bookworm"},
    "node:20.14.0-alpine3.20": {"variant": "20.19.2-alpine3.21"},
    "node:22.2.0-alpine3.19": {"variant": "22.16.0-alpine3.21"},
    "alpine:3.19": {"minor": "3.21"},
    "debian:bookworm-20240513-slim": {"patch": "bookworm-20250520-slim"},
    "debian:bookworm-slim": {},
    "debian:11": {"major": "12"},
    "golang:1.22.3": {"patch": "1.22.12", "minor": "1.24.3"},
    "postgres:16.3-alpine": {"minor": "16.9-alpine", "major": "17.5-alpine"},
    "postgres:12.19-alpine": {"minor": "12.22-alpine", "major": "17.5-alpine"},
    "eclipse-temurin:17.0.11_9-jre-jammy": {
        "patch": "17.0.15_6-jre-jammy",
        "major": "21.0.7_6-jre-jammy",
        "variant": "21.0.7_6-jre-noble",
    },
    "nginx:1.26.0-alpine-slim": {"patch": "1.26.3-alpine-slim", "minor": "1.28.0-alpine-slim"},
}
ENDS = {
    "python": {"3.11": ("2027-10-31", False), "3.12": ("2028-10-31", False), "3.13": ("2029-10-31", False)},
    "nodejs": {
        "20": ("2026-04-30", True),
        "22": ("2027-04-30", True),
        "23": ("2025-06-01", False),
        "24": ("2028-04-30", True),
    },
    "go": {"1.22": ("2025-02-11", False), "1.23": ("2025-08-12", False), "1.24": ("2026-02-11", False)},
    "alpine-linux": {
        "3.19": ("2025-11-01", False),
        "3.20": ("2026-04-01", False),
        "3.21": ("2026-11-01", False),
    },
}


@pytest.mark.parametrize(("current", "expected"), PROPOSED.items())
def test_a_tag_in_use_a_year_before_moves_to(current, expected):
    image, _, _ = current.partition(":")
    listed = [tag for tag, first in PUBLISHED[image].items() if first <= DAY.isoformat()]
    found = candidates(current, listed, now=DAY)
    assert {each.track: each.tag for each in found.proposals[1:]} == expected


@pytest.mark.parametrize("image", PUBLISHED)
def test_nothing_is_proposed_that_never_should_be(image):
    in_use = [tag for tag, first in PUBLISHED[image].items() if first <= "2024-06-15"]
    outcome = replay(image, PUBLISHED[image], in_use, DAY, ENDS)
    assert (outcome.violations, outcome.apart) == ([], [])
    assert outcome.judged


@pytest.mark.parametrize("image", PUBLISHED)
def test_tags_are_ordered_as_they_were_published(image):
    assert list(out_of_order(PUBLISHED[image])) == []


@pytest.mark.parametrize(
    ("wrong", "track", "why"),
    [
        ("24.2.0rc1-alpine3.21", Track.MAJOR, "a prerelease"),
        ("lts-alpine", Track.MAJOR, "a moving tag"),
        ("22.2.0-slim", Track.MAJOR, "of another flavour"),
        ("22-alpine3.20", Track.MAJOR, "of another precision"),
        ("18.2.0-alpine3.20", Track.MAJOR, "a downgrade"),
        ("20.15.0-alpine3.21", Track.MINOR, "on another release of the distribution"),
        ("24.1.0-alpine3.18", Track.VARIANT, "past its end of life since 2025-05-09"),
        ("23.1.0-alpine3.20", Track.MAJOR, "not a long-term line"),
    ],
)
def test_the_oracle_sees_what_is_wrong(wrong, track, why):
    ends = ENDS | {"alpine-linux": ENDS["alpine-linux"] | {"3.18": ("2025-05-09", False)}}
    found = violations("node", "20.14.0-alpine3.20", Proposal(wrong, track), DAY, ends)
    assert why in [line.partition("): ")[2] for line in found]


@wide
def test_official_images_of_the_past_get_nothing_they_never_should():
    day, ends = date(2026, 8, 21), published.ends()
    outcome = Outcome()
    for image, history in published.histories().items():
        in_use = history.in_use(day - timedelta(days=365))
        outcome.add(replay(image, history.first_listed(), in_use[:: max(1, len(in_use) // 3)], day, ends))
    assert (outcome.violations, outcome.apart) == ([], [])
    assert outcome.judged > 120
    assert outcome.newest["patch"] > 20


@wide
def test_official_images_order_as_published_but_for_what_was_published_late():
    """Of every fourth image; `bench.tags` counts all."""
    found = published.histories()
    late = [
        pair
        for history in (found[image] for image in sorted(found)[::4])
        for pair in out_of_order(history.first_listed())
        if not any(parse_tag(tag).prerelease for tag in pair)
    ]
    assert len(late) <= 40
