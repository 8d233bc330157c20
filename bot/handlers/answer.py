"""Answer a person who asked for bumps: a reaction, and a reply that links what was done or says why nothing was."""

from collections.abc import Sequence

from bot.github import comments
from bot.github.client import Repository
from bot.handlers.order import Errand
from bot.handlers.site import Outcome, Site
from bot.report.bump_notice import Row, render_answer, render_refusal

MOST_REJECTED = 5


async def answer(site: Site, errand: Errand, outcomes: Sequence[Outcome], incomplete: Sequence[str]) -> None:
    """Tell what became of it."""
    rows = [_row(outcome) for outcome in outcomes]
    body = render_answer(errand.command, errand.image, site.base_ref, rows, incomplete)
    await _tell(site.repo, errand, body, well=any(outcome.did for outcome in outcomes))


async def refuse(repo: Repository, errand: Errand, why: str) -> None:
    """Tell that it could not be done at all."""
    await _tell(repo, errand, render_refusal(errand.command, why), well=False)


async def _tell(repo: Repository, errand: Errand, body: str, *, well: bool) -> None:
    await comments.reply(repo, errand.number, body, errand.key)
    if errand.comment_id:
        await comments.react(repo, errand.comment_id, "+1" if well else "-1")


def _row(outcome: Outcome) -> Row:
    rejected = [each for advice in outcome.advice for each in advice.rejected][:MOST_REJECTED]
    return Row(
        outcome.plan.family,
        outcome.did,
        outcome.number,
        outcome.why,
        tuple((each.tag, each.reason) for each in rejected) if not outcome.did else (),
    )
