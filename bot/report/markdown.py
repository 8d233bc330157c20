"""The review as Markdown for a file or a terminal: the words of the comment, without marker and commands."""

from bot.report.advice import How
from bot.report.comment import render_body
from bot.report.view import view_of
from bot.review import Review

MAX_BYTES = 1_000_000


def render_markdown_report(review: Review) -> str:
    """The body of the comment, ending in a newline."""
    return render_body(view_of(review, how=How.EDIT), commands=False, softened=False, limit=MAX_BYTES)
