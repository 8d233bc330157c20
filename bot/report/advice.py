"""Advice as shown: the candidates beside the image in use, what to mind of each, and how the one action is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from bot.bump.model import Advice, Candidate, Counts, Facts, Rejected, Use
from bot.image.tags.model import Track
from bot.report.listing import Listing
from bot.severity import Severity

MAX_CANDIDATES = 4
"""Rows of a table beside that of the image in use."""


class How(StrEnum):
    """How a person does what is recommended. Whoever publishes knows which of them is there."""

    SUGGESTION = "suggestion"
    """A suggestion stands on the line, in the diff."""
    BUTTON = "button"
    """The check has a button for it."""
    COMMAND = "command"
    """A comment asks for it."""
    EDIT = "edit"
    """By hand, as on a laptop."""


Actions = Mapping[Use, How]
"""The image an advice is about → how it is done there; where it says nothing, by command."""
NO_ACTIONS: Actions = MappingProxyType({})


class Risk(StrEnum):
    """What to mind before taking a candidate."""

    MAJOR = "major"
    RELEASE = "release"
    LIBC_UNKNOWN = "libc-unknown"
    PLATFORMS_UNKNOWN = "platforms-unknown"
    SIGNER_CHANGED = "signer-changed"
    SIGNER_LOST = "signer-lost"
    SUPPORT_OVER = "support-over"


@dataclass(frozen=True, slots=True)
class Remaining:
    """Flaws by severity, as the column has them."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    """With the negligible ones."""
    unrated: int = 0


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate as listed."""

    candidate: Candidate
    reference: str
    """What to write in the place of the image in use."""
    remaining: Remaining
    risks: tuple[Risk, ...]
    before: Facts


@dataclass(frozen=True, slots=True)
class AdviceView:
    """What templates receive of one advice."""

    advice: Advice
    image: str
    """As people write it, without tag: `python`, `ghcr.io/acme/base`."""
    tag: str
    remaining: Remaining
    how: How
    best: CandidateRow | None
    candidates: Listing[CandidateRow]
    rejected: Listing[Rejected]

    @property
    def command(self) -> str:
        """The comment that asks for what is recommended."""
        return f"/bump {self.image} {self.best.candidate.tag}" if self.best else ""

    @property
    def tells(self) -> bool:
        """Whether there is more to say than that nothing better was found."""
        advice = self.advice
        return bool(self.candidates or self.rejected or advice.stale or advice.problem or advice.unread)

    def cut(self, *, candidates: int = MAX_CANDIDATES, rejected: int) -> "AdviceView":
        """Show fewer rows."""
        return replace(self, candidates=self.candidates.cut(candidates), rejected=self.rejected.cut(rejected))


def advice_view(advice: Advice, actions: Actions = NO_ACTIONS, *, how: How = How.COMMAND) -> AdviceView:
    """Sort and count everything one advice says; `how` is the way where `actions` names none."""
    rows = [row_of(advice, candidate) for candidate in advice.candidates]
    best = next((row for row in rows if row.candidate is advice.best), None)
    return AdviceView(
        advice=advice,
        image=image_name(advice.reference),
        tag=tag_of(advice.reference),
        remaining=remaining_of(advice.counts),
        how=actions.get(advice.use, how),
        best=best,
        candidates=Listing.of(rows),
        rejected=Listing(advice.rejected, max(advice.rejected_total, len(advice.rejected))),
    )


def row_of(advice: Advice, candidate: Candidate) -> CandidateRow:
    """One candidate beside the image in use."""
    return CandidateRow(
        candidate,
        _to_write(advice.reference, candidate),
        remaining_of(candidate.remaining),
        _risks(advice.facts, candidate),
        advice.facts,
    )


def remaining_of(counts: Counts) -> Remaining:
    """Flaws by the columns of the table."""
    found = dict(counts)

    def number(*severities: Severity) -> int:
        return sum(found.get(severity.word, 0) for severity in severities)

    return Remaining(
        number(Severity.CRITICAL),
        number(Severity.HIGH),
        number(Severity.MEDIUM),
        number(Severity.LOW, Severity.NEGLIGIBLE),
        number(Severity.UNKNOWN),
    )


def image_name(reference: str) -> str:
    """`docker.io/library/python:3` → `python`."""
    name = reference.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    whole = folder + slash + last.partition(":")[0]
    return whole.removeprefix("docker.io/").removeprefix("library/")


def tag_of(reference: str) -> str:
    """The tag, else the digest."""
    named, _, digest = reference.partition("@")
    return named.rpartition("/")[2].partition(":")[2] or digest


def _to_write(reference: str, candidate: Candidate) -> str:
    """A pinned image stays pinned, and the digest track is nothing but its digest."""
    pinned = "@" in reference or candidate.track is Track.DIGEST
    digest = f"@{candidate.facts.index_digest}" if pinned else ""
    return f"{image_name(reference)}:{candidate.tag}{digest}"


def _risks(before: Facts, candidate: Candidate) -> tuple[Risk, ...]:
    after = candidate.facts
    found = (
        (Risk.MAJOR, candidate.track is Track.MAJOR),
        (Risk.RELEASE, bool(before.release and after.release) and _line(before) != _line(after)),
        (Risk.SUPPORT_OVER, after.support_over),
        (Risk.LIBC_UNKNOWN, bool(before.libc) != bool(after.libc)),
        (Risk.PLATFORMS_UNKNOWN, bool(before.platforms) and not after.platforms),
        (Risk.SIGNER_LOST, bool(before.signer) and not after.signer),
        (Risk.SIGNER_CHANGED, bool(before.signer and after.signer) and before.signer != after.signer),
    )
    return tuple(risk for risk, there in found if there)


def _line(facts: Facts) -> str:
    """The release without what only counts its updates: `Alpine Linux v3.20`, `Ubuntu 24.04.1 LTS`."""
    words = facts.release.split()
    return " ".join(".".join(word.split(".")[:2]) for word in words)
