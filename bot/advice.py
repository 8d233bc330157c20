"""Which base images of a change deserve advice, and asking for it within the time a check has.

Only what is shipped, was read, and has flaws that gate or is past its end of life: nothing else costs a request.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.bump.model import Advice, Facts
from bot.bump.prove import advise
from bot.bump.question import CandidateReader
from bot.bump.support import SupportDates, support_of
from bot.errors import BotError
from bot.findings import findings_of
from bot.image.reference import Reference
from bot.inspection import Base, DockerfileState, Inspection, Location, TargetPair
from bot.looking import ImageReader
from bot.policy.gate import Policy, is_severe
from bot.sides import obstacle

MOST_ADVISED = 3
PATIENCE = 45.0
"""Seconds a check waits for advice."""
RESERVE = 15.0
"""Seconds before the end of a review that are left for saying what it found."""
_NOTHING = Facts("", "", 0, 0)


class AdvisingReader(ImageReader, CandidateReader, Protocol):
    """Reads the images of a change, and those they could move to."""

    @property
    def now(self) -> datetime:
        """The present moment."""
        ...


@dataclass(frozen=True, slots=True)
class Deserving:
    """A base image to advise on."""

    base: Base
    location: Location
    severe: int


async def advice_on(
    inspection: Inspection,
    policy: Policy,
    reader: AdvisingReader,
    known: Iterable[Advice] = (),
    until: datetime | None = None,
) -> tuple[Advice, ...]:
    """Advise on the worst base images. What an earlier look at the same images found is used again.

    `until` is when the review has to be over: a verdict that is known must not be lost for want of advice.
    """
    # Counting thousands of flaws takes seconds, and everybody else's events would wait for it.
    found = await asyncio.to_thread(deserving, inspection, policy, reader.lifecycle, reader.now)
    reusable = {(each.reference, each.platform, each.facts.index_digest): each for each in known}
    snapshot = inspection.snapshot.id if inspection.snapshot else ""
    patience = PATIENCE if until is None else min(PATIENCE, (until - reader.now).total_seconds() - RESERVE)

    async def one(wanted: Deserving) -> Advice:
        base = wanted.base
        key = (base.reference, base.platform, base.seen.index_digest if base.seen else "")
        before = reusable.get(key)
        if before is not None and _is_final(before, snapshot):
            return replace(before, written=base.written, location=wanted.location)
        if patience <= 0:
            return _unadvised(wanted, "the review itself took all the time there was")
        try:
            advice = await advise(base, reader, policy, now=reader.now, patience=patience)
        except BotError as exc:
            return _unadvised(wanted, str(exc))
        return replace(advice, location=wanted.location)

    left_out = f"only {MOST_ADVISED} base images of a change are looked into"
    return (
        *(await asyncio.gather(*map(one, found[:MOST_ADVISED]))),
        *(_unadvised(each, left_out) for each in found[MOST_ADVISED : 2 * MOST_ADVISED]),
    )


def deserving(inspection: Inspection, policy: Policy, dates: SupportDates, now: datetime) -> list[Deserving]:
    """Each image once, at its first use: those with most severe flaws first."""
    found: dict[tuple[str, str], Deserving] = {}
    for pair in inspection.pairs:
        for each in _of_target(pair, policy, dates, now):
            found.setdefault((each.base.reference, each.base.platform), each)
    return sorted(found.values(), key=lambda each: -each.severe)


def _of_target(pair: TargetPair, policy: Policy, dates: SupportDates, now: datetime) -> Iterator[Deserving]:
    state = pair.after
    for base in state.bases if state else ():
        if state is None or not base.shipped or base.seen is None or obstacle(base):
            continue
        severe = _severe(state, base, pair, policy)
        release = base.seen.inventory.release
        over = support_of(Reference.parse(base.reference), release, dates, now.date()).over
        if severe or over:
            yield Deserving(base, _place(base), severe)


def _severe(state: DockerfileState, base: Base, pair: TargetPair, policy: Policy) -> int:
    """How many flaws of an image gate, after what the instructions mend."""
    kept, _ = findings_of(replace(state, bases=(base,)), pair, other=None)
    return sum(is_severe(finding, policy) for finding in kept)


def _place(base: Base) -> Location:
    """The line that decides which image it is: where another file gives the value, else the FROM."""
    given = next((arg for arg in base.args if arg.path), None)
    return Location(given.path, given.line, given.line) if given else base.location


def _is_final(advice: Advice, snapshot: str) -> bool:
    """Whether looking again at the same images would tell the same."""
    return advice.snapshot == snapshot and not (advice.problem or advice.stale or advice.unread)


def _unadvised(wanted: Deserving, problem: str) -> Advice:
    base = wanted.base
    return Advice(
        base.written,
        base.reference,
        base.platform,
        wanted.location,
        _NOTHING,
        (),
        wanted.severe,
        problem=problem,
    )
