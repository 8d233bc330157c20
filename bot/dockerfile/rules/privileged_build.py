"""A build step asks for more of the host than a build needs."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        if step.instruction.flag("security") == "insecure":
            yield Hit(step, "--security=insecure", "A RUN runs without the sandbox.")
        if step.instruction.flag("network") == "host":
            yield Hit(step, "--network=host", "A RUN uses the network of the host.", severity=Severity.LOW)


RULE = Rule(
    id="privileged-build",
    severity=Severity.MEDIUM,
    title="A build step leaves the sandbox",
    explanation="With `--security=insecure` a step is root on the machine that builds; with `--network=host` it reaches"
    " what listens there for itself only.",
    remedy="Take the flag out; whoever needs it should build that part elsewhere and copy it in.",
    check=_check,
)
