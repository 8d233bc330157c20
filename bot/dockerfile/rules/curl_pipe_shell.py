"""A script from the network is run as it comes: `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl …)"`."""

from collections.abc import Iterator, Sequence

from bot.dockerfile.calls import Call, program_of
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import (
    downloads_within,
    fed_by_download,
    is_download,
    plain_http,
    program,
    runs_file,
    runs_input,
    source,
)
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call in step.every_call():
            if download := _run_by(call):
                http = plain_http(download)
                yield Hit(
                    step,
                    f"script from {source(download)}",
                    f"What {source(download)} sends is run as it comes"
                    + (", over a connection that is not encrypted." if http else "."),
                    lines=(call.line, call.line),
                    severity=Severity.HIGH if http else None,
                )


def _run_by(call: Call) -> Sequence[str]:
    """The download that a call runs; empty when it runs none."""
    words = call.words
    if call.into and is_download(words) and runs_file(program_of(call.into)):
        return words
    if not words:
        return ()
    if words[0].startswith(("$(", "`")):
        return downloads_within(words[0])
    if program(words) == "eval" or (runs_file(words) and {"-c", "-e"} & set(words)):
        return next((found for word in words[1:] if (found := downloads_within(word))), ())
    return fed_by_download(call) if runs_input(words) else ()


RULE = Rule(
    id="curl-pipe-shell",
    severity=Severity.MEDIUM,
    title="A script from the network is run unseen",
    explanation="Whoever controls that server, or the way to it, runs commands in your build, today or at any later"
    " build; a broken connection runs half a script.",
    remedy="Fetch a fixed version to a file, compare it with a checksum that the Dockerfile holds, and then run it.",
    check=_check,
)
