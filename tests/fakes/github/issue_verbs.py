"""Issues and review comments as a person sees them, and what people do with them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.github.check_verbs import FakeComment
from tests.fakes.github.routes.notes import stands_at
from tests.fakes.github.state import Comment, Issue, Note, Repository

if TYPE_CHECKING:
    from tests.fakes.github.fake import FakeGitHub


@dataclass(frozen=True, slots=True)
class FakeIssue:
    github: "FakeGitHub"
    repository: Repository
    issue: Issue

    def __getattr__(self, name: str) -> Any:
        """Show the issue's own fields: number, title, body, state, labels, closed_by."""
        return getattr(object.__getattribute__(self, "issue"), name)

    @property
    def comments(self) -> list[FakeComment]:
        found = list(self.repository.comments.values())
        return [FakeComment(comment) for comment in found if comment.number == self.issue.number]

    def comment(self, body: str, author: str = "alice") -> FakeComment:
        """Write a comment, as `author`."""
        state = self.github.state
        with state.lock:
            now, user = state.now(), state.user(author)
            comment = Comment(state.next_id("comment"), self.issue.number, user, body, now, now)
            self.repository.comments[comment.id] = comment
            payload = self.github.webhooks.events.issue_comment(self.repository, self.issue, comment)
        self.github.webhooks.send("issue_comment", payload, self.repository)
        return FakeComment(comment)

    def close(self, by: str = "alice", reason: str = "completed") -> None:
        """Close it; the App is not subscribed to the webhook that tells."""
        with self.github.state.lock:
            now, issue = self.github.state.now(), self.issue
            issue.state, issue.state_reason, issue.updated_at = "closed", reason, now
            issue.closed_at, issue.closed_by = now, self.github.state.user(by)

    def reopen(self) -> None:
        with self.github.state.lock:
            issue = self.issue
            issue.state, issue.state_reason = "open", "reopened"
            issue.closed_at = issue.closed_by = None


@dataclass(frozen=True, slots=True)
class FakeNote:
    github: "FakeGitHub"
    repository: Repository
    note: Note

    def __getattr__(self, name: str) -> Any:
        """Show the review comment's own fields: id, body, path, user."""
        return getattr(object.__getattribute__(self, "note"), name)

    @property
    def lines(self) -> tuple[int, int] | None:
        """First and last line it stands at now, None once it is outdated."""
        start, line = stands_at(self.repository, self.note)
        return None if line is None else (start or line, line)

    def reply(self, body: str, author: str = "alice") -> "FakeNote":
        """Answer it; the App is not subscribed to the webhook that tells."""
        state, note = self.github.state, self.note
        with state.lock:
            now = state.now()
            answer = Note(
                id=state.next_id("note"),
                number=note.number,
                user=state.user(author),
                body=body,
                path=note.path,
                commit_sha=note.commit_sha,
                start_line=note.start_line,
                line=note.line,
                hunk=note.hunk,
                created_at=now,
                updated_at=now,
                in_reply_to=note.id,
            )
            self.repository.notes[answer.id] = answer
        return FakeNote(self.github, self.repository, answer)
