"""Dockerfiles as people write them, and what docs/rules.md says of the rules."""

import re
from pathlib import Path

import pytest

from bot.dockerfile.rules import RULES, lint
from bot.dockerfile.rules.document import HEADING, document
from bot.severity import Severity
from tests.rules.corpus import BAD, GOOD

PAGE = Path(__file__).parents[2] / "docs/rules.md"


@pytest.mark.parametrize("name", BAD)
def test_what_is_dangerous_is_said(name):
    text, expected = BAD[name]
    said = {found.id for found in lint(text, has_dockerignore=False) if found.severity >= Severity.LOW}
    assert said >= expected


@pytest.mark.parametrize("name", GOOD)
def test_of_a_good_one_nothing_that_matters_is_said(name):
    found = [each for each in lint(GOOD[name], has_dockerignore=True) if each.shipped]
    assert [(each.id, each.package) for each in found if each.severity >= Severity.MEDIUM] == []


def test_the_corpus_is_as_large_as_it_says():
    assert (len(BAD), len(GOOD)) == (30, 20)


def test_the_page_is_the_generated_one():
    head, heading, rest = PAGE.read_text(encoding="utf-8").partition(HEADING)
    assert head
    assert heading + rest == document(), "run `make docs`"


def test_every_finding_links_to_a_section():
    page = PAGE.read_text(encoding="utf-8")
    anchors = set(re.findall(r"^### ([a-z-]+)$", page, re.MULTILINE))
    assert {rule.url for rule in RULES} == {f"docs/rules.md#{anchor}" for anchor in anchors}
