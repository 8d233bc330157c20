"""Nobody says how to see whether the container still works."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    checks = [step for step in facts.of("HEALTHCHECK") if step.final]
    if not checks or checks[-1].instruction.args[:1] == ("NONE",):
        yield Hit(facts.first(facts.final), "health check", "No HEALTHCHECK is set.")


RULE = Rule(
    id="no-healthcheck",
    severity=Severity.NEGLIGIBLE,
    title="No health check",
    explanation="An engine without a check takes a process that hangs for one that works. Kubernetes has checks of its"
    " own and does not read this one.",
    remedy="Write `HEALTHCHECK CMD …` with a command that fails when the service does.",
    aliases=("DL3057", "DS-0026"),
    check=_check,
)
