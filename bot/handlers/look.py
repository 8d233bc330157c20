"""Look at the images a branch ships, each once and on one snapshot, and ask for advice where there is a need."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.bump.edits import Used
from bot.bump.model import Advice
from bot.bump.plan import POLICY_ALONE, Demand, InUse
from bot.bump.prove import advise
from bot.bump.question import distrust
from bot.bump.weigh import burden_of
from bot.errors import ConfigError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.images import Reader
from bot.inspection import Base, Location, SeenImage
from bot.inventory import Skipped
from bot.policy.gate import Policy
from bot.sides import hindrance

MOST_IMAGES = 100
MOST_ADVICE = 25
AT_ONCE = 4
ADVICE_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Shipped:
    """A reference that the branch ships, as it was found and what was seen of it."""

    base: Base
    in_use: InUse

    @property
    def reference(self) -> Reference:
        """Normalised, as used."""
        return Reference.parse(self.base.reference)


async def look(
    reader: Reader,
    used: Iterable[Used],
    policy: Policy,
    now: datetime,
    demands: Mapping[str, Demand],
) -> list[Shipped]:
    """Read every distinct image that is shipped; `demands` are what people asked of families."""
    bases = list(bases_of(used))
    limit = asyncio.Semaphore(AT_ONCE)

    async def see(base: Base) -> Base:
        async with limit:
            return await _seen(reader, base)

    seen = await asyncio.gather(*(see(base) for base in bases[:MOST_IMAGES]))
    wanting = [base for base in seen if await _wants_advice(base, policy, demands)]
    advice = await _advise(reader, wanting[:MOST_ADVICE], policy, now, demands)
    late = {base.reference for base in wanting[MOST_ADVICE:]}
    found = [Shipped(base, _in_use(base, reader, advice, late)) for base in seen]
    left_out = f"the branch ships {len(bases)} images, and this one was left out"
    return found + [Shipped(base, InUse(base.reference, "", None, left_out)) for base in bases[MOST_IMAGES:]]


def bases_of(used: Iterable[Used]) -> Iterable[Base]:
    """Make one base of each distinct reference that is shipped, at its first use."""
    bases: dict[str, Base] = {}
    for use in used:
        if use.reference is None or not use.shipped:
            continue
        name = str(use.reference.normalized())
        place = Location(use.path, use.line, use.end_line)
        base = Base(use.written, name, place, (), use.name, shipped=True, platform=use.platform)
        bases.setdefault(name, base)
    return bases.values()


async def _seen(reader: Reader, base: Base) -> Base:
    try:
        platform = Platform.parse(base.platform) if base.platform else None
    except ConfigError as exc:
        return replace(base, missing=Skipped(base.written, str(exc)))
    answer = await reader.see(Reference.parse(base.reference), platform)
    if isinstance(answer, SeenImage):
        return replace(base, seen=answer)
    return replace(base, missing=answer)


async def _wants_advice(base: Base, policy: Policy, demands: Mapping[str, Demand]) -> bool:
    if base.seen is None:
        return False
    reference = Reference.parse(base.reference)
    if demands.get(reference.name, POLICY_ALONE).bump:
        return True
    if policy.bump.pin and reference.digest is not None:
        return True
    burden = await asyncio.to_thread(burden_of, base.seen, policy)
    return burden.severe > 0


async def _advise(
    reader: Reader,
    bases: Sequence[Base],
    policy: Policy,
    now: datetime,
    demands: Mapping[str, Demand],
) -> dict[str, Advice]:
    limit = asyncio.Semaphore(ADVICE_AT_ONCE)

    async def ask(base: Base) -> Advice:
        reference = Reference.parse(base.reference)
        wanted = demands.get(reference.name, POLICY_ALONE).wanted
        async with limit:
            return await advise(base, reader, policy, now=now, wanted=wanted)

    return {advice.reference: advice for advice in await asyncio.gather(*(ask(base) for base in bases))}


def _in_use(base: Base, reader: Reader, advice: Mapping[str, Advice], late: set[str]) -> InUse:
    if base.seen is None:
        why = base.missing.why if base.missing else "it was not looked at"
        return InUse(base.reference, "", None, f"{base.written} could not be read: {why}")
    skipped = hindrance(base.seen)
    doubt = skipped.why if skipped else distrust(base.seen, reader)
    problem = f"nothing can be concluded about {base.written}: {doubt}" if doubt else ""
    if base.reference in late:
        problem = f"{base.written}: no more than {MOST_ADVICE} images are looked into at once"
    return InUse(base.reference, base.seen.index_digest, advice.get(base.reference), problem)
