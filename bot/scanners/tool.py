"""What a scanner of somebody else is to us: a program, how it is called, and how its answer is read."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.inventory import InstalledPackage, Release, Skipped
from bot.severity import Severity


class ToolError(Exception):
    """What the program wrote cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One vulnerability as a program reports it, by the package URL it gives."""

    purl: str
    ids: tuple[str, ...]
    severity: Severity
    severity_source: str
    score: float | None
    fix_state: FixState
    fixed_version: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program found. Without `reported` it only lists packages, and our advisories speak of them."""

    packages: tuple[InstalledPackage, ...]
    release: Release | None = None
    skipped: tuple[Skipped, ...] = ()
    reported: tuple[Reported, ...] | None = None
    database: str = ""
    """Which advisories it reports by, so that a verdict names them."""
    built: str = ""
    """When those were made: ISO date and time."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One program."""

    name: str
    version: Callable[[str], Sequence[str]]
    """The command that tells its version, from its path."""
    read_version: Callable[[bytes], str]
    command: Callable[[str, Path], Sequence[str]]
    """The command that scans, from its path and the folder of the image's layout."""
    read: Callable[[bytes], Answer]
    """Its answer; raises ToolError."""
    environment: Mapping[str, str] = field(default_factory=dict)


_WORDS = {severity.word: severity for severity in Severity}


def severity_of(word: object) -> Severity:
    """A severity as scanners write it; what none of us knows is unknown."""
    return _WORDS.get(word.lower(), Severity.UNKNOWN) if isinstance(word, str) else Severity.UNKNOWN


def document(output: bytes, name: str) -> dict[str, Any]:
    """Read one JSON object; raises ToolError."""
    try:
        found = json.loads(output)
    except (ValueError, RecursionError) as exc:
        raise ToolError(f"{name} wrote no JSON: {str(exc)[:100]}") from exc
    if not isinstance(found, dict):
        raise ToolError(f"{name} wrote no JSON object")
    return found
