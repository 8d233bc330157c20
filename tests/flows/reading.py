"""What flow tests about verdicts share: images with and without one flaw, and what a person reads."""

import re
from html import unescape

from tests.fakes.github.pull_verbs import FakePull
from tests.harness import Advisories

FLAW = "CVE-2024-0001"
FLAWED = {"libssl3": ("3.3.0-r0", "openssl")}
SOUND = {"libssl3": ("3.3.1-r0", "openssl")}
_RULE = re.compile(r"^#### \d+\. `([a-z-]+)`", re.MULTILINE)
_COUNTS = re.compile(r"^\| `(.+?)` \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| \S+ \|$", re.MULTILINE)


def know_flaw(advisories: Advisories, severity: str = "high") -> None:
    """Import the flaw of `FLAWED`, which `SOUND` has mended."""
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", severity=severity)


def text_of(pull: FakePull) -> str:
    """Everything the check says, as GitHub shows it: title, summary and text."""
    check = pull.check
    return unescape("\n".join((check.title, check.summary, check.text or "")))


def rules_of(pull: FakePull) -> list[str]:
    """The rules the check gives as reasons, worst first."""
    return _RULE.findall(pull.check.summary)


def counts_of(pull: FakePull, path: str = "Dockerfile") -> dict[str, str]:
    """The row of the check's table about one Dockerfile."""
    rows = {found[0]: found[1:] for found in _COUNTS.findall(pull.check.summary)}
    return dict(zip(("introduced", "fixed", "unchanged", "cleared"), rows[path], strict=True))
