"""A tag can be moved; only a digest says which bytes are built on."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step, use in facts.images():
        if use.reference and not use.reference.digest:
            yield Hit(step, use.reference.name, f"{use.reference.name} is named without a digest.")


RULE = Rule(
    id="no-digest",
    severity=Severity.NEGLIGIBLE,
    title="The image is named without a digest",
    explanation="Whoever may push to the repository may move a tag. A digest names the very bytes, so a build takes"
    " what was reviewed or fails.",
    remedy="Write the digest behind the tag, `python:3.13-slim@sha256:…`; the command `/pin` does it for all files.",
    check=_check,
)
