"""A comment that should excuse findings and gives no reason, or names no rule there is."""

from collections.abc import Iterable, Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.pragmas import Pragma
from bot.severity import Severity


def bad_ignores(pragmas: Iterable[Pragma], facts: Facts) -> Iterator[Hit]:
    """What is wrong with the comments, one by one."""
    by_line = {step.instruction.start_line: step for step in facts.steps}
    for pragma in pragmas:
        if pragma.problem:
            step = by_line.get(pragma.first, facts.steps[0])
            names = ", ".join(pragma.ids) or "nothing"
            linter = "plimsoll" if pragma.own else "hadolint"
            summary = f"The comment excuses nothing: {pragma.problem}."
            yield Hit(step, f"{linter} ignore={names}", summary, lines=(pragma.line, pragma.line))


def _check(facts: Facts) -> Iterator[Hit]:
    """The comments are read apart, see `bad_ignores`."""
    return iter(())


RULE = Rule(
    id="ignore-without-reason",
    severity=Severity.LOW,
    title="A comment excuses without a reason",
    explanation="Who reads it later cannot tell whether the excuse still holds, so such a comment excuses nothing.",
    remedy="Write rule and reason before the instruction: `# plimsoll ignore=root-user the agent needs ptrace`.",
    check=_check,
)
