"""Scan the promising candidates, a few at once, and tell what speaks for or against each."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.bump.choice import Promising
from bot.bump.facts import facts_of
from bot.bump.hurdles import Side, Trial, reason_against
from bot.bump.model import Candidate, Rejected
from bot.bump.question import Question, distrust
from bot.bump.weigh import weigh
from bot.errors import BotError, TransientError
from bot.image.reference import Reference
from bot.inventory import Skipped
from bot.policy.bumps import Treatment

AT_ONCE = 2


async def look_into(
    question: Question, promising: Sequence[Promising], deadline: float
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


async def _try(question: Question, promising: Promising) -> Candidate | Rejected:
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


def _trial(question: Question, promising: Promising, side: Side, first_seen: datetime | None) -> Trial:
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
