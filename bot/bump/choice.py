"""Choose which of the proposed tags are worth a look, before anything is read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bot.bump.model import Rejected, Wanted
from bot.image.reference import Reference
from bot.image.tags.model import Proposal, Rejection, Track
from bot.policy.bumps import BumpPolicy, Ignore, Treatment

R = TypeVar("R", Rejected, Rejection)

MAX_LOOKED_INTO = 5
"""Images that one advice has read: each may be hundreds of megabytes."""
MAX_ALIKE = 3
"""Of those rejected for the same reason, before other reasons had their turn."""
_SIZE_OF_MOVE = {track: place for place, track in enumerate(Track)}


@dataclass(frozen=True, slots=True)
class Promising:
    """A tag worth a look, and what the policy would do with it."""

    tag: str
    track: Track
    treatment: Treatment
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked into, the smallest move first, and why the rest is not."""

    promising: tuple[Promising, ...]
    rejected: tuple[Rejected, ...]


def choose(
    current: Reference,
    proposals: Iterable[Proposal],
    policy: BumpPolicy,
    day: date,
    *,
    over: bool,
    wanted: Wanted | None = None,
) -> Choice:
    """Keep what the policy and the person want; `over` says that the current line gets no support any more."""
    promising: list[Promising] = []
    rejected: list[Rejected] = [*_nothing_to_edit(current, wanted)]
    for proposal in _asked_for(_with_digest(current, proposals), wanted):
        treatment = policy.treatment(proposal.track, over=over)
        if reason := _reason_against(current, proposal, treatment, policy.ignores, day):
            rejected.append(Rejected(proposal.tag, reason, proposal.track))
            continue
        promising.append(Promising(proposal.tag, proposal.track, _honoured(treatment, wanted), proposal.note))
    promising.sort(key=lambda each: (each.treatment is Treatment.SHOW, move(each.track)))
    for each in promising[MAX_LOOKED_INTO:]:
        reason = f"not looked into: at most {MAX_LOOKED_INTO} images are"
        rejected.append(Rejected(each.tag, reason, each.track))
    return Choice(tuple(promising[:MAX_LOOKED_INTO]), tuple(rejected))


def move(track: Track) -> int:
    """How far a move goes, as a number to order by."""
    return _SIZE_OF_MOVE[track]


def varied(rejected: Sequence[R]) -> list[R]:
    """Give every reason its turn: thousands of tags are older, and the few other reasons say more."""
    count: dict[str, int] = {}
    first: list[R] = []
    rest: list[R] = []
    for each in rejected:
        count[each.reason] = count.get(each.reason, 0) + 1
        (first if count[each.reason] <= MAX_ALIKE else rest).append(each)
    return first + rest


def _with_digest(current: Reference, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """Look at what a pinned tag means now; of a tag without a digest there is nothing to edit."""
    listed = list(proposals)
    if current.tag and current.digest:
        note = next((each.note for each in listed if each.track is Track.DIGEST), "")
        yield Proposal(current.tag, Track.DIGEST, note)
    yield from (each for each in listed if each.track is not Track.DIGEST)


def _honoured(treatment: Treatment, wanted: Wanted | None) -> Treatment:
    """Whoever names a track or a tag wants more than to be shown it; whoever does not wants what is recommended."""
    named = wanted is not None and (wanted.track is not None or bool(wanted.tag))
    asked = wanted is not None and treatment is Treatment.OFFER
    return Treatment.OPEN if named or asked else treatment


def _nothing_to_edit(current: Reference, wanted: Wanted | None) -> Iterator[Rejected]:
    same = wanted and (wanted.track is Track.DIGEST or wanted.tag == current.tag)
    if same and current.tag and not current.digest:
        reason = "it is in use, and not pinned: a rebuild brings its newest content without any edit"
        yield Rejected(current.tag, reason, Track.DIGEST)


def _asked_for(proposals: Iterable[Proposal], wanted: Wanted | None) -> Iterator[Proposal]:
    for proposal in proposals:
        if wanted and wanted.track and proposal.track is not wanted.track:
            continue
        if wanted and wanted.tag and proposal.tag != wanted.tag:
            continue
        yield proposal


def _reason_against(
    current: Reference, proposal: Proposal, treatment: Treatment, ignores: Iterable[Ignore], day: date
) -> str:
    for ignore in ignores:
        if ignore.covers(current, proposal.tag, proposal.track, day):
            return _words(ignore)
    if treatment is Treatment.OFF:
        return f"the {proposal.track.value} track is switched off by policy"
    return ""


def _words(ignore: Ignore) -> str:
    until = f" until {ignore.until.isoformat()}" if ignore.until else ""
    because = f" because {ignore.reason}" if ignore.reason else ""
    return f"ignored{until}{because}"
