"""Without a tag an image is taken with `latest`, and nobody sees it."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step, use in facts.images():
        if use.reference and not use.reference.tag and not use.reference.digest:
            yield Hit(
                step,
                use.reference.name,
                f"{use.reference.name} is taken without a tag, which means `latest`.",
            )


RULE = Rule(
    id="missing-tag",
    severity=Severity.LOW,
    title="The image is taken without a tag",
    explanation="Without a tag `latest` is taken, which moves to whatever is newest, so two builds of the same commit"
    " may differ and nobody reviews the change.",
    remedy="Name the version: `python:3.13-slim`, and best its digest too.",
    aliases=("DL3006", "DS-0001"),
    check=_check,
)
