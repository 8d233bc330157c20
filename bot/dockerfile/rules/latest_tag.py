"""The tag `latest` names another image every few weeks."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step, use in facts.images():
        if use.reference and use.reference.tag == "latest" and not use.reference.digest:
            yield Hit(step, use.reference.name, f"{use.reference.name} is taken with the tag `latest`.")


RULE = Rule(
    id="latest-tag",
    severity=Severity.LOW,
    title="The image is taken with the tag latest",
    explanation="The tag moves to whatever is newest, a new major version included, so two builds of the same commit"
    " may differ and nobody reviews the change.",
    remedy="Name the version: `python:3.13-slim`, and best its digest too.",
    aliases=("DL3007", "DS-0001"),
    check=_check,
)
