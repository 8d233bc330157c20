"""A survey that is owed: which branch to look at, why, and what a person wants to know of it."""

from dataclasses import asdict, dataclass, replace

from bot.bump.life import Asked
from bot.bump.plan import Demand
from bot.store.jobs import Job

BUMP = Demand(bump=True)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a person asked for, and where the answer goes."""

    command: str
    """As written."""
    number: int
    """Of the pull request it was asked on."""
    key: str
    """Names the command, so that it is answered once."""
    comment_id: int = 0
    """0 when a button was pressed."""
    asked: Asked = Asked.BUMP
    image: str = ""
    """As a person named it; empty for all."""
    demand: Demand = BUMP


@dataclass(frozen=True, slots=True)
class Order:
    """Look at one branch of one repository."""

    installation_id: int
    repository_id: int
    repository: str
    base_ref: str = ""
    """Empty for the default branch."""
    asked_at: float = 0.0
    """Seconds since the epoch: a survey that began later answers this one too."""
    before: str = ""
    """Where the branch was before the push that asks for this: an API that lags still shows that."""
    errand: Errand | None = None


def survey_job(order: Order, key: str, now: float, *, delay: float = 0.0) -> Job:
    """Make a job of it. A repository is surveyed by one worker at a time."""
    payload = asdict(replace(order, asked_at=now + delay))
    name = f"survey:{order.repository_id}:{key}"
    return Job(name, "survey", payload, f"{order.repository_id}/bumps", delay=delay)
