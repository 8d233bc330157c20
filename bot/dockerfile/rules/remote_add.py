"""ADD of an address without `--checksum`: whatever the server sends that day lands in the image.

Follows https://docs.docker.com/reference/dockerfile/#add---checksum.
"""

import re
from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts, Step
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.dockerfile.rules.reading import source
from bot.severity import Severity

_REMOTE = re.compile(r"(https?|ftp)://", re.IGNORECASE)
#: What BuildKit takes for a git repository.
_GIT = re.compile(r"git://|ssh://|git@|[^#]*\.git(#|\?|$)", re.IGNORECASE)


def added(step: Step) -> list[str]:
    """The sources of an ADD, as far as known, else as written."""
    return [value or word for value, word in zip(step.words, step.instruction.args, strict=True)][:-1]


def is_git(address: str) -> bool:
    """Whether an address is cloned instead of fetched."""
    return _GIT.match(address) is not None


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ADD"):
        if step.instruction.flag("checksum"):
            continue
        for address in added(step):
            if _REMOTE.match(address) and not is_git(address):
                yield Hit(
                    step, source([address]), f"ADD takes {short(address)} and compares it with nothing."
                )


RULE = Rule(
    id="remote-add",
    severity=Severity.MEDIUM,
    title="ADD of an address without a checksum",
    explanation="ADD takes whatever the server sends. Who controls the server, or the way to it, decides what the"
    " image contains, and nobody notices.",
    remedy="Write `ADD --checksum=sha256:… ADDRESS DESTINATION`.",
    check=_check,
)
