"""Everything is upgraded to whatever is newest that day."""

from collections.abc import Iterator

from bot.dockerfile.managers import Verb
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

_SYSTEM = frozenset("apt apt-get aptitude apk dnf microdnf tdnf yum zypper".split())


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call, command in step.packages:
            if command.verb is Verb.UPGRADE and command.manager in _SYSTEM and not command.packages:
                summary = f"{command.manager} upgrades everything there is."
                lines = call.line, call.line
                yield Hit(step, f"{command.manager} upgrade", summary, lines=lines)


RULE = Rule(
    id="package-upgrade",
    severity=Severity.LOW,
    title="Everything is upgraded during the build",
    explanation="An upgrade mends flaws on the day it runs, and a cached layer keeps that day's state for months. What"
    " is in the image then no longer follows from the Dockerfile.",
    remedy="Move to a newer base image instead, and upgrade single packages by name where it is late.",
    check=_check,
)
