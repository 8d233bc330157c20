"""What flow tests about verdicts share: images with and without one flaw, and what a person reads."""

import re
from html import unescape

from tests.fakes.github.pull_verbs import FakePull
from tests.harness import Advisories

FLAW = "CVE-2024-0001"
FLAWED = {"libssl3": ("3.3.0-r0", "openssl")}
SOUND = {"libssl3": ("3.3.1-r0", "openssl")}
ZERO_WIDTH = "\u200b"
"""Keeps GitHub from linking what looks like a commit; nobody sees it."""
_RULE = re.compile(r"^#### \d+\. `([a-z-]+)`", re.MULTILINE)
_COUNTS = re.compile(r"^\| `(.+?)`((?: \| [^|]+){4}) \| \S+ \|$", re.MULTILINE)


def know_flaw(advisories: Advisories, severity: str = "high") -> None:
    """Import the flaw of `FLAWED`, which `SOUND` has mended."""
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", severity=severity)


def text_of(pull: FakePull) -> str:
    """Everything the check says, as GitHub shows it: title, summary and text."""
    check = pull.check
    whole = "\n".join((check.title, check.summary, check.text or ""))
    return unescape(whole).replace(ZERO_WIDTH, "")


def rules_of(pull: FakePull) -> list[str]:
    """The rules the check gives as reasons, worst first."""
    return _RULE.findall(pull.check.summary)


def counts_of(pull: FakePull, path: str = "Dockerfile") -> dict[str, str]:
    """The row of the check's table about one Dockerfile."""
    numbers = dict(_COUNTS.findall(pull.check.summary))[path].split(" | ")[1:]
    return dict(zip(("introduced", "fixed", "unchanged", "cleared"), numbers, strict=True))
