"""The one action of each advice: a suggestion on its line where the diff shows it, else the button of the check.

What cannot be done here never keeps a verdict from being shown: a comment can always ask for the bump.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.bump.model import Advice
from bot.context import Context
from bot.errors import BotError, OperatorError
from bot.github import contents, suggestions
from bot.github.checks import Action
from bot.github.client import Repository
from bot.github.hunks import shown_lines
from bot.inspection import Location
from bot.report.advice import Actions, How
from bot.report.suggestion import render_suggestion
from bot.review import Review
from bot.store import pulls
from bot.store.reviews import ReviewRow
from bot.suggestion import LineEdit, advised_use, line_edit, stood_before
from bot.trees import LARGEST_FILE

BUMP = Action("Bump", "Open a pull request with a better base", "bump")


@dataclass(frozen=True, slots=True)
class Plan:
    """How each advice can be followed, before anything is written."""

    edits: tuple[tuple[Advice, LineEdit], ...] = ()
    """Advice that becomes a suggestion."""
    ways: Actions = field(default_factory=dict)
    """What outputs say of each."""


NOTHING = Plan()


def ways(result: Review) -> Actions:
    """How each advice can be followed without a suggestion: a bump changes only what the target branch has."""
    wanted = [advice for advice in result.advice if advice.best is not None]
    return {
        advice.use: How.BUTTON if stood_before(result.inspection, advice) else How.EDIT for advice in wanted
    }


async def plan(ctx: Context, repo: Repository, row: ReviewRow, result: Review) -> Plan:
    """Find out which advice can be a suggestion. Costs nothing where there is none."""
    wanted = [advice for advice in result.advice if advice.best is not None]
    if not wanted or not row.request.number:
        return NOTHING
    try:
        edits = await _edits(ctx, repo, row, result, wanted)
    except BotError:
        # The button does it as well.
        edits = []
    suggested = {advice.use: How.SUGGESTION for advice, _ in edits}
    return Plan(tuple(edits), {**ways(result), **suggested})


async def _edits(
    ctx: Context, repo: Repository, row: ReviewRow, result: Review, wanted: Sequence[Advice]
) -> list[tuple[Advice, LineEdit]]:
    found: list[tuple[Advice, LineEdit]] = []
    places: set[Location] = set()
    for advice in wanted:
        edit = await _edit(ctx, repo, result, advice)
        place = Location(edit.path, edit.start_line, edit.end_line) if edit else None
        # Two suggestions for one line could not both be applied.
        if edit is not None and place is not None and place == advice.location and place not in places:
            places.add(place)
            found.append((advice, edit))
    shown = await shown_lines(repo, row.request.number, {edit.path for _, edit in found}) if found else {}
    return [
        (advice, edit)
        for advice, edit in found
        if any(first <= edit.start_line and edit.end_line <= last for first, last in shown.get(edit.path, ()))
    ]


async def _edit(ctx: Context, repo: Repository, result: Review, advice: Advice) -> LineEdit | None:
    use = advised_use(result.inspection, advice)
    if use is None:
        return None
    content = await contents.blob(repo, use[0].blob, LARGEST_FILE)
    if not isinstance(content, bytes):
        return None
    images = ctx.images
    return line_edit(content, *use, advice, images.build_args, images.platform)


async def suggest(ctx: Context, repo: Repository, row: ReviewRow, result: Review, planned: Plan) -> Actions:
    """Make the suggestions stand as planned and no others; say how each advice can be followed then."""
    number = row.request.number
    actions = dict(planned.ways)
    if not number:
        return actions
    key = (repo.id, number)
    known = await ctx.store.do(lambda c: pulls.suggestions(c, *key))
    wanted = {_marker(advice): (advice, edit) for advice, edit in planned.edits}
    if not known and not wanted:
        return actions
    # Before they are made: should the answer be lost, they are still known of.
    await ctx.store.do(lambda c: pulls.remember_suggestions(c, *key, {*known, *wanted}))
    for marker, (advice, edit) in wanted.items():
        if not await _keep(repo, row, advice, edit, marker):
            # The check was shown without the button.
            bump = ways(result)[advice.use] is How.BUTTON
            actions[advice.use] = How.COMMAND if bump else How.EDIT
    for marker in sorted(known - wanted.keys()):
        await _withdraw(repo, number, marker)
    await ctx.store.do(lambda c: pulls.remember_suggestions(c, *key, wanted.keys()))
    return actions


async def _keep(repo: Repository, row: ReviewRow, advice: Advice, edit: LineEdit, marker: str) -> bool:
    request = row.request
    body = render_suggestion(advice, edit.lines)
    place = (edit.path, edit.start_line, edit.end_line)
    try:
        kept = await suggestions.keep_one(repo, request.number, request.head, *place, body, marker)
    except OperatorError:
        # No permission, or a conversation that is locked.
        return False
    return kept is not None


async def _withdraw(repo: Repository, number: int, marker: str) -> None:
    try:
        await suggestions.withdraw(repo, number, marker)
    except OperatorError:
        return


def _marker(advice: Advice) -> str:
    """A suggestion is that of a reference in a file: the line it stands on may move."""
    what = "\0".join((advice.location.path, *advice.use))
    return f"<!-- plimsoll suggestion {hashlib.sha256(what.encode()).hexdigest()[:16]} -->"
