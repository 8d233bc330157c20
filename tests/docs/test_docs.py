"""What the documents say about the code is true: commands, settings, rules, fields, links."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.commands import USAGE
from bot.image.tags import Candidates
from bot.inspection import SeenImage
from bot.inventory import Inventory
from bot.policy.verdict import Rule
from bot.report.bump_table import render_choice_json
from bot.report.scan import render_scan_json
from bot.settings import table

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
ROW = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)
SPOKEN = re.compile(r"^\| `(/[^`]+)` \|", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_lists_the_commands_as_help_does() -> None:
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    commands = shown.partition("Commands:\n")[2]
    assert commands
    assert f"```\nplimsoll --help\n\n{commands}```" in read("README.md")


def test_readme_lists_what_can_be_asked_for_in_a_comment() -> None:
    assert set(SPOKEN.findall(read("README.md"))) == set(USAGE.values())


def test_settings_are_the_generated_table() -> None:
    assert read("docs/settings.md").endswith(f"\n\n{table()}"), "run `make docs`"


def test_every_rule_is_explained_once() -> None:
    section = read("docs/verdicts.md").partition("\n## Rules\n")[2].partition("\n## ")[0]
    assert sorted(ROW.findall(section)) == sorted(rule.value for rule in Rule)


def test_every_field_of_a_review_is_described() -> None:
    schema = json.loads(read("bot/report/review.schema.json"))
    section = read("docs/json.md").partition("## `plimsoll.review/1`")[2].partition("\n## ")[0]
    assert described(section) >= set(schema["properties"])


def test_every_field_of_a_scan_is_described() -> None:
    seen = SeenImage("sha256:1", "sha256:2", "linux/amd64", Inventory(), (), ())
    section = read("docs/json.md").partition("## `plimsoll.scan/1`")[2].partition("\n## ")[0]
    assert described(section) >= set(json.loads(render_scan_json("a", seen, None)))


def test_every_field_of_advice_is_described() -> None:
    schema = json.loads(read("bot/report/review.schema.json"))
    section = read("docs/json.md").partition("## `plimsoll.bump/1`")[2]
    advice = set(schema["$defs"]["advice"]["properties"]) - {"location"}
    assert described(section) >= advice | set(json.loads(render_choice_json("a", Candidates((), ()))))


def described(section: str) -> set[str]:
    """Names in the first column of the tables."""
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_local_links_lead_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_settings_named_in_documents_exist() -> None:
    known = set(re.findall(r"`(PLIMSOLL_[A-Z_]+)`", table()))
    # These belong to the tests, not to the bot.
    known |= {"PLIMSOLL_UPDATE_GOLDEN", "PLIMSOLL_DATA", "PLIMSOLL_PROPERTIES"}
    for document in DOCUMENTS:
        named = set(re.findall(r"PLIMSOLL_[A-Z_]+", document.read_text(encoding="utf-8")))
        assert named <= known, document.name


def test_actions_are_pinned_by_commit() -> None:
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = workflow.read_text(encoding="utf-8")
        assert re.search(r"^permissions: \{\}$", text, re.MULTILINE), workflow.name
        for used in re.findall(r"uses: (\S+)", text):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used), f"{workflow.name}: {used}"
