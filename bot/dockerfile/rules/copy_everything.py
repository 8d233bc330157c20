"""The whole build context is copied, and nothing keeps credentials and history out of it."""

import posixpath
from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts, Step
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity


def context_sources(step: Step) -> list[str]:
    """What a COPY or ADD takes from the build context; nothing when it takes from a stage or an address."""
    instruction = step.instruction
    if instruction.flag("from") or instruction.heredocs:
        return []
    pairs = zip(step.words, instruction.args, strict=True)
    return [source for value, word in list(pairs)[:-1] if "://" not in (source := value or word)]


def _check(facts: Facts) -> Iterator[Hit]:
    if facts.has_dockerignore:
        return
    for step in facts.of("COPY", "ADD"):
        excluded = step.instruction.flag("exclude")
        if excluded is None and any(map(_is_everything, context_sources(step))):
            known = facts.has_dockerignore is False
            summary = f"{step.cmd} takes the whole build context" + (
                ", and there is no .dockerignore."
                if known
                else "; whether a .dockerignore limits it was not looked at."
            )
            yield Hit(step, "whole context", summary, severity=None if known else Severity.LOW)


def _is_everything(source: str) -> bool:
    return posixpath.normpath("/" + source.strip("'\"").lstrip("/")) in ("/", "/*", "//")


RULE = Rule(
    id="copy-everything",
    severity=Severity.MEDIUM,
    title="The whole build context is copied",
    explanation="Everything that lies in the folder lands in the image: `.git` with its history, `.env`, keys, and"
    " whatever somebody adds later.",
    remedy="Write a `.dockerignore` that lets in only what is needed (`*`, then `!src`), or copy by name.",
    check=_check,
)
