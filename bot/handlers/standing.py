"""What holds for a commit: a check belongs to a commit, a verdict to a pull request.

Two pull requests may share a head; its check shows the worst verdict over all open ones, so a lax target branch
cannot turn another one's check green.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.policy.verdict import Status
from bot.report.check_run import CheckText, PullVerdict, render_combined, render_waiting
from bot.store import pulls, reviews
from bot.store.reviews import ReviewRow, ReviewState, Shown


@dataclass(frozen=True, slots=True)
class Said:
    """What the newest verdict of one pull request says."""

    number: int
    status: Status
    text: CheckText


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdicts on one head."""

    open_pulls: tuple[int, ...]
    said: tuple[Said, ...]
    """By each open pull request that has a verdict, or owes one."""
    newest: ReviewRow | None
    """Whose check was created last, in whatever order the attempts began: the one GitHub reads."""

    def sum_for(self, row: ReviewRow, text: CheckText) -> CheckText:
        """What the check of `row` shows, which alone would show `text`."""
        number = row.request.number
        if not number or not self.said:
            return text
        if number not in self.open_pulls:
            worst = max(self.said, key=lambda said: said.status)
            return render_combined(worst.text, self._verdicts())
        # Its pull request goes on without this attempt, which therefore says nothing.
        return text if text.conclusion == "cancelled" else render_combined(text, self._verdicts())

    def may_be_corrected(self, row: ReviewRow) -> bool:
        """Whether a concluded check speaks for verdicts: its own, or those of the others on its head."""
        return row.shown is not None or row.request.number not in self.open_pulls

    def _verdicts(self) -> list[PullVerdict]:
        return [
            PullVerdict(said.number, said.status, said.text.conclusion, said.text.title) for said in self.said
        ]


def standing_on(connection: sa.Connection, repository_id: int, head: str) -> Standing:
    """Read the verdicts on a head."""
    attempts = reviews.on_head(connection, repository_id, head)
    judged = {
        row.request.number: Said(row.request.number, Status(row.status), text_of(row.shown))
        for row in attempts
        if row.shown is not None and row.status is not None
    }
    numbers = tuple(pull.number for pull in pulls.open_with_head(connection, repository_id, head))
    # Nothing may be green on behalf of one whose verdict is not found, or not yet; it corrects this when it has it.
    for row in attempts:
        if row.state in (ReviewState.OPEN, ReviewState.ABANDONED) and row.request.number not in judged:
            judged[row.request.number] = Said(row.request.number, Status.ERROR, render_waiting())
    newest = max(attempts, key=lambda row: row.check_run_id or 0, default=None)
    said = tuple(judged[number] for number in numbers if number in judged)
    return Standing(numbers, said, newest)


def text_of(shown: Shown) -> CheckText:
    """What a check showed for its own pull request. Its annotations are there already."""
    return CheckText(shown.title, shown.summary, shown.text, shown.conclusion)
