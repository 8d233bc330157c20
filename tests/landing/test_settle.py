"""Which source package a system package is taken to be built from: advisories speak of that."""

import pytest

from bot.report.brought import gaps_of
from tests.landing.shop import Shelf, image, inspected, installed, side

STATUS = "var/lib/dpkg/status"
OPENSSL = installed("deb", "libssl3", "3.0.11-1~deb12u2", STATUS, source="openssl")
BASE = image(OPENSSL, installed("deb", "zlib1g", "1:1.2.13-1", STATUS, source="zlib"))


class Speaking(Shelf):
    """One whose advisories speak of some names alone."""

    async def spoken_of(self, packages):
        return frozenset(each for each in packages if each.source_name in ("openssl", "zlib", "curl"))


async def sources(word: str, shelf: type[Shelf] = Speaking) -> tuple[list[str], list[str]]:
    dockerfile = f"FROM base\nRUN apt-get install -y {word}\n"
    found = side(await inspected({}, {"Dockerfile": dockerfile}, shelf({"base": BASE})))
    named = [each.package for brought in found.brought for each in brought.packages]
    gaps = [f"{gap.what}: {gap.why}" for gap in gaps_of(found)]
    return [f"{each.source_name} {each.source_version}" for each in named], gaps


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("libssl3=3.0.9-1", "openssl 3.0.9-1"),  # the image has it in another version
        ("curl=7.88.1-10", "curl 7.88.1-10"),  # advisories speak of this name
    ],
)
async def test_a_source_that_is_known(word: str, expected: str) -> None:
    assert await sources(word) == ([expected], [])


# Neither its own name nor a like one of the same version tells a source: whoever writes the line chooses both.
@pytest.mark.parametrize(
    "word", ["libcurl4=7.88.1-10", "libssl-dev=3.0.11-1~deb12u2", "foo=3.0.11-1~deb12u2"]
)
async def test_a_source_that_nobody_knows_is_listed(word: str) -> None:
    name, _, version = word.partition("=")
    why = "its source package is not known, and no advisory of Debian 12 goes by this name"
    assert await sources(word) == ([], [f"apt-get install of {name} ={version}: {why}"])
