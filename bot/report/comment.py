"""The one sticky comment of a pull request: what got better, what got worse, why, and which edit helps.

https://docs.github.com/en/rest/issues/comments; at most 65,536 characters.
"""

from dataclasses import dataclass

from bot.report.advice import NO_ACTIONS, Actions
from bot.report.check_run import CheckText, OnError, conclude
from bot.report.fit import LONGEST_TEXT, fit
from bot.report.listing import Listing
from bot.report.rows import Row
from bot.report.targets import Target
from bot.report.templating import render_markdown
from bot.report.view import View, view_of
from bot.review import Review

MARKER = "<!-- plimsoll -->"
VISIBLE_ROWS = 10
# (visible rows, rows in a fold, targets, reasons), from generous to tight.
Step = tuple[int, int, int, int]
_STEPS: tuple[Step, ...] = (
    (VISIBLE_ROWS, 100, 30, 10),
    (VISIBLE_ROWS, 50, 20, 10),
    (VISIBLE_ROWS, 20, 20, 5),
    (VISIBLE_ROWS, 5, 10, 5),
    (VISIBLE_ROWS, 0, 10, 5),
    (3, 0, 5, 3),
    (0, 0, 3, 1),
)


@dataclass(frozen=True, slots=True)
class Comment:
    """The body, and whether it is worth a new comment; an existing one is always edited."""

    body: str
    worth_creating: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One target: the introduced rows that are visible, and those that are folded."""

    target: Target
    visible: tuple[Row, ...]
    folded: Listing[Row]


def render_comment(
    review: Review, *, on_error: OnError = "failure", actions: Actions = NO_ACTIONS
) -> Comment:
    """The comment of one review, starting with the hidden marker."""
    view = view_of(review, actions)
    softened = conclude(review, on_error) == "neutral"
    limit = LONGEST_TEXT - len(MARKER) - 1
    body = render_body(view, commands=True, softened=softened, limit=limit)
    tells = not view.is_quiet and not view.is_about_policy_only
    return Comment(f"{MARKER}\n{body}", worth_creating=tells or view.has_new_gaps or view.recommends)


def render_unfinished_comment(check: CheckText, head: str) -> Comment:
    """The comment while the newest commit has no verdict; not worth a new one, the check says it."""
    body = render_markdown("comment/unfinished.md.j2", check=check, head=head)
    return Comment(f"{MARKER}\n{body}", worth_creating=False)


def render_body(view: View, *, commands: bool, softened: bool, limit: int) -> str:
    """The comment without its marker; one line when there is nothing to tell."""
    if view.is_quiet and not view.has_new_gaps and not any(advice.tells for advice in view.advice):
        return render_markdown("comment/clean.md.j2", view=view)

    def render(step: Step) -> str:
        visible, folded, targets, groups = step
        shown = view.cut(rows=visible + folded, targets=targets, groups=groups)
        blocks = _blocks(shown, visible, folded)
        return render_markdown(
            "comment/review.md.j2", view=shown, blocks=blocks, commands=commands, softened=softened
        )

    return fit(render, _STEPS, limit, lambda: render_markdown("comment/short.md.j2", view=view))


def _blocks(view: View, visible: int, folded: int) -> list[Block]:
    """Spend the visible rows on the targets in their order."""
    blocks = []
    for target in view.targets:
        first, rest = target.introduced.split(visible)
        visible -= len(first)
        blocks.append(Block(target.cut(folded), first, rest.cut(folded)))
    return blocks
