"""What a family's bump would change: its references as used now, advice and policy in, moves out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.bump.family import short_name
from bot.bump.model import Advice, Candidate, Wanted
from bot.image.reference import Reference
from bot.image.tags.model import Track
from bot.policy.bumps import Treatment
from bot.severity import Severity


@dataclass(frozen=True, slots=True)
class Demand:
    """What a person asked of a family, kept while its pull request is open; empty when the policy alone decides."""

    bump: bool = False
    wanted: Wanted | None = None
    """A certain track or tag, if one was named."""
    pin: bool = False

    def with_more(self, other: "Demand") -> "Demand":
        """Ask for both; of two tracks or tags for the one that is named last."""
        return Demand(self.bump or other.bump, other.wanted or self.wanted, self.pin or other.pin)


POLICY_ALONE = Demand()


@dataclass(frozen=True, slots=True)
class InUse:
    """A reference that the branch ships, and what could be done about it."""

    reference: str
    """Normalised, as used now."""
    digest: str
    """The index digest it means; empty when it could not be read."""
    advice: Advice | None = None
    """None when there was no need to ask for any."""
    problem: str = ""
    """Why nothing is known of it, if nothing is."""

    @property
    def obstacle(self) -> str:
        """Why less is known of it than is needed, if so."""
        if self.problem or self.advice is None:
            return self.problem
        # One that is gone for good is no obstacle: it would keep everything as it is for ever.
        return self.advice.unread or ("" if self.advice.candidates else self.advice.problem)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One reference and the one to put in its place."""

    before: str
    after: str
    tag: str
    candidate: Candidate | None
    """None where the same image is only pinned."""

    @property
    def track(self) -> Track:
        """How far it goes."""
        return self.candidate.track if self.candidate else Track.DIGEST


@dataclass(frozen=True, slots=True)
class Plan:
    """What a family's pull request would do."""

    family: str
    bases: tuple[InUse, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    unseen: str = ""
    """Files that were not read, of a family that none of the others uses."""

    @property
    def obstacle(self) -> str:
        """What could not be looked at, so that nothing may be concluded from a move that is missing."""
        return next((base.obstacle for base in self.bases if base.obstacle), self.unseen)

    @property
    def critical(self) -> frozenset[str]:
        """Critical flaws that it clears."""
        flaws = (flaw for each in self.chosen if each.candidate for flaw in each.candidate.fixes)
        return frozenset(flaw.id for flaw in flaws if flaw.severity is Severity.CRITICAL)

    @property
    def cleared(self) -> int:
        """How many flaws that gate it clears, net: the family that gains most comes first."""
        moved = (each.candidate for each in self.chosen if each.candidate)
        return sum(candidate.severe_fixed - candidate.severe_added for candidate in moved)


def make_plan(family: str, bases: Sequence[InUse], *, pin: bool, demand: Demand = POLICY_ALONE) -> Plan:
    """Choose for every reference of a family; `pin` is what the policy says of digests."""
    pin = pin or demand.pin
    found = (_choose(base, demand, pin=pin) for base in bases)
    return Plan(family, tuple(bases), tuple(chosen for chosen in found if chosen is not None))


def why_unmet(plan: Plan, demand: Demand) -> str:
    """Say that a family has nothing of the track or tag that was named; empty when it has, or none was named."""
    wanted = demand.wanted
    if plan.chosen or wanted is None:
        return ""
    what = wanted.tag or (wanted.track.value if wanted.track else "")
    return f"nothing better was found for {short_name(plan.family)} with {what}"


def why_not_needed(plan: Plan, moves: Sequence[tuple[str, str, str]], base_ref: str) -> str:
    """Say why nothing is to be done for a family whose pull request had proposed `moves` (name, tag, track)."""
    name = short_name(plan.family)
    if not plan.bases:
        return f"no file of {base_ref} uses {name} any more"
    references = [Reference.parse(base.reference) for base in plan.bases]
    used = {(reference.name, reference.tag) for reference in references}
    if moves and all((image, tag) in used for image, tag, _ in moves):
        # What only wrote a digest had the same tag before.
        only_digests = all(track == Track.DIGEST for _, _, track in moves)
        if only_digests and not any(reference.digest for reference in references):
            return f"nobody wants a digest of {name} in {base_ref} any more"
        return f"{base_ref} has it now"
    for _, tag, _ in moves:
        if reason := _rejection(plan, tag):
            return f"{tag} is not proposed any more: {reason}"
    return f"no candidate for {name} clears a vulnerability that gates any more"


def _rejection(plan: Plan, tag: str) -> str:
    rejected = (each for base in plan.bases if base.advice for each in base.advice.rejected)
    return next((each.reason for each in rejected if each.tag == tag), "")


def _choose(base: InUse, demand: Demand, *, pin: bool) -> Chosen | None:
    reference = Reference.parse(base.reference)
    pinned = pin or reference.digest is not None
    candidate = _candidate(base.advice, demand, pin=pin) if base.advice else None
    if candidate is not None:
        after = Reference.parse(candidate.reference)
        after = after if pinned else after.with_digest(None)
        if after != reference:
            return Chosen(base.reference, str(after), candidate.tag, candidate)
    if pin and reference.digest is None and reference.tag and base.digest:
        return Chosen(base.reference, str(reference.with_digest(base.digest)), reference.tag, None)
    return None


def _candidate(advice: Advice, demand: Demand, *, pin: bool) -> Candidate | None:
    if demand.wanted is not None:
        # Their wish is honoured even for what is only shown.
        return next(iter(advice.candidates), None)
    if demand.bump and advice.best is not None:
        return advice.best
    return advice.to_open or (_fresher(advice) if pin else None)


def _fresher(advice: Advice) -> Candidate | None:
    """Newer content of the same tag: what is pinned is kept fresh, though nothing that gates is cleared."""
    fresh = (
        each
        for each in advice.candidates
        if each.track is Track.DIGEST and each.treatment is Treatment.OPEN and not each.severe_added
    )
    return next(fresh, None)
