"""Prove what a better base image would change: scan the promising ones on the snapshot of the current one.

Everything that speaks against a candidate is kept with it. What could not be looked at is a reason, never a proof.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.bump.choice import Promising, choose, move, varied
from bot.bump.facts import facts_of
from bot.bump.hurdles import Side, Trial, inconclusive, reason_against
from bot.bump.model import Advice, Candidate, Facts, Rejected, Wanted
from bot.bump.weigh import Burden, burden_of, weigh
from bot.errors import BotError, ConfigError, TransientError
from bot.image.lifecycle import Lifecycle
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.image.tags import candidates
from bot.image.tags.model import Candidates, Rejection
from bot.inspection import Base, SeenImage, SnapshotSeen
from bot.inventory import Skipped
from bot.policy.bumps import Treatment
from bot.policy.gate import Policy
from bot.registry.model import ImageDetails, TagList

AT_ONCE = 2
PATIENCE = 60.0
"""Seconds one advice may take; what is not looked into by then is named."""
MAX_REJECTED = 40
"""Rejected tags that are kept; the others are counted."""
_NOTHING = Facts("", "", 0, 0)


class Snapshots(Protocol):
    """Knows which advisories are in use."""

    def snapshot(self, images: Iterable[SeenImage]) -> SnapshotSeen | None:
        """The advisory snapshot, with the feeds that are too old among those these images need."""
        ...


class CandidateReader(Snapshots, Protocol):
    """Reads images and what registries tell of them; bound to one snapshot and one set of resolved digests."""

    @property
    def lifecycle(self) -> Lifecycle:
        """Support dates."""
        ...

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image and match it against the snapshot."""
        ...

    async def tags(self, reference: Reference) -> TagList | Skipped:
        """List the tags of an image's repository."""
        ...

    async def details(self, reference: Reference, platform: Platform | None) -> ImageDetails:
        """Ask what the registry tells of an image besides its content."""
        ...

    async def first_seen(self, reference: Reference, digest: str) -> datetime | None:
        """Look up when a reference was first seen to mean a digest."""
        ...

    async def due_since(self, reference: Reference) -> datetime | None:
        """Look up since when there has been something newer than a pinned image, as far as anybody remembers."""
        ...


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, and the image in use."""

    reference: Reference
    platform: Platform | None
    current: Side
    burden: Burden
    reader: CandidateReader
    policy: Policy
    now: datetime
    wanted: Wanted | None
    due_since: datetime | None


async def advise(
    base: Base,
    reader: CandidateReader,
    policy: Policy,
    *,
    now: datetime,
    wanted: Wanted | None = None,
    patience: float = PATIENCE,
) -> Advice:
    """Say what could be done about one base image that was read, within `patience` seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    blank = Advice(base.written, base.reference, base.platform, base.location, _NOTHING, (), 0)
    if problem := _in_the_way(base, reader):
        return replace(blank, problem=problem)
    try:
        async with asyncio.timeout_at(deadline):
            question = await _question(base, reader, policy, now, wanted)
            listed = await _listed(question)
    except TimeoutError:
        return replace(blank, problem=f"the registry took more than {patience:.0f} seconds to answer")
    except BotError as exc:
        return replace(blank, problem=str(exc))
    snapshot = reader.snapshot([question.current.seen])
    return await _advice(
        replace(
            blank,
            facts=question.current.facts,
            counts=question.burden.counts,
            severe=question.burden.severe,
            snapshot=snapshot.id if snapshot else "",
        ),
        question,
        listed,
        deadline,
    )


def _in_the_way(base: Base, reader: CandidateReader) -> str:
    """Why nothing can be said, before anything is asked for."""
    if base.seen is None:
        why = base.missing.why if base.missing else "its reference depends on a value only the builder knows"
        return f"the image in use could not be read: {why}"
    if why := inconclusive(base.seen):
        return f"nothing can be concluded about the image in use: {why}"
    return distrust(base.seen, reader)


def distrust(seen: SeenImage, reader: Snapshots) -> str:
    """Why the advisories say nothing about an image, if they do not."""
    snapshot = reader.snapshot([seen])
    if snapshot is None:
        return "no advisories are imported"
    feeds = ", ".join(snapshot.too_old)
    return f"the {feeds} advisories are too old to conclude anything" if feeds else ""


async def _question(
    base: Base,
    reader: CandidateReader,
    policy: Policy,
    now: datetime,
    wanted: Wanted | None,
) -> _Question:
    if base.seen is None:
        raise ConfigError("the image in use could not be read")
    reference = Reference.parse(base.reference)
    platform = Platform.parse(base.platform) if base.platform else None
    details = await reader.details(reference, platform)
    facts = facts_of(reference, base.seen, details, reader.lifecycle, now=now)
    burden = await asyncio.to_thread(burden_of, base.seen, policy)
    due_since = await reader.due_since(reference)
    return _Question(
        reference, platform, Side(base.seen, facts), burden, reader, policy, now, wanted, due_since
    )


async def _listed(question: _Question) -> TagList | Skipped:
    wanted = question.wanted
    listed = await question.reader.tags(question.reference)
    if wanted and wanted.tag and isinstance(listed, TagList) and wanted.tag in listed.tags:
        # Among all others it might be passed over for a newer one, and that was not asked for.
        return replace(listed, tags=(wanted.tag,))
    return listed


def _candidates(question: _Question, listed: TagList | Skipped) -> Candidates:
    reference = question.reference
    if reference.tag is None:
        return Candidates((), ())
    wanted = question.wanted
    if isinstance(listed, Skipped):
        # A person who names a tag knows that it is there.
        tags: tuple[str, ...] = (wanted.tag,) if wanted and wanted.tag else ()
    elif wanted and wanted.tag and wanted.tag not in listed.tags:
        return Candidates((), (Rejection(wanted.tag, "the registry does not list it"),))
    else:
        tags = listed.tags
    return candidates(reference, tags, now=question.now, lifecycle=question.reader.lifecycle)


async def _advice(blank: Advice, question: _Question, listed: TagList | Skipped, deadline: float) -> Advice:
    found = await asyncio.to_thread(_candidates, question, listed)
    choice = choose(
        question.reference,
        found.proposals,
        question.policy.bump,
        question.now.date(),
        over=question.current.facts.support_over,
        wanted=question.wanted,
    )
    results = await _look_into(question, choice.promising, deadline)
    proven = [each for each in results if isinstance(each, Candidate)]
    tried = [each for each in results if isinstance(each, Rejected)]
    others = [Rejected(each.tag, each.reason) for each in found.rejected if _concerns(each, question.wanted)]
    rejected = [*tried, *choice.rejected, *varied(others)]
    return replace(
        blank,
        candidates=tuple(sorted(proven, key=_order)),
        rejected=tuple(rejected[:MAX_REJECTED]),
        rejected_total=len(rejected),
        stale=_doubts(listed),
        problem=_no_list(question.reference, listed),
    )


def _concerns(rejection: Rejection, wanted: Wanted | None) -> bool:
    return not wanted or not wanted.tag or rejection.tag == wanted.tag


def _no_list(reference: Reference, listed: TagList | Skipped) -> str:
    if reference.tag is None:
        return "it is named by its digest alone, so nobody can say which tags would be newer"
    return f"its tags could not be listed: {listed.why}" if isinstance(listed, Skipped) else ""


def _doubts(listed: TagList | Skipped) -> str:
    if isinstance(listed, Skipped):
        return ""
    return "; ".join(doubt for doubt in (listed.stale, listed.incomplete) if doubt)


async def _look_into(
    question: _Question, promising: Sequence[Promising], deadline: float
) -> list[Candidate | Rejected]:
    """Look at a few at once; whatever is not done in time says so."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def look(each: Promising) -> Candidate | Rejected:
        async with limit:
            try:
                return await _try(question, each)
            except BotError as exc:
                return _unread(each, str(exc), passing=isinstance(exc, TransientError))

    tasks = [asyncio.create_task(look(each)) for each in promising]
    try:
        if tasks:
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            await asyncio.wait(tasks, timeout=left)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    late = "not looked into: the time for candidates was over"
    return [
        Rejected(each.tag, late, each.track, unread=_matters(each)) if task.cancelled() else task.result()
        for each, task in zip(promising, tasks, strict=True)
    ]


async def _try(question: _Question, promising: Promising) -> Candidate | Rejected:
    reader = question.reader
    reference = question.reference.with_digest(None).with_tag(promising.tag)
    seen = await reader.see(reference, question.platform)
    if isinstance(seen, Skipped):
        return _unread(promising, seen.why, passing=seen.transient)
    if problem := distrust(seen, reader):
        why = f"nothing can be concluded about it: {problem}"
        return Rejected(promising.tag, why, promising.track, unread=_matters(promising))
    details = await reader.details(reference, question.platform)
    first_seen = await reader.first_seen(reference, seen.index_digest)
    facts = facts_of(reference, seen, details, reader.lifecycle, now=question.now, first_seen=first_seen)
    side = Side(seen, facts)
    trial = await asyncio.to_thread(_trial, question, promising, side, first_seen)
    if reason := reason_against(trial):
        partly = any(skipped.transient for skipped in (*seen.inventory.skipped, *seen.skipped))
        return Rejected(promising.tag, reason, promising.track, unread=partly and _matters(promising))
    return _candidate(reference, promising, trial)


def _unread(promising: Promising, why: str, *, passing: bool) -> Rejected:
    matters = _matters(promising)
    why = f"it could not be read: {why}"
    return Rejected(promising.tag, why, promising.track, unread=passing and matters, gone=not passing)


def _matters(promising: Promising) -> bool:
    """Whether what is only shown would be missed: nothing is done with it, whatever it brings."""
    return promising.treatment is not Treatment.SHOW


def _trial(question: _Question, promising: Promising, side: Side, first_seen: datetime | None) -> Trial:
    return Trial(
        before=question.current,
        after=side,
        weighed=weigh(question.current.seen, side.seen, question.policy),
        severe=question.burden.severe,
        track=promising.track,
        cool_down=question.policy.bump.cool_down,
        now=question.now,
        first_seen=first_seen,
        due_since=question.due_since,
        asked=question.wanted is not None,
    )


def _candidate(reference: Reference, promising: Promising, trial: Trial) -> Candidate:
    weighed, facts = trial.weighed, trial.after.facts
    return Candidate(
        tag=promising.tag,
        track=promising.track,
        treatment=promising.treatment,
        reference=str(reference.with_digest(facts.index_digest)),
        facts=facts,
        fixes=weighed.fixes,
        adds=weighed.adds,
        remaining=weighed.remaining,
        severe_left=weighed.severe_left,
        packages=weighed.packages,
        note=promising.note,
    )


def _order(candidate: Candidate) -> tuple[object, ...]:
    """What may be recommended first; then what clears most, goes least far, and is smallest."""
    net = candidate.severe_fixed - candidate.severe_added
    shown = candidate.treatment is Treatment.SHOW
    return (shown, -net, move(candidate.track), candidate.facts.size, candidate.tag)
