"""What is said of bumps outside their pull requests: answers to commands, and issues."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.bump.family import short_name
from bot.report.comment import Comment
from bot.report.escaping import cut
from bot.report.templating import render_markdown

MOST_PROBLEMS = 20
MOST_PROBLEM = 600


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one family."""

    family: str
    did: str
    number: int | None
    why: str
    rejected: tuple[tuple[str, str], ...] = ()
    """(tag, reason) pairs."""

    @property
    def name(self) -> str:
        """The family as people write it."""
        return short_name(self.family)


def with_obstacle(comment: Comment, base_ref: str, problem: str) -> Comment:
    """Add to a comment that recommends a bump what keeps it from being made; empty for nothing."""
    if not problem:
        return comment
    note = render_markdown("bump/obstacle.md.j2", base_ref=base_ref, problem=cut(problem, MOST_PROBLEM))
    return replace(comment, body=f"{comment.body}\n{note}")


def render_answer(
    command: str, image: str, base_ref: str, rows: Sequence[Row], incomplete: Sequence[str]
) -> str:
    """The reply to a command that was carried out, as far as it could be."""
    return render_markdown(
        "bump/answer.md.j2",
        command=command,
        image=image,
        base_ref=base_ref,
        rows=rows,
        incomplete=incomplete[:MOST_PROBLEMS],
    )


def render_refusal(command: str, why: str) -> str:
    """The reply to a command that could not be carried out at all."""
    return render_markdown("bump/refusal.md.j2", command=command, why=why)


def render_left(why: str) -> str:
    """What is said once in a pull request that is left to the people who work on it."""
    return render_markdown("bump/left.md.j2", why=why)


def render_blocked(base_ref: str, problems: Sequence[str]) -> tuple[str, str]:
    """Title and body of the issue about what keeps bumps from being made."""
    body = render_markdown(
        "bump/blocked.md.j2",
        base_ref=base_ref,
        problems=problems[:MOST_PROBLEMS],
        more=len(problems[MOST_PROBLEMS:]),
    )
    return "Plimsoll cannot keep the base images up to date", body


def render_resolved(base_ref: str) -> str:
    """The comment that closes it."""
    return render_markdown("bump/resolved.md.j2", base_ref=base_ref)


def render_rebuild(base_ref: str, stale: Sequence[Any]) -> tuple[str, str]:
    """Title and body of the issue that asks for a rebuild."""
    body = render_markdown("bump/rebuild.md.j2", base_ref=base_ref, stale=stale)
    names = ", ".join(dict.fromkeys(each.written for each in stale))
    return f"Rebuild on the newer content of {names}", body
