"""A user may become root without a password."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call in step.calls:
            if any("NOPASSWD" in word for word in call.words[1:]):
                summary = "A rule for sudo with NOPASSWD is written."
                yield Hit(step, "NOPASSWD", summary, lines=(call.line, call.line))


RULE = Rule(
    id="passwordless-sudo",
    severity=Severity.MEDIUM,
    title="A user may become root without a password",
    explanation="A USER that may become root at any time is root for whoever breaks in.",
    remedy="Take the rule out; do what needs root in the build, before USER.",
    check=_check,
)
