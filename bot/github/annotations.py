"""What goes into a check run, within GitHub's limits.

See https://docs.github.com/en/rest/checks/runs#update-a-check-run
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.github.text import cut, cut_line
from bot.report.fit import LONGEST_TEXT

PER_REQUEST = 50
_LONGEST_TITLE = 255
_LONGEST_PATH = 4096
_MOST_ACTIONS = 3


class Level(StrEnum):
    """How an annotation is shown."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note on lines of a file."""

    path: str
    start_line: int
    end_line: int
    level: Level
    message: str
    title: str = ""
    raw_details: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button: label and identifier of at most 20 characters, description of at most 40."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What the check's page shows: `title` in the list, `summary` and `text` (Markdown) below."""

    title: str
    summary: str
    text: str = ""


def annotation_json(annotation: Annotation) -> dict[str, Any]:
    """Write one annotation, mending what GitHub would refuse the whole request for."""
    start = max(annotation.start_line, 1)
    body: dict[str, Any] = {
        "path": cut_line(annotation.path, _LONGEST_PATH),
        "start_line": start,
        "end_line": max(annotation.end_line, start),
        "annotation_level": annotation.level.value,
        "message": cut_line(annotation.message or annotation.title or "…", LONGEST_TEXT),
    }
    if annotation.title:
        body["title"] = cut_line(annotation.title, _LONGEST_TITLE)
    if annotation.raw_details:
        body["raw_details"] = cut_line(annotation.raw_details, LONGEST_TEXT)
    return body


def output_json(output: CheckOutput) -> dict[str, Any]:
    """Write the output; GitHub refuses a missing summary."""
    body = {"title": cut_line(output.title or "Plimsoll", _LONGEST_TITLE), "summary": cut(output.summary)}
    return body | {"text": cut(output.text)} if output.text else body


def actions_json(actions: tuple[Action, ...]) -> list[dict[str, str]]:
    """Write the buttons; GitHub takes three."""
    return [
        {
            "label": action.label[:20],
            "description": action.description[:40],
            "identifier": action.identifier[:20],
        }
        for action in actions[:_MOST_ACTIONS]
    ]
