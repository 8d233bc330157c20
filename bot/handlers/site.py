"""Where a survey works: a target branch at one commit, with the policy that holds there."""

from dataclasses import dataclass

from bot.bump.model import Advice
from bot.bump.plan import Plan
from bot.context import Context
from bot.github.client import BUMP, Repository
from bot.github.repositories import RepositoryInfo
from bot.handlers.order import Order
from bot.policy.gate import Policy


@dataclass(frozen=True, slots=True)
class Site:
    """A target branch at its tip."""

    ctx: Context
    repo: Repository
    """May read, and answer."""
    info: RepositoryInfo
    order: Order
    base_ref: str
    tip: str
    policy: Policy

    @property
    def writable(self) -> Repository:
        """The same repository with what it takes to write a branch and a pull request."""
        return self.repo.having(BUMP)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one family."""

    plan: Plan
    did: str = ""
    """`opened`, `updated`, `closed` or `kept`; empty when there is no pull request."""
    number: int | None = None
    why: str = ""
    """Why there is none, or why it was left or closed."""
    in_the_way: bool = False
    """Something that the owner of the repository has to mend."""

    @property
    def is_open(self) -> bool:
        """Whether there is a pull request now."""
        return self.did in ("opened", "updated", "kept")

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What was found out about its images."""
        return tuple(base.advice for base in self.plan.bases if base.advice)
