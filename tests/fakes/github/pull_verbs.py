"""What people do with pull requests: each verb changes the state and delivers the signed webhook.

Handles over the state; what they show is read anew each time, so that a test sees what a person would see.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.github.check_verbs import FakeCheck, FakeComment
from tests.fakes.github.git import IDENTITY, Content
from tests.fakes.github.issue_verbs import FakeNote
from tests.fakes.github.moves import move
from tests.fakes.github.state import Comment, Pull

if TYPE_CHECKING:
    from tests.fakes.github.fake import FakeGitHub
    from tests.fakes.github.repo_verbs import FakeRepo

CHECK_NAME = "plimsoll"
MERGING = "gh-readonly-merge"
Files = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class FakePull:
    github: "FakeGitHub"
    repo: "FakeRepo"
    pull: Pull

    def __getattr__(self, name: str) -> Any:
        """Show the pull request's own fields: number, head_sha, head_ref, base_ref, state, draft."""
        return getattr(object.__getattribute__(self, "pull"), name)

    @property
    def checks(self) -> list[FakeCheck]:
        """All check runs on the head, oldest first."""
        return self.repo.checks_on(self.pull.head_sha)

    @property
    def check(self) -> FakeCheck:
        """The check run that counts: the latest of our name on the head."""
        ours = [check for check in self.checks if check.name == CHECK_NAME]
        if not ours:
            raise AssertionError(f"no check run {CHECK_NAME!r} on {self.pull.head_sha}")
        return ours[-1]

    @property
    def comments(self) -> list[FakeComment]:
        found = self.repo.repository.comments.values()
        return [FakeComment(comment) for comment in list(found) if comment.number == self.pull.number]

    @property
    def bot_comments(self) -> list[FakeComment]:
        return [comment for comment in self.comments if comment.by_app]

    @property
    def bot_comment(self) -> str | None:
        """The text of the bot's one comment, None when there is none; two are a failure."""
        found = self.bot_comments
        if len(found) > 1:
            raise AssertionError(f"the bot wrote {len(found)} comments on #{self.pull.number}")
        return found[0].comment.body if found else None

    @property
    def notes(self) -> list[FakeNote]:
        """All review comments, oldest first."""
        home = self.repo.repository
        found = [note for note in list(home.notes.values()) if note.number == self.pull.number]
        return [FakeNote(self.github, home, note) for note in found]

    def file(self, path: str) -> tuple[str, bytes] | None:
        """Return mode and bytes of a file at the head."""
        return self.repo.file(path, self.pull.head_sha)

    def push(
        self,
        files: Files | None = None,
        *,
        delete: Iterable[str] = (),
        rename: Mapping[str, str] | None = None,
        force: bool = False,
        message: str = "Change",
        author: str | None = None,
    ) -> str:
        """Push a commit to the head branch; with `force`, one that replaces what is there.

        The commit is of nobody GitHub knows, unless `author` names an account.
        """
        pull, home = self.pull, self.repo.repository
        with self.github.state.lock:
            before = pull.head_sha
            parent = home.git.merge_base(home.base_sha(pull), before) if force else before
            after = pull.head_repo.git.commit(
                pull.head_ref,
                files=files,
                delete=tuple(delete),
                rename=rename,
                parents=(parent or before,),
                message=message,
                author=self.github.state.user(author).identity if author else IDENTITY,
            )
            touched = self.repo.move_heads(pull.head_repo, pull.head_ref, after)
        for other in touched:
            FakePull(self.github, self.repo, other).send("synchronize", author, before=before, after=after)
        return after

    def merge(self, by: str = "alice", *, delete_branch: bool = False) -> str:
        """Merge it with a merge commit on its base; return that commit."""
        pull, home, state = self.pull, self.repo.repository, self.github.state
        with state.lock:
            user, base = state.user(by), self.repo.head(pull.base_ref)
            message = f"Merge pull request #{pull.number} from {pull.head_ref}"
            sha = home.git.merge(MERGING, base, pull.head_sha, message)
            if sha is None or pull.state != "open":
                raise AssertionError(f"#{pull.number} cannot be merged")
            home.git.delete_ref(f"refs/heads/{MERGING}")
            pull.merged, pull.merged_base, pull.merge_commit = True, base, sha
            told = move(self.github.webhooks.events, home, pull.base_ref, sha, user).told
        self._closed(by)
        self.github.tell(told, home)
        if delete_branch:
            self.repo.delete_branch(pull.head_ref, by)
        return sha

    def close(self, by: str = "alice", *, merged: bool = False, delete_branch: bool = False) -> None:
        """Close it; `merged` only says so, `merge` also does it."""
        self.pull.merged = merged
        self._closed(by)
        if delete_branch:
            self.repo.delete_branch(self.pull.head_ref, by)

    def _closed(self, by: str) -> None:
        state = self.github.state
        self._change("closed", by, state="closed", closed_at=state.now(), closed_by=state.user(by))

    def reopen(self, by: str = "alice") -> None:
        if self.pull.head_repo.git.commit_id(self.pull.head_ref) is None or self.pull.merged:
            raise AssertionError(f"#{self.pull.number} is merged, or its branch is gone")
        self._change("reopened", by, state="open", closed_at=None, closed_by=None)

    def ready(self, by: str = "alice") -> None:
        self._change("ready_for_review", by, draft=False)

    def set_base(self, branch: str, by: str = "alice") -> None:
        old, old_sha = self.pull.base_ref, self.repo.repository.base_sha(self.pull)
        changes = {"base": {"ref": {"from": old}, "sha": {"from": old_sha}}}
        self._change("edited", by, {"changes": changes}, base_ref=branch)

    def set_title(self, title: str, by: str = "alice") -> None:
        changes = {"title": {"from": self.pull.title}}
        self._change("edited", by, {"changes": changes}, title=title)

    def comment(self, body: str, author: str = "alice") -> FakeComment:
        """Write a comment, as `author`."""
        state, home = self.github.state, self.repo.repository
        with state.lock:
            now, user = state.now(), state.user(author)
            comment = Comment(state.next_id("comment"), self.pull.number, user, body, now, now)
            home.comments[comment.id] = comment
            self.pull.updated_at = now
            payload = self.github.webhooks.events.issue_comment(home, self.pull, comment)
        self.github.webhooks.send("issue_comment", payload, home)
        return FakeComment(comment)

    def _change(self, action: str, by: str, told: Mapping[str, Any] | None = None, **fields: Any) -> None:
        with self.github.state.lock:
            for name, value in fields.items():
                setattr(self.pull, name, value)
            self.pull.updated_at = self.github.state.now()
        self.send(action, by, **(told or {}))

    def send(self, action: str, by: str | None = None, **more: Any) -> None:
        """Deliver a `pull_request` webhook about the pull request as it is now."""
        webhooks, home = self.github.webhooks, self.repo.repository
        with self.github.state.lock:
            sender = self.github.state.user(by) if by else self.pull.user
            payload = webhooks.events.pull_request(home, self.pull, action, sender, **more)
        webhooks.send("pull_request", payload, home)


@dataclass(frozen=True, slots=True)
class FakeMergeGroup:
    github: "FakeGitHub"
    repo: "FakeRepo"
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str

    @property
    def checks(self) -> list[FakeCheck]:
        return self.repo.checks_on(self.head_sha)

    def destroy(self, reason: str = "dequeued") -> None:
        """Take the group out of the queue: "merged", "invalidated" or "dequeued"."""
        self.send("destroyed", reason=reason)
        with self.github.state.lock:
            self.repo.repository.git.delete_ref(self.head_ref)

    def send(self, action: str, **more: Any) -> None:
        home, webhooks = self.repo.repository, self.github.webhooks
        with self.github.state.lock:
            payload = webhooks.events.merge_group(home, self, action, **more)
        webhooks.send("merge_group", payload, home)
