"""sudo in a build: root already is who runs it, or USER can say so."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        lines = {
            call.line for call in step.every_call() if "sudo" in call.dropped or call.words[:1] == ["sudo"]
        }
        if lines:
            first = min(lines)
            yield Hit(step, "sudo", "A RUN calls sudo.", lines=(first, first))


RULE = Rule(
    id="sudo",
    severity=Severity.LOW,
    title="sudo in a build",
    explanation="sudo has no terminal and no one to ask here, and an image that needs it installed gives it to whoever"
    " breaks in.",
    remedy="Write `USER root` before what needs root, and the other user behind it.",
    aliases=("DL3004", "DS-0010"),
    check=_check,
)
