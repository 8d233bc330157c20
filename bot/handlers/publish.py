"""Show a verdict: the check run, then the one comment.

Two pull requests may share a head (`standing`): whoever stores a verdict last shows the sum, without any lock
between them.
"""

import asyncio

from bot.context import Context
from bot.github import checks, comments
from bot.github.checks import Action, Annotation, CheckOutput, CheckRun, Level
from bot.github.client import Repository
from bot.handlers import action, memory
from bot.handlers.standing import Standing, standing_on, text_of
from bot.policy.verdict import Status
from bot.report.advice import Actions, How
from bot.report.bump_notice import with_obstacle
from bot.report.check_run import CheckText, render_check, render_superseded, render_unfinished
from bot.report.comment import MARKER, Comment, render_comment, render_unfinished_comment
from bot.review import Review
from bot.store import branches, pulls, reviews
from bot.store.reviews import ReviewRow, Shown

RESCAN = Action("Rescan", "Judge this commit again", "rescan")
OPENING = CheckOutput("Looking at what this change ships", "Plimsoll compares the images before and after.")


async def open_check(ctx: Context, repo: Repository, row: ReviewRow) -> CheckRun:
    """Open the check run of this attempt, or find it after a crash."""
    check = await checks.find_or_create(repo, row.request.head, row.id, OPENING, row.check_run_id)
    if check.id != row.check_run_id:
        await ctx.store.do(lambda c: reviews.note_check(c, row.id, check.id))
    return check


async def publish(ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun, result: Review) -> None:
    """Conclude the check with the verdict of every open pull request on this head, and keep the comment."""
    planned = await action.plan(ctx, repo, row, result)
    # In threads, since thousands of findings take seconds.
    text = await asyncio.to_thread(render_check, result, on_error=ctx.settings.on_error, actions=planned.ways)
    await _conclude_head(ctx, repo, row, check, text, _buttons(planned.ways))
    # Before the comment: should that be refused, the verdict stands all the same.
    await ctx.store.do(lambda c: reviews.close_review(c, row.id))
    actions = await action.suggest(ctx, repo, row, result, planned)
    comment = await asyncio.to_thread(render_comment, result, on_error=ctx.settings.on_error, actions=actions)
    if result.advice:
        comment = with_obstacle(comment, row.request.base_ref, await _obstacle(ctx, row))
    await _keep_comment(ctx, repo, row, comment)


async def _obstacle(ctx: Context, row: ReviewRow) -> str:
    """What keeps the recommended bump from being made, as the last survey of the target branch found."""
    request = row.request
    branch = await ctx.store.do(lambda c: branches.find(c, request.repository_id, request.base_ref))
    return branch.problem if branch else ""


async def cancel(ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun) -> None:
    """Conclude the check of a review that became pointless; it must not hide others' verdicts on its head."""
    await _conclude_head(ctx, repo, row, check, render_superseded())
    await ctx.store.do(lambda c: reviews.close_review(c, row.id))


async def give_up(
    ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun, why: str, job: str = ""
) -> None:
    """Conclude the check of a review that did not finish, with the reason; `job` names a bug in the log."""
    text = render_unfinished(why, on_error=ctx.settings.on_error, job=job)
    shown = Shown(text.title, text.summary, text.text, text.conclusion)
    await ctx.store.do(lambda c: reviews.save_unfinished(c, row.id, Status.ERROR, shown))
    await _conclude_head(ctx, repo, row, check, text)
    await ctx.store.do(lambda c: reviews.close_review(c, row.id))
    # One that stands must not speak for this commit.
    await _keep_comment(ctx, repo, row, render_unfinished_comment(text, row.request.head))


async def show_again(ctx: Context, repository_id: int, head: str) -> None:
    """Show the sum of the verdicts on a head again, after a pull request left it."""
    standing = await ctx.store.do(lambda c: standing_on(c, repository_id, head))
    while standing.newest is not None and standing.said:
        await _correct(ctx, ctx.repository(standing.newest.request), standing.newest, standing)
        now = await ctx.store.do(lambda c: standing_on(c, repository_id, head))
        if now == standing:
            return
        standing = now


async def _conclude_head(
    ctx: Context,
    repo: Repository,
    row: ReviewRow,
    check: CheckRun,
    text: CheckText,
    buttons: tuple[Action, ...] = (RESCAN,),
) -> None:
    """Conclude, then look whether another verdict came meanwhile; whoever is last has seen them all."""
    request = row.request
    standing = await ctx.store.do(lambda c: standing_on(c, request.repository_id, request.head))
    while True:
        check = await checks.conclude(repo, check, *_shown(standing.sum_for(row, text)), buttons)
        # Branch protection reads the newest check run of a head, so that one too must show this verdict.
        if standing.newest is not None and standing.newest.id != row.id:
            await _correct(ctx, repo, standing.newest, standing)
        now = await ctx.store.do(lambda c: standing_on(c, request.repository_id, request.head))
        if now == standing:
            return
        standing = now


async def _correct(ctx: Context, repo: Repository, newest: ReviewRow, standing: Standing) -> None:
    """Show the sum in a check that was concluded before. One that is still open will see to it itself."""
    if newest.check_run_id is None or not standing.may_be_corrected(newest):
        return
    check = await checks.get(repo, newest.check_run_id)
    if check.is_completed:
        text = text_of(newest.shown) if newest.shown else render_superseded()
        result = await memory.stored(ctx, newest)
        # What it said is replaced whole, its buttons included.
        buttons = _buttons(action.ways(result) if result is not None and newest.request.number else {})
        await checks.conclude(repo, check, *_shown(standing.sum_for(newest, text)), buttons)


async def _keep_comment(ctx: Context, repo: Repository, row: ReviewRow, comment: Comment) -> None:
    request = row.request
    if not request.number:
        return
    key = (request.repository_id, request.number)
    pull = await ctx.store.do(lambda c: pulls.find(c, *key))
    known = pull.comment_id if pull else None
    # Looked for even if none is known: the answer that told its id may have been lost.
    kept = await comments.keep_one(
        repo, request.number, comment.body, marker=MARKER, known_id=known, create=comment.worth_creating
    )
    if kept != known:
        await ctx.store.do(lambda c: pulls.remember_comment(c, *key, kept))


def _buttons(ways: Actions) -> tuple[Action, ...]:
    return (RESCAN, action.BUMP) if How.BUTTON in ways.values() else (RESCAN,)


def _shown(text: CheckText) -> tuple[checks.Conclusion, CheckOutput, tuple[Annotation, ...]]:
    annotations = tuple(
        Annotation(
            note.path,
            note.start_line,
            note.end_line,
            Level(note.level),
            note.message,
            note.title,
            note.raw_details,
        )
        for note in text.annotations
    )
    return text.conclusion, CheckOutput(text.title, text.summary, text.text), annotations
