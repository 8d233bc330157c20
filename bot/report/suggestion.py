"""A suggestion as a review comment: one sentence, and the lines its author can apply with a button.

https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests
"""

import re
from collections.abc import Sequence

from bot.bump.model import Advice
from bot.report.advice import advice_view
from bot.report.templating import render_markdown

_TICKS = re.compile(r"`+")


def render_suggestion(advice: Advice, lines: Sequence[str]) -> str:
    """The comment without its marker. The lines stand as they are: GitHub writes them into the file."""
    words = render_markdown("comment/suggestion.md.j2", view=advice_view(advice)).strip()
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((words, "", f"{fence}suggestion", *lines, fence))
