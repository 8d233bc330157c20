import json
from dataclasses import replace
from datetime import date

import pytest

from bot.diff import Effect
from bot.finding import Origin
from bot.image.supported import Support
from bot.inspection import Location
from bot.inventory import ImageSecret, SecretPlace, SkipKind, Skipped
from bot.report.json_report import render_json
from bot.report.scan import render_scan_json
from bot.report.scan_table import render_scan_table
from bot.report.terminal import render_terminal
from bot.severity import Severity
from tests.golden import assert_golden
from tests.report import reviews
from tests.report.reviews import SNAPSHOT, image, introduced, one_target, package

TODAY = date(2026, 11, 21)
ESCAPE = "\x1b["
REFERENCE = "docker.io/library/shop-base:2"


def test_documents():
    assert_golden("terminal_blocked.txt", render_terminal(reviews.blocked()))
    assert_golden("review_blocked.json", render_json(reviews.blocked()))
    assert_golden("scan_table.txt", render_scan_table(REFERENCE, reviews.scanned(), SNAPSHOT, today=TODAY))
    assert_golden("scan.json", render_scan_json(REFERENCE, reviews.scanned(), SNAPSHOT))


@pytest.mark.parametrize("colour", [True, False])
def test_colour_only_when_asked(colour, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert (ESCAPE in render_terminal(reviews.blocked(), colour=colour)) is colour
    table = render_scan_table(REFERENCE, reviews.scanned(), SNAPSHOT, today=TODAY, colour=colour)
    assert (ESCAPE in table) is colour


def test_width_is_kept():
    text = render_terminal(reviews.blocked(), width=60)
    assert max(len(line) for line in text.splitlines()) <= 60


def test_names_are_not_markup():
    review = one_target(introduced("[bold]x[/bold] :smile:"))
    assert "[bold]x[/bold] :smile:" in render_terminal(review, width=300)


def test_json_lists_every_effect():
    document = json.loads(render_json(reviews.blocked()))
    effects = {finding["effect"] for target in document["targets"] for finding in target["findings"]}
    assert effects == {effect.value for effect in Effect}


@pytest.mark.parametrize(
    ("seen", "snapshot", "words", "conclusive"),
    [
        (image(1, [package()]), SNAPSHOT, "No known vulnerabilities", True),
        (image(1, [package()]), None, "nothing can be said", False),
        (
            image(1, [package()], skipped=[Skipped("release", "no advisories", SkipKind.UNCOVERED)]),
            SNAPSHOT,
            "Nothing can be concluded",
            False,
        ),
        (
            image(1, [package()], [reviews.match()], [Skipped("layer", "damaged")]),
            SNAPSHOT,
            "more may be missing",
            False,
        ),
    ],
)
def test_a_scan_never_reads_as_clean_when_it_could_not_look(seen, snapshot, words, conclusive):
    assert words in render_scan_table(REFERENCE, seen, snapshot, today=TODAY)
    assert json.loads(render_scan_json(REFERENCE, seen, snapshot))["conclusive"] is conclusive


def test_a_scan_shows_secrets_and_support():
    seen = image(1, [package()])
    secret = ImageSecret(
        "npm-token", "npm token", Severity.HIGH, SecretPlace.FILE, "app/.npmrc", 3, "npm_…", "0" * 16, 0
    )
    deleted = replace(secret, deleted=True)
    seen = replace(
        seen,
        inventory=replace(seen.inventory, secrets=(deleted,)),
        support=(Support("alpine-linux", "3.20", "2026-12-01"),),
    )
    text = render_scan_table(REFERENCE, seen, SNAPSHOT, today=TODAY, width=140)
    assert "Alpine 3.20, supported until 2026-12-01, 10 days left" in text
    assert "app/.npmrc:3 (deleted by a later layer)" in text
    (found,) = json.loads(render_scan_json(REFERENCE, seen, SNAPSHOT))["secrets"]
    assert (found["rule"], found["layer"], found["deleted"]) == ("npm-token", 0, True)


def test_findings_of_several_files_say_where_they_are():
    found = [
        introduced("lodash", origin=Origin.DEPENDENCY, image=path, location=Location(path, line, line))
        for path, line in (("a/package-lock.json", 7), ("b/yarn.lock", 9))
    ]
    text = render_terminal(one_target(*found), width=160)
    assert "Why                       Where" in text
    assert "blocks   a/package-lock.json:7\n" in text
    assert "blocks   b/yarn.lock:9\n" in text
    assert "Where" not in render_terminal(one_target(found[0]), width=160)
