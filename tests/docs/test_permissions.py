"""What the App asks for is what the code uses, what README explains and what the fake GitHub grants."""

import re
from pathlib import Path

import pytest
import yaml

from bot.github.client import BUMP, NOTICE, REVIEW
from bot.github.payloads import concerns
from tests.fakes.github.state import PERMISSIONS

ROOT = Path(__file__).parents[2]
LEVELS = ("read", "write")
ROW = re.compile(r"^ *\| ([A-Z][a-z ]+): (read|write) \|", re.MULTILINE)
APP = yaml.safe_load((ROOT / "app.yml").read_text(encoding="utf-8"))
ASKED = APP["default_permissions"]


def test_the_fake_grants_what_the_app_asks_for():
    assert ASKED == PERMISSIONS


def test_readme_explains_each_permission():
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {name.lower().replace(" ", "_"): level for name, level in rows} == ASKED


@pytest.mark.parametrize("wanted", [REVIEW, BUMP, NOTICE])
def test_no_job_needs_more_than_the_app_asks_for(wanted):
    assert all(LEVELS.index(ASKED[name]) >= LEVELS.index(level) for name, level in wanted.items())


def test_a_review_cannot_write_files():
    assert REVIEW["contents"] == "read"


def test_nothing_may_touch_workflows():
    assert "workflows" not in ASKED


def test_each_event_that_is_asked_for_may_concern_us():
    actions = ("", "opened", "created", "rerequested", "checks_requested")
    assert all(any(concerns(name, action) for action in actions) for name in APP["default_events"])
