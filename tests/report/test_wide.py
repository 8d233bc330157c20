"""What is shown of dependencies, secrets, faults of the file and support dates."""

import json
from dataclasses import replace

import pytest

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating
from bot.finding import Kind, Origin
from bot.image.supported import Support
from bot.inspection import (
    Brought,
    Inspection,
    Location,
    PredictedPackage,
    TargetPair,
    Unresolved,
    Upgrade,
)
from bot.inventory import ImageSecret, SecretPlace
from bot.package.language import language_package
from bot.policy.gate import Policy
from bot.report.annotation import annotations
from bot.report.check_run import render_check
from bot.report.comment import render_comment
from bot.report.json_report import render_json
from bot.report.terminal import render_terminal
from bot.report.view import view_of
from bot.review import Review, judge
from bot.severity import Severity
from tests.golden import assert_golden
from tests.judge.test_kinds import TODAY
from tests.report.reviews import SNAPSHOT, base, finding, image, package, state

LODASH = language_package("npm", "lodash", "4.17.20")
JEST = language_package("npm", "@jest/core", "27.0.0")
LOCK = "app/package-lock.json"


def dependencies() -> Brought:
    lines = (Location(LOCK, 7, 11), Location(LOCK, 30, 36))
    fixed = Rating(Severity.HIGH, "cvss", 7.2)
    return Brought(
        Origin.DEPENDENCY,
        LOCK,
        "npm",
        Location("Dockerfile", 3, 3),
        "0",
        shipped=True,
        packages=(
            PredictedPackage(LODASH, lines[0], direct=True),
            PredictedPackage(JEST, lines[1], development=True),
        ),
        matches=(
            Match(LODASH, ("CVE-2021-23337",), ("GHSA-35jh",), FixState.FIXED, "4.17.21", fixed, epss=0.042),
            Match(JEST, ("CVE-2022-0001",), ("GHSA-1",), FixState.FIXED, "28.0.0", fixed, kev=False),
        ),
        upgrades=(Upgrade(LODASH, "4.17.21", "npm install lodash@4.17.21", lines[0], updater="Dependabot"),),
    )


def commands() -> Brought:
    where = Location("Dockerfile", 4, 4)
    return Brought(
        Origin.INSTRUCTION,
        "apt-get",
        "apt-get",
        where,
        "0",
        shipped=True,
        unresolved=(Unresolved("curl", "", "its version is whatever is newest when it is built", where),),
    )


def wide() -> Review:
    """A dependency with a flaw, a secret in the new base image, a fault of the file, an end of life."""
    secret = ImageSecret(
        "aws-access-key", "AWS key", Severity.CRITICAL, SecretPlace.FILE, "root/.env", 2, "AKIA…", "f" * 16, 0
    )
    seen = image(2, [package()])
    seen = replace(
        seen,
        inventory=replace(seen.inventory, secrets=(secret,)),
        support=(Support("alpine-linux", "3.15", "2023-11-01"), Support("nodejs", "24", "2028-04-30")),
    )
    fault = replace(
        finding("stage 0", severity=Severity.MEDIUM, fix_state=FixState.NOT_FIXED, fixed_version=""),
        kind=Kind.MISCONFIGURATION,
        ids=("root-user", "DL3002"),
        package_type="",
        origin=Origin.INSTRUCTION,
        image="",
        url="https://example.com/rules#root-user",
        title="The image runs as root",
        explanation="Whoever breaks out of the program is root in the container.",
        remedy="Add `USER app`, or `a|b`.",
        location=Location("Dockerfile", 5, 5),
    )
    before = state(base("shop-base:1", image(1, [package()])))
    after = replace(state(base("shop-base:2", seen)), brought=(dependencies(), commands()), findings=(fault,))
    inspection = Inspection(
        "acme/shop", "1" * 40, "2" * 40, (TargetPair(before, after),), SNAPSHOT, updaters=("Dependabot",)
    )
    return judge(inspection, Policy(), today=TODAY)


def test_the_comment() -> None:
    assert_golden("review_wide.md", render_comment(wide()).body)


def test_the_check() -> None:
    check = render_check(wide())
    assert_golden("check_wide.md", f"{check.title}\n\n{check.summary}\n---\n{check.text}")


def test_the_terminal() -> None:
    assert_golden("terminal_wide.txt", render_terminal(wide(), width=160))


def test_the_days_that_are_left() -> None:
    (target,) = json.loads(render_json(wide()))["targets"]
    (images,) = target["images"]
    days = {line["product"]: line["days_left"] for line in images["after"]["support"]}
    assert days == {"alpine-linux": -1116, "nodejs": 526}


@pytest.mark.parametrize(
    ("path", "line", "level"),
    [
        ("Dockerfile", 1, "failure"),
        (LOCK, 7, "failure"),
        ("Dockerfile", 5, "notice"),
        ("Dockerfile", 4, "notice"),
    ],
)
def test_each_stands_on_its_line(path: str, line: int, level: str) -> None:
    found = annotations(view_of(wide()))
    assert (path, line, level) in [(each.path, each.start_line, each.level) for each in found]
