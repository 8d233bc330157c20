"""Files are fetched over a connection that anybody on the way can change."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import DOWNLOADERS, plain_http, program, verifies
from bot.dockerfile.rules.remote_add import added
from bot.severity import Severity

_FETCHING = DOWNLOADERS | {"git", "pip", "pip3", "npm", "gem", "svn"}


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ADD"):
        if (host := plain_http(added(step))) and not step.instruction.flag("checksum"):
            yield Hit(step, host, f"ADD takes a file from {host} over plain HTTP.")
    for step in facts.runs():
        if verifies(step.calls):
            continue
        for call in step.every_call():
            name = program(call.words)
            if name in _FETCHING and (host := plain_http(call.words)):
                lines = call.line, call.line
                yield Hit(step, host, f"{name} takes files from {host} over plain HTTP.", lines=lines)


RULE = Rule(
    id="plain-http",
    severity=Severity.MEDIUM,
    title="Files are fetched over plain HTTP",
    explanation="Plain HTTP tells nobody who answers: every network between the build and the server may send"
    " something else.",
    remedy="Use https, or compare what came with a checksum in the same instruction.",
    check=_check,
)
