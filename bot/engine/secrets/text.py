"""Secrets in a Dockerfile, by value: in defaults, commands, labels, heredocs and comments, each with its very line.

Variables that only their name gives away are a rule of the linter, see `bot.dockerfile.rules`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.advisory.model import FixState
from bot.dockerfile.arguments import split_pairs, split_words
from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.model import Dockerfile, Instruction, Stage
from bot.dockerfile.traced import NOWHERE, Traced
from bot.engine.secrets.matching import Match
from bot.engine.secrets.search import Search
from bot.finding import Finding, Kind, Origin
from bot.location import Location

_RUN_REMEDY = "Give it to the command by `RUN --mount=type=secret`, and replace the secret: it is known now."
_REMEDY = (
    "Give it to the container when it runs, or to a command by `RUN --mount=type=secret`, and replace it."
)
_EXPLANATION = (
    "Everybody who can read this repository or pull the image has it, also after a later commit removes it."
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text of the Dockerfile as an instruction takes it."""

    what: str
    """`RUN`, `ENV TOKEN`, in words."""
    where: str
    text: Traced
    command: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    what: str
    where: str
    command: bool
    line: int
    match: Match


def dockerfile_secrets(dockerfile: Dockerfile, path: str, search: Search) -> list[Finding]:
    """Find the secrets that stand in a Dockerfile. The target is for the caller to name."""
    lines = _Lines(dockerfile.text)
    hits: dict[tuple[str, str], list[_Hit]] = {}
    for hit in (*_in_pieces(dockerfile, search, lines, path), *_in_text(dockerfile, search, lines, path)):
        same = hits.setdefault((hit.match.rule.id, search.fingerprint(hit.match.secret)), [])
        if all(other.line != hit.line for other in same):
            same.append(hit)
    found = sorted(
        (hit for same in hits.values() for hit in same), key=lambda hit: (hit.line, hit.match.rule.id)
    )
    return _findings(found, path, search)


def _findings(hits: list[_Hit], path: str, search: Search) -> list[Finding]:
    """Number what is alike, so that one more secret in the same place is one more finding."""
    counts: Counter[tuple[str, str]] = Counter()
    findings = []
    for hit in hits:
        place = f"{hit.what} in {hit.where}" if hit.where else hit.what
        counts[hit.match.rule.id, place] += 1
        number = counts[hit.match.rule.id, place]
        findings.append(_finding(hit, place if number == 1 else f"{place} ({number})", path, search))
    return findings


def _in_pieces(dockerfile: Dockerfile, search: Search, lines: "_Lines", path: str) -> Iterator[_Hit]:
    for piece in _pieces(dockerfile):
        data = piece.text.text.encode("utf-8", "replace")
        for match in search.matches(path, data):
            line = lines.of(_offset(piece.text, data, match))
            yield _Hit(piece.what, piece.where, piece.command, line, match)


def _in_text(dockerfile: Dockerfile, search: Search, lines: "_Lines", path: str) -> Iterator[_Hit]:
    """Find what stands in comments, and in what no instruction takes as it is written."""
    data = dockerfile.text.encode("utf-8", "replace")
    places = [(instruction, where) for instruction, where in _instructions(dockerfile)]
    for match in search.matches(path, data):
        at = len(data[: match.span[0]].decode("utf-8", "replace"))
        owner = next(((each, where) for each, where in places if each.span[0] <= at < each.span[1]), None)
        what, where = (owner[0].cmd, owner[1]) if owner else ("a comment", "")
        yield _Hit(what, where, what == "RUN", lines.of(at), match)


def _pieces(dockerfile: Dockerfile) -> Iterator[_Piece]:
    for instruction, where in _instructions(dockerfile):
        yield from _pieces_of(instruction, where, dockerfile)


def _instructions(dockerfile: Dockerfile) -> Iterator[tuple[Instruction, str]]:
    """Yield each instruction and the name of its stage, which survives a move within the file."""
    first = dockerfile.stages[0].instructions[0].start_line
    for instruction in dockerfile.instructions:
        if instruction.start_line < first:
            yield instruction, "the head of the file"
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            yield instruction, _stage(stage, dockerfile)


def _stage(stage: Stage, dockerfile: Dockerfile) -> str:
    if stage.index == dockerfile.stages[-1].index:
        return "final stage"
    return f"stage {stage.name or stage.index}"


def _pieces_of(instruction: Instruction, where: str, dockerfile: Dockerfile) -> Iterator[_Piece]:
    owner = instruction.nested or instruction
    if owner.cmd in ("ENV", "LABEL", "ARG"):
        for name, value in _pairs(owner, dockerfile.escape):
            text = Traced.join([name, Traced.foreign("="), value])
            yield _Piece(f"{owner.cmd} {name.text}", where, text)
        return
    yield _Piece(owner.cmd, where, owner.body, owner.cmd == "RUN")
    for heredoc in owner.heredocs:
        text = Traced.read(dockerfile.text, *heredoc.span)
        yield _Piece(owner.cmd, where, text, owner.cmd == "RUN")


def _pairs(instruction: Instruction, escape: str) -> list[tuple[Traced, Traced]]:
    """Split into names and values; an ARG without a default has none."""
    if instruction.cmd != "ARG":
        try:
            return split_pairs(instruction.body, escape)
        except (ValueError, DockerfileError):
            return []
    words = split_words(instruction.body, escape)
    cuts = [(word, word.text.find("=")) for word in words]
    return [(word[:cut], word[cut + 1 :]) for word, cut in cuts if cut > 0]


def _offset(text: Traced, data: bytes, match: Match) -> int:
    """Find where in the file the secret's first character is written."""
    start = len(data[: match.span[0]].decode("utf-8", "replace"))
    return next((place for place in text.at[start:] if place != NOWHERE), 0)


class _Lines:
    """Which line an offset is on."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, offset: int) -> int:
        return self._text.count("\n", 0, offset) + 1


def _finding(hit: _Hit, place: str, path: str, search: Search) -> Finding:
    rule = hit.match.rule
    told = search.finding(hit.match, path, hit.line)
    return Finding(
        kind=Kind.SECRET,
        target="",
        package_type="",
        package=place,
        # Whether it is still the same secret: no part of the finding's identity.
        version=told.fingerprint,
        binaries=(),
        ids=(rule.id,),
        records=(),
        severity=rule.severity,
        severity_source="rule",
        fix_state=FixState.NOT_FIXED,
        fixed_version="",
        summary=f"{rule.title} ({told.hint}) in {place}.",
        url="",
        origin=Origin.INSTRUCTION,
        # Committed is leaked, whichever stage it stands in.
        shipped=True,
        location=Location(path, hit.line, hit.line),
        image="",
        layer="",
        title=f"{rule.title} in {place} ({told.hint})",
        explanation=f"{rule.about} {_EXPLANATION}",
        remedy=_RUN_REMEDY if hit.command else _REMEDY,
    )
