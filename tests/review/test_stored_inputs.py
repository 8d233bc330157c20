"""What an earlier version stored of a review is judged and shown by this one."""

import json
from pathlib import Path

from bot.handlers.memory import replay
from bot.policy.verdict import Status
from bot.report.check_run import render_check
from bot.report.json_report import render_json

INPUTS = Path(__file__).parents[1] / "data" / "stored" / "inputs-of-0003.json"


def test_the_inputs_of_the_first_version_are_judged_again() -> None:
    review = replay(INPUTS.read_text())
    assert review.verdict.status is Status.FAIL
    assert [each.finding.id for target in review.targets for each in target.differences] == ["CVE-2024-0001"]
    assert [each.reference for each in review.advice] == ["registry.example/shop:2"]
    assert render_check(review).title == "1 new critical vulnerability (partially analysed)"
    assert json.loads(render_json(review))["counts"]["introduced"] == 1
