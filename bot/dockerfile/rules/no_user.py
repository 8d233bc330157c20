"""Nobody says who the container runs as, so the base image decides, and most say root."""

import re
from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.root_user import SUBJECT, last_user
from bot.severity import Severity

#: What publishers call images that do not run as root; where the image was read, `effective` decides instead.
_NAMED_SO = re.compile(r"non-?root|unprivileged|rootless", re.IGNORECASE)


def is_named_unprivileged(image: str) -> bool:
    """Whether an image is called one that does not run as root."""
    return _NAMED_SO.search(image) is not None


def _check(facts: Facts) -> Iterator[Hit]:
    if last_user(facts) is not None:
        return
    lowest = facts.resolved.chain(facts.final)[-1]
    image = facts.resolved.bases[lowest.index].image.word
    if image is None or not is_named_unprivileged(image.text):
        yield Hit(
            facts.first(facts.final), SUBJECT, "No USER is set, so the base image's user runs, usually root."
        )


RULE = Rule(
    id="no-user",
    severity=Severity.MEDIUM,
    title="Nobody says who the container runs as",
    explanation="Without USER the container runs as the user of the base image, and most base images run as root."
    " Where the base image could be read, what it says decides.",
    remedy="Create a user and end the last stage with it: `USER 10001`.",
    aliases=("DS-0002",),
    check=_check,
)
