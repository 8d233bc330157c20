"""What the check run says: title, summary, text, conclusion and annotations.

https://docs.github.com/en/rest/checks/runs, "output object". A required check passes on neutral too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.policy.verdict import Status
from bot.report.advice import NO_ACTIONS, Actions
from bot.report.annotation import MAX_ANNOTATIONS, Annotation, annotations
from bot.report.escaping import cut
from bot.report.fit import LONGEST_TEXT, fit, size
from bot.report.listing import Listing
from bot.report.templating import macro, render_markdown, say
from bot.report.view import View, view_of
from bot.review import Review

Conclusion = Literal["success", "failure", "neutral", "cancelled"]
OnError = Literal["failure", "neutral"]

MAX_TITLE = 255
MAX_PULLS = 50
_ENDINGS = "check/endings.j2"
# (rows a list, targets, reasons), from generous to tight.
_STEPS = (
    (200, 100, 50),
    (100, 50, 50),
    (50, 50, 30),
    (20, 50, 20),
    (10, 30, 20),
    (5, 20, 10),
    (1, 10, 5),
    (0, 5, 3),
)
_GRAVITY: dict[Conclusion, int] = {"success": 0, "cancelled": 1, "neutral": 2, "failure": 3}


@dataclass(frozen=True, slots=True)
class CheckText:
    """Everything a check run shows. `text` may be empty."""

    title: str
    summary: str
    text: str
    conclusion: Conclusion
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class PullVerdict:
    """What the check of one pull request concluded, for a head that several share."""

    number: int
    status: Status
    conclusion: Conclusion
    title: str


def conclude(review: Review, on_error: OnError = "failure") -> Conclusion:
    """Map the verdict. Even where errors are let through, a known failure is not."""
    verdict = review.verdict
    if verdict.status in (Status.PASS, Status.WARN):
        return "success"
    fails = any(reason.status is Status.FAIL for reason in verdict.reasons)
    return on_error if verdict.status is Status.ERROR and not fails else "failure"


def render_check(
    review: Review, *, on_error: OnError = "failure", actions: Actions = NO_ACTIONS
) -> CheckText:
    """The check of one review."""
    view, conclusion = view_of(review, actions), conclude(review, on_error)
    softened = conclusion == "neutral"
    remarks = annotations(view)
    return CheckText(
        title=cut(say("title", view, softened), MAX_TITLE),
        summary=_fit("check/summary.md.j2", view, LONGEST_TEXT, softened=softened),
        text=_text(view, left_out=max(0, len(remarks) - MAX_ANNOTATIONS)),
        conclusion=conclusion,
        annotations=tuple(remarks[:MAX_ANNOTATIONS]),
    )


def render_superseded() -> CheckText:
    """The check of a commit that a newer one replaced."""
    return CheckText(
        macro(_ENDINGS, "superseded_title"), macro(_ENDINGS, "superseded_summary"), "", "cancelled"
    )


def render_waiting() -> CheckText:
    """What a pull request says before it is judged, to others that share its head."""
    return CheckText(macro(_ENDINGS, "waiting_title"), macro(_ENDINGS, "waiting_summary"), "", "failure")


def render_unfinished(reason: str, *, on_error: OnError = "failure", job: str = "") -> CheckText:
    """The check of a review that did not finish, with the reason; `job` names a bug in the log."""
    summary = render_markdown("check/unfinished.md.j2", reason=reason.removesuffix("."), job=job)
    title = macro(_ENDINGS, "unfinished_title", on_error == "neutral")
    return CheckText(title, summary, "", on_error)


def render_combined(check: CheckText, pulls: Sequence[PullVerdict]) -> CheckText:
    """The check of a head that several pull requests share: `check` with the worst conclusion of all."""
    if len(pulls) < 2:
        return check
    ordered = sorted(pulls, key=lambda pull: (-_GRAVITY[pull.conclusion], -pull.status, pull.number))
    worst = ordered[0]
    title = macro(_ENDINGS, "combined_title", worst.number, worst.title, len(ordered))
    head = render_markdown("check/combined.md.j2", pulls=Listing.of(ordered).cut(MAX_PULLS))
    summary = f"{head}\n{check.summary}"
    return CheckText(
        title=cut(title, MAX_TITLE),
        summary=summary if size(summary) <= LONGEST_TEXT else head,
        text=check.text,
        conclusion=worst.conclusion,
        annotations=check.annotations,
    )


def _text(view: View, *, left_out: int) -> str:
    return (
        _fit("check/text.md.j2", view, LONGEST_TEXT, left_out=left_out)
        if view.targets or view.lockfiles or view.advice
        else ""
    )


def _fit(template: str, view: View, limit: int, **values: object) -> str:
    def render(step: tuple[int, int, int]) -> str:
        rows, targets, groups = step
        return render_markdown(template, view=view.cut(rows=rows, targets=targets, groups=groups), **values)

    return fit(render, _STEPS, limit, lambda: render_markdown("check/short.md.j2", view=view))
