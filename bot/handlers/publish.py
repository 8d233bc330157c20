"""Show a verdict: the check run, then the one comment.

A check belongs to a commit, a verdict to a pull request. Two pull requests may share a head, so the conclusion is
the worst over all open ones; whoever stores a verdict last shows the sum, without any lock between them.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.context import Context
from bot.github import checks, comments
from bot.github.checks import Action, Annotation, CheckOutput, CheckRun, Level
from bot.github.client import Repository
from bot.policy.verdict import Status
from bot.report.check_run import CheckText, PullVerdict, render_check, render_combined
from bot.report.comment import MARKER, render_comment
from bot.review import Review
from bot.store import pulls, reviews
from bot.store.reviews import ReviewRow, Shown

RESCAN = Action("Rescan", "Judge this commit again", "rescan")
OPENING = CheckOutput("Looking at what this change ships", "Plimsoll compares the images before and after.")


async def open_check(ctx: Context, repo: Repository, row: ReviewRow) -> CheckRun:
    """Open the check run of this attempt, or find it after a crash."""
    check = await checks.find_or_create(repo, row.request.head, row.id, OPENING)
    await ctx.store.do(lambda c: reviews.note_check(c, row.id, check.id))
    return check


async def publish(ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun, result: Review) -> None:
    """Conclude the check with the verdict of every open pull request on this head, and keep the comment."""
    await _conclude_head(ctx, repo, row, check, render_check(result, on_error=ctx.settings.on_error))
    if row.request.number:
        await _keep_comment(ctx, repo, row, result)
    await ctx.store.do(lambda c: reviews.close_review(c, row.id))


async def conclude(ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun, text: CheckText) -> None:
    """Conclude a check without a verdict: superseded, or not finished in time."""
    await checks.conclude(repo, check, *_shown(text))
    await ctx.store.do(lambda c: reviews.close_review(c, row.id))


async def show_again(ctx: Context, repo: Repository, row: ReviewRow) -> None:
    """Show the sum of the verdicts on a head in a check that was concluded before."""
    if row.check_run_id is None or row.shown is None:
        return
    check = await checks.get(repo, row.check_run_id)
    await _conclude_head(ctx, repo, row, check, _text_of(row.shown))


@dataclass(frozen=True, slots=True)
class _Standing:
    """The verdicts on one head: the newest of each open pull request."""

    rows: tuple[ReviewRow, ...]

    def verdicts(self) -> list[PullVerdict]:
        return [
            PullVerdict(row.request.number, Status(row.status), row.shown.conclusion, row.shown.title)
            for row in self.rows
            if row.shown is not None and row.status is not None
        ]


async def _conclude_head(
    ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun, text: CheckText
) -> None:
    """Conclude, then look whether another verdict came meanwhile; whoever is last has seen them all."""
    standing = await _standing(ctx, row)
    while True:
        combined = render_combined(text, standing.verdicts()) if row.request.number else text
        check = await checks.conclude(repo, check, *_shown(combined))
        await _correct_newer(repo, row, standing)
        now = await _standing(ctx, row)
        if now == standing:
            return
        standing = now


async def _correct_newer(repo: Repository, row: ReviewRow, standing: _Standing) -> None:
    """Branch protection reads the newest check run of a head, so that one too must show this verdict."""
    newest = max(standing.rows, key=lambda other: other.attempt, default=row)
    if newest.attempt > row.attempt and newest.check_run_id is not None and newest.shown is not None:
        check = await checks.get(repo, newest.check_run_id)
        if check.is_completed:
            combined = render_combined(_text_of(newest.shown), standing.verdicts())
            await checks.conclude(repo, check, *_shown(combined))


async def _standing(ctx: Context, row: ReviewRow) -> _Standing:
    request = row.request

    def read(connection: sa.Connection) -> _Standing:
        latest = reviews.latest_of_pulls(connection, request.repository_id, request.head)
        on_head = pulls.open_with_head(connection, request.repository_id, request.head)
        numbers = {pull.number for pull in on_head} | {request.number}
        return _Standing(tuple(latest[number] for number in sorted(numbers & latest.keys())))

    return await ctx.store.do(read)


async def _keep_comment(ctx: Context, repo: Repository, row: ReviewRow, result: Review) -> None:
    request = row.request
    key = (request.repository_id, request.number)
    pull = await ctx.store.do(lambda c: pulls.find(c, *key))
    known = pull.comment_id if pull else None
    comment = render_comment(result, on_error=ctx.settings.on_error)
    if known is None and not comment.worth_creating:
        return
    kept = await comments.keep_one(
        repo, request.number, comment.body, marker=MARKER, known_id=known, create=comment.worth_creating
    )
    if kept != known:
        await ctx.store.do(lambda c: pulls.remember_comment(c, *key, kept))


def _shown(
    text: CheckText,
) -> tuple[checks.Conclusion, CheckOutput, tuple[Annotation, ...], tuple[Action, ...]]:
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
    return text.conclusion, CheckOutput(text.title, text.summary, text.text), annotations, (RESCAN,)


def _text_of(shown: Shown) -> CheckText:
    """What a check showed for its own pull request. Its annotations are there already."""
    return CheckText(shown.title, shown.summary, shown.text, shown.conclusion)
