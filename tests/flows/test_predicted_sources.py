"""System packages that an instruction installs in a version: their advisories go by source package."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import counts_of, rules_of, text_of
from tests.flows.scenes import review
from tests.harness import Advisories, Registry, RunningBot

OLD = {"libcurl4": ("7.88.1-11", "curl")}
INSTALL = "FROM {}\nRUN apt-get update && apt-get install -y --no-install-recommends {}\nUSER 1000\n"
UNKNOWN = (
    "libcurl4 =7.88.1-10: its source package is not known, and no advisory of Debian 12 goes by this name"
)


@pytest.fixture(autouse=True)
def _flaws(advisories: Advisories) -> None:
    advisories.add("CVE-2024-0001", package="curl", fixed="7.88.1-11", ecosystem="Debian:12")


def debian(registry: Registry, name: str, packages: dict[str, tuple[str, str]]) -> str:
    return registry.push_image(
        name, os="debian:12", packages={"base-files": ("12.4", "base-files")} | packages
    )


@pytest.mark.parametrize(
    ("word", "rules", "said"),
    [
        ("libcurl4=7.88.1-10", [], UNKNOWN),
        ("curl=7.88.1-10", ["introduced-vulnerability"], "CVE-2024-0001"),
        ("curl=7.88.1-11", [], "1 package"),
    ],
)
def test_a_package_of_an_unknown_source_is_no_clean_one(
    bot: RunningBot, github: FakeGitHub, registry: Registry, word: str, rules: list[str], said: str
) -> None:
    image = debian(registry, "shop:1", {})
    pull = review(bot, github, f"FROM {image}\nUSER 1000\n", INSTALL.format(image, word))
    assert rules_of(pull) == rules
    assert said in text_of(pull)


def test_the_base_image_tells_the_source(bot: RunningBot, github: FakeGitHub, registry: Registry) -> None:
    image = debian(registry, "shop:1", {"libcurl4": ("7.88.1-11", "curl")})
    other = debian(registry, "shop:2", {})
    pull = review(bot, github, f"FROM {other}\nUSER 1000\n", INSTALL.format(image, "libcurl4=7.88.1-10"))
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert "source package is not known" not in text_of(pull)


def test_a_source_that_is_not_known_any_more_mends_nothing(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    told, silent = debian(registry, "shop:1", OLD), debian(registry, "shop:2", {})
    build = "FROM {}\nRUN apt-get install -y libcurl4=7.88.1-10\nUSER 1000\n"
    pull = review(bot, github, build.format(told), build.format(silent))
    assert UNKNOWN in text_of(pull)
    assert counts_of(pull)["fixed"] == "0"
