"""A download is kept without comparing it with a checksum or a signature."""

from collections.abc import Iterator

from bot.dockerfile.calls import Call
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import (
    curl_options,
    fed_by_download,
    program,
    source,
    verifies,
)
from bot.severity import Severity

_UNPACKERS = frozenset("tar bsdtar unzip gunzip xz zstd bunzip2 cpio dpkg rpm".split())
_OUTPUTS = frozenset(
    {"--output", "--remote-name", "--remote-name-all", "--output-document", "--remote-header-name"}
)


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        if verifies(step.calls):
            continue
        for call in step.calls:
            if words := _kept(call):
                where = source(words)
                summary = f"What {where} sends is kept without a checksum or a signature being compared."
                yield Hit(step, f"download from {where}", summary, lines=(call.line, call.line))


def _kept(call: Call) -> list[str]:
    """The download that a call keeps, as a file or unpacked; empty when it keeps none."""
    name = program(call.words)
    if name in _UNPACKERS:
        return list(fed_by_download(call))
    if not any("://" in word or word.startswith("$") for word in call.words[1:]):
        return []
    if name == "curl":
        kept = {"o", "O"} & curl_options(call.words) or any(_is_output(word) for word in call.words)
        return call.words if kept else []
    if name == "wget":
        # Without a word about it, wget writes a file; `-` is what the next command reads.
        shown = "-" in call.words or any(word.endswith(("O-", "document=-")) for word in call.words)
        spider = "--spider" in call.words
        return [] if shown or spider else call.words
    return []


def _is_output(word: str) -> bool:
    return word.partition("=")[0] in _OUTPUTS


RULE = Rule(
    id="unverified-download",
    severity=Severity.LOW,
    title="A download is not compared with anything",
    explanation="A file that was exchanged on the server, or a release that was published anew, lands in the image"
    " unnoticed.",
    remedy="Write the checksum into the Dockerfile and compare in the same instruction:"
    ' `echo "<sha256>  FILE" | sha256sum -c -`, or use `ADD --checksum=sha256:…`.',
    check=_check,
)
