"""Check runs and comments as a person sees them, and the buttons to press."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.github.state import CheckRun, Comment, Repository

if TYPE_CHECKING:
    from tests.fakes.github.fake import FakeGitHub


@dataclass(frozen=True, slots=True)
class FakeCheck:
    github: "FakeGitHub"
    repository: Repository
    run: CheckRun

    def __getattr__(self, name: str) -> Any:
        """Show the check run's own fields: status, conclusion, title, summary, annotations, and so on."""
        return getattr(object.__getattribute__(self, "run"), name)

    def rerequest(self, by: str = "alice") -> None:
        """Press "Re-run"."""
        self._send("rerequested", by)

    def press(self, identifier: str, by: str = "alice") -> None:
        """Press one of the buttons the check run shows."""
        if identifier not in [action["identifier"] for action in self.run.actions]:
            raise AssertionError(f"the check run shows no button {identifier!r}: {self.run.actions}")
        self._send("requested_action", by, requested_action={"identifier": identifier})

    def _send(self, action: str, by: str, **more: Any) -> None:
        webhooks = self.github.webhooks
        with self.github.state.lock:
            sender = self.github.state.user(by)
            payload = webhooks.events.check_run(self.repository, self.run, action, sender, **more)
        webhooks.send("check_run", payload, self.repository)


@dataclass(frozen=True, slots=True)
class FakeComment:
    comment: Comment

    def __getattr__(self, name: str) -> Any:
        """Show the comment's own fields: id, body, user, updated_at."""
        return getattr(object.__getattribute__(self, "comment"), name)

    @property
    def reactions(self) -> list[str]:
        return [reaction.content for reaction in self.comment.reactions]
