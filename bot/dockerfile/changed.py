"""Which lines of a Dockerfile a change touched, by instruction: one that only moved is not changed.

What a change introduces follows from comparing findings, as taking away a USER touches no line that is left. This
narrows further, for who wants to hear of touched lines only.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.model import Instruction
from bot.dockerfile.parser import decode, parse
from bot.finding import Finding

ABSENCE = frozenset({"no-user", "root-user", "no-healthcheck", "single-stage", "build-tools"})
"""Rules that speak of what is missing: another line's removal brings them."""


def changed_lines(before: str | bytes | None, after: str | bytes) -> frozenset[int]:
    """List the lines of the new text that the old one did not have; all where either cannot be read.

    An instruction that only lost lines is changed as a whole.
    """
    if before is None:
        return _all(after)
    try:
        old, new = parse(before), parse(after)
    except DockerfileError:
        return _all(after)
    left = Counter(_key(each) for each in old.instructions)
    fresh = []
    for instruction in new.instructions:
        key = _key(instruction)
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(instruction)
    gone = Counter(line for each in old.instructions if left[_key(each)] > 0 for line in _lines(each))
    return frozenset(number for each in fresh for number in _touched(each, gone))


def on_changed_lines(findings: Iterable[Finding], changed: Container[int]) -> list[Finding]:
    """Keep the findings on touched lines, and those that speak of what is missing."""
    return [each for each in findings if each.id in ABSENCE or _is_touched(each, changed)]


def _is_touched(finding: Finding, changed: Container[int]) -> bool:
    return any(line in changed for line in range(finding.location.start_line, finding.location.end_line + 1))


def _all(text: str | bytes) -> frozenset[int]:
    try:
        return frozenset(range(1, decode(text).count("\n") + 2))
    except DockerfileError:
        return frozenset()


def _key(instruction: Instruction) -> tuple[str, ...]:
    return tuple(_lines(instruction))


def _lines(instruction: Instruction) -> Sequence[str]:
    return [line.strip() for line in instruction.text.split("\n")]


def _touched(instruction: Instruction, gone: Counter[str]) -> Iterator[int]:
    """The lines of a changed instruction that are not among those that went, each of which counts once."""
    numbers = list[int]()
    lines = _lines(instruction)
    for number, line in enumerate(lines, instruction.start_line):
        if gone[line] > 0:
            gone[line] -= 1
        else:
            numbers.append(number)
    yield from numbers or range(instruction.start_line, instruction.end_line + 1)
