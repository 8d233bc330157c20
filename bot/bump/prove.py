"""Prove what a better base image would change: scan the promising ones on the snapshot of the current one.

Everything that speaks against a candidate is kept with it. What could not be looked at is a reason, never a proof.
"""

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.bump.choice import choose, move, varied
from bot.bump.facts import facts_of
from bot.bump.hurdles import Side, inconclusive
from bot.bump.model import Advice, Candidate, Facts, Rejected, Wanted
from bot.bump.question import CandidateReader, Question, distrust
from bot.bump.trying import look_into
from bot.bump.weigh import burden_of
from bot.errors import BotError, ConfigError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.image.tags import candidates
from bot.image.tags.model import Candidates, Rejection
from bot.inspection import Base
from bot.inventory import Skipped
from bot.policy.bumps import Treatment
from bot.policy.gate import Policy
from bot.registry.model import TagList

PATIENCE = 60.0
"""Seconds one advice may take; what is not looked into by then is named."""
MAX_REJECTED = 40
"""Rejected tags that are kept; the others are counted."""
_NOTHING = Facts("", "", 0, 0)


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


async def _question(
    base: Base,
    reader: CandidateReader,
    policy: Policy,
    now: datetime,
    wanted: Wanted | None,
) -> Question:
    if base.seen is None:
        raise ConfigError("the image in use could not be read")
    reference = Reference.parse(base.reference)
    platform = Platform.parse(base.platform) if base.platform else None
    details = await reader.details(reference, platform)
    facts = facts_of(reference, base.seen, details, reader.lifecycle, now=now)
    burden = await asyncio.to_thread(burden_of, base.seen, policy)
    due_since = await reader.due_since(reference)
    return Question(
        reference, platform, Side(base.seen, facts), burden, reader, policy, now, wanted, due_since
    )


async def _listed(question: Question) -> TagList | Skipped:
    wanted = question.wanted
    listed = await question.reader.tags(question.reference)
    if wanted and wanted.tag and isinstance(listed, TagList) and wanted.tag in listed.tags:
        # Among all others it might be passed over for a newer one, and that was not asked for.
        return replace(listed, tags=(wanted.tag,))
    return listed


def _candidates(question: Question, listed: TagList | Skipped) -> Candidates:
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


async def _advice(blank: Advice, question: Question, listed: TagList | Skipped, deadline: float) -> Advice:
    found = await asyncio.to_thread(_candidates, question, listed)
    choice = choose(
        question.reference,
        found.proposals,
        question.policy.bump,
        question.now.date(),
        over=question.current.facts.support_over,
        wanted=question.wanted,
    )
    results = await look_into(question, choice.promising, deadline)
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


def _order(candidate: Candidate) -> tuple[object, ...]:
    """What may be recommended first; then what clears most, goes least far, and is smallest."""
    net = candidate.severe_fixed - candidate.severe_added
    shown = candidate.treatment is Treatment.SHOW
    return (shown, -net, move(candidate.track), candidate.facts.size, candidate.tag)
