"""What a scanner of somebody else is to us: a program, how it is called, and how its answer is read."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.inventory import InstalledPackage, Release, Skipped
from bot.scanners.port import Database
from bot.severity import Severity


class ToolError(Exception):
    """What the program wrote cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One vulnerability as a program reports it, by the package URL it gives."""

    purl: str
    ids: tuple[str, ...]
    """The names of this flaw alone, CVE first."""
    records: tuple[str, ...]
    """The advisories that say so; one may bundle several flaws."""
    severity: Severity
    severity_source: str
    score: float | None
    fix_state: FixState
    fixed_version: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program found. Without `database` it only lists packages, and our advisories speak of them."""

    packages: tuple[InstalledPackage, ...]
    release: Release | None = None
    skipped: tuple[Skipped, ...] = ()
    reported: tuple[Reported, ...] = ()
    database: Database | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """One program, as it can be used now."""

    command: Callable[[str, Path], Sequence[str]]
    """The command that scans, from the program's path and the folder of the image's layout."""
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


MOST = 50_000
_LONGEST = 1000


def child(value: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at a key, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, nothing where there is none; raises ToolError for what is no list, or too long a one."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST:
        raise ToolError("its answer has something else in the place of a list, or too long a one")
    return [each for each in value if isinstance(each, dict)]


def text(value: object) -> str:
    """A string, cut to what anybody would read; empty for anything else."""
    return value[:_LONGEST] if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list."""
    return tuple(each for each in map(text, value) if each) if isinstance(value, list) else ()


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1000 and math.isfinite(value) else None


def moment(written: object, whose: str) -> datetime:
    """When a database was built; raises ToolError, as one of no age cannot be trusted."""
    try:
        found = datetime.fromisoformat(text(written))
    except ValueError:
        raise ToolError(f"it is not told when the database of {whose} was built") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
