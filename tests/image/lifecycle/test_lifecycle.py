"""Which line a word belongs to, and what its support is."""

from datetime import date

import pytest

from bot.image.lifecycle import Lifecycle, product_of

DAY = date(2026, 8, 22)
TABLE = Lifecycle.default()


@pytest.mark.parametrize(
    ("product", "word", "line"),
    [
        ("python", "3.12.4", "3.12"),
        ("python", "v3.12", "3.12"),
        ("python", "3.13.0rc1", "3.13"),
        ("python", "3.1", None),
        ("python", "3", None),
        ("python", "4.0", None),
        ("nodejs", "22.11.0-alpine3.20", "22"),
        ("node", "Jod", "22"),
        ("nodejs", "4.9.1", "4"),
        ("eclipse-temurin", "8u432-b06", "8"),
        ("eclipse-temurin", "17.0.9_9", "17"),
        ("dotnet", "8.0.11", "8"),
        ("debian", "12.8", "12"),
        ("debian", "bookworm-20241202-slim", "12"),
        ("debian", "sid", "sid"),
        ("ubuntu", "noble", "24.04"),
        ("ubuntu", "noble-20241118.1", "24.04"),
        ("ubuntu", "nob", None),
        ("alpine", "3.20.3", "3.20"),
        ("alpine-linux", "edge", None),
        ("amazon-linux", "2023.6.20241121.0", "2023"),
        ("rhel", "9.4", "9"),
        ("no-such-product", "1", None),
        ("python", "", None),
        ("python", "3.12" + ".0" * 1000, None),
    ],
)
def test_the_longest_line_that_matches_is_found(product: str, word: str, line: str | None) -> None:
    found = TABLE.find(product, word)
    assert (found.name if found else None) == line


@pytest.mark.parametrize(
    ("product", "word", "day", "line"),
    [
        ("debian", "stable", date(2025, 8, 8), "12"),
        ("debian", "stable", date(2025, 8, 9), "13"),
        ("debian", "stable-slim", date(2025, 8, 9), "13"),
        ("debian", "oldstable", DAY, "12"),
        ("debian", "oldoldstable-20260803", DAY, "11"),
        ("debian", "testing", date(2023, 6, 9), "12"),
        ("debian", "testing", DAY, "14"),
        ("debian", "unstable", DAY, "sid"),
        ("ubuntu", "rolling", date(2025, 11, 1), "25.10"),
        ("ubuntu", "lts", date(2025, 11, 1), "24.04"),
        ("ubuntu", "devel", date(2026, 5, 1), "26.10"),
        ("nodejs", "lts", date(2026, 10, 27), "24"),
        ("nodejs", "lts", date(2026, 10, 28), "26"),
        ("nodejs", "current", date(2025, 11, 1), "25"),
        ("python", "lts", DAY, None),
    ],
)
def test_an_alias_means_what_it_means_on_that_day(product: str, word: str, day: date, line: str) -> None:
    found = TABLE.find(product, word, day)
    assert (found.name if found else None) == line


def test_an_alias_means_nothing_without_a_day() -> None:
    assert TABLE.find("debian", "stable") is None


@pytest.mark.parametrize(
    ("product", "line", "ends"),
    [
        # Debian's long-term support is for everybody; Ubuntu's and Red Hat's longer ones are not.
        ("debian", "12", date(2028, 6, 30)),
        ("ubuntu", "20.04", date(2025, 5, 31)),
        ("rhel", "8", date(2029, 5, 31)),
    ],
)
def test_support_lasts_as_long_as_it_is_free_for_everybody(product: str, line: str, ends: date) -> None:
    cycle = TABLE.find(product, line)
    assert cycle is not None
    assert (cycle.is_over(ends), cycle.is_over(date.fromordinal(ends.toordinal() + 1))) == (False, True)


@pytest.mark.parametrize(
    ("product", "tells"),
    [
        ("nodejs", True),
        ("node", True),
        ("ubuntu", True),
        ("dotnet", True),
        ("eclipse-temurin", True),
        ("openjdk", True),
        ("python", False),
        ("rhel", False),
        ("debian", False),
        ("no-such-product", False),
    ],
)
def test_which_products_tell_long_term_lines(product: str, tells: bool) -> None:
    assert TABLE.tells_lts(product) is tells


def test_node_becomes_long_term_in_the_autumn() -> None:
    cycle = TABLE.find("nodejs", "24")
    assert cycle is not None
    assert [cycle.is_lts(date(2025, 10, day)) for day in (27, 28)] == [False, True]


@pytest.mark.parametrize("version", [11, 17, 21, 25])
def test_long_term_lines_of_java_are_told_where_builds_end_early(version: int) -> None:
    cycle = TABLE.find("openjdk-builds-from-oracle", f"{version}.0.1")
    assert cycle is not None
    assert cycle.lts


@pytest.mark.parametrize(
    ("image", "product"),
    [
        ("python", "python"),
        ("library/python", "python"),
        ("docker.io/library/python", "python"),
        ("index.docker.io/library/python", "python"),
        ("public.ecr.aws/docker/library/python", "python"),
        ("registry.acme.example:5000/hub/library/python", "python"),
        ("amd64/python", "python"),
        ("docker.io/arm64v8/node", "nodejs"),
        ("node", "nodejs"),
        ("golang", "go"),
        ("bitnami/postgresql", "postgresql"),
        ("bitnamilegacy/node", "nodejs"),
        ("mcr.microsoft.com/dotnet/aspnet", "dotnet"),
        ("registry.access.redhat.com/ubi9", "rhel"),
        ("registry.access.redhat.com/ubi9/ubi-minimal", "rhel"),
        ("registry.access.redhat.com/ubi9/nodejs-22", None),
        ("gcr.io/distroless/static-debian12", "debian"),
        ("quay.io/centos/centos", "centos-stream"),
        ("docker.io/grafana/grafana", "grafana"),
        ("ghcr.io/acme/python", None),
        ("acme/python", None),
        ("busybox", None),
        ("", None),
        ("/", None),
        ("library/" * 1000 + "python", None),
    ],
)
def test_which_product_an_image_ships(image: str, product: str | None) -> None:
    assert product_of(image) == product
    assert TABLE.product_of(image) == product
