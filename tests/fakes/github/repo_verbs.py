"""What people do with repositories: pushes, pull requests, the merge queue, roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.github.check_verbs import FakeCheck
from tests.fakes.github.issue_verbs import FakeIssue
from tests.fakes.github.moves import move
from tests.fakes.github.pull_verbs import FakeMergeGroup, FakePull, Files
from tests.fakes.github.state import Pull, Repository, User

if TYPE_CHECKING:
    from tests.fakes.github.fake import FakeGitHub


@dataclass(frozen=True, slots=True)
class FakeRepo:
    github: "FakeGitHub"
    repository: Repository

    @property
    def name(self) -> str:
        return self.repository.full_name

    @property
    def id(self) -> int:
        return self.repository.id

    @property
    def pulls(self) -> list[FakePull]:
        """All pull requests, oldest first."""
        return [FakePull(self.github, self, pull) for pull in list(self.repository.pulls.values())]

    @property
    def bot_pulls(self) -> list[FakePull]:
        """Those that the bot opened."""
        return [pull for pull in self.pulls if pull.pull.user == self.github.state.bot]

    @property
    def issues(self) -> list[FakeIssue]:
        """All issues, oldest first."""
        found = list(self.repository.issues.values())
        return [FakeIssue(self.github, self.repository, issue) for issue in found]

    @property
    def dispatches(self) -> list[dict[str, Any]]:
        """Each `repository_dispatch` that was sent, as `event_type` and `client_payload`."""
        return self.repository.dispatches

    @property
    def branches(self) -> dict[str, str]:
        """All branches, with the commit each is at."""
        found = self.repository.git.refs("refs/heads/")
        return {name.removeprefix("refs/heads/"): sha for name, sha in found.items()}

    def file(self, path: str, at: str | None = None) -> tuple[str, bytes] | None:
        """Return mode and bytes of a file at a branch or a commit."""
        git = self.repository.git
        commit = git.commit_of(git.commit_id(at or self.repository.default_branch) or "")
        entries = git.tree(commit.tree, True) if commit else ()
        entry = next((item for item in entries if item.path == path), None)
        found = git.read(entry.sha) if entry else None
        return (entry.mode, found.data) if entry and found else None

    def authors(self, branch: str) -> list[str]:
        """Return who wrote the commits that a branch has and the default branch has not, oldest first."""
        log = self.repository.git.log(self.head(), self.head(branch))
        return [commit.author for commit in log]

    def is_verified(self, sha: str) -> bool:
        """Whether GitHub signed this commit."""
        return sha in self.repository.signed

    def delete_branch(self, branch: str, by: str = "alice") -> None:
        """Delete a branch, which closes its pull requests."""
        with self.github.state.lock:
            user = self.github.state.user(by)
            told = move(self.github.webhooks.events, self.repository, branch, None, user).told
        self.github.tell(told, self.repository)

    def protect(self, pattern: str) -> None:
        """Let a ruleset forbid to create, move and delete branches like `plimsoll/*`; `*` stands for slashes too."""
        with self.github.state.lock:
            self.repository.rules.append(pattern)

    def protect_branch(self, branch: str | None = None) -> None:
        """Let a branch change through pull requests only."""
        with self.github.state.lock:
            self.repository.protected.append(branch or self.repository.default_branch)

    def archive(self, archived: bool = True) -> None:
        """Make the repository read-only, or end that."""
        with self.github.state.lock:
            self.repository.archived = archived

    def disable_issues(self) -> None:
        with self.github.state.lock:
            self.repository.has_issues = False

    def head(self, branch: str | None = None) -> str:
        """Return the commit a branch is at."""
        sha = self.repository.git.commit_id(branch or self.repository.default_branch)
        if sha is None:
            raise AssertionError(f"{self.name} has no branch {branch}")
        return sha

    def checks_on(self, sha: str) -> list[FakeCheck]:
        found = list(self.repository.checks.values())
        return [FakeCheck(self.github, self.repository, run) for run in found if run.head_sha == sha]

    def commit(
        self,
        branch: str | None = None,
        files: Files | None = None,
        *,
        delete: Iterable[str] = (),
        rename: Mapping[str, str] | None = None,
        start: str | None = None,
        author: str = "alice",
        message: str = "Change",
    ) -> str:
        """Push a commit to a branch, made from `start` (else the default branch) when it is new."""
        git, branch = self.repository.git, branch or self.repository.default_branch
        with self.github.state.lock:
            before = git.commit_id(branch)
            parent = before or self.head(start)
            after = git.commit(
                branch,
                files=files,
                delete=tuple(delete),
                rename=rename,
                parents=(parent,),
                message=message,
            )
            touched = self.move_heads(self.repository, branch, after)
            payload = self.github.webhooks.events.push(
                self.repository, branch, before, after, self.github.state.user(author)
            )
        self.github.webhooks.send("push", payload, self.repository)
        for pull in touched:
            FakePull(self.github, self, pull).send("synchronize", author, before=before, after=after)
        return after

    def move_heads(self, home: Repository, branch: str, sha: str) -> list[Pull]:
        """Let the open pull requests of a branch follow it. The caller holds the lock."""
        touched = [
            pull
            for pull in self.repository.pulls.values()
            if pull.state == "open" and pull.head_repo is home and pull.head_ref == branch
        ]
        for pull in touched:
            pull.head_sha, pull.updated_at = sha, self.github.state.now()
            self._publish_head(pull)
        return touched

    def _publish_head(self, pull: Pull) -> None:
        ref = f"refs/pull/{pull.number}/head"
        if pull.head_repo is self.repository:
            self.repository.git.set_ref(ref, pull.head_sha)
        else:
            self.repository.git.fetch(pull.head_repo.git, f"refs/heads/{pull.head_ref}", ref)

    def open_pull(
        self,
        files: Files | None = None,
        *,
        delete: Iterable[str] = (),
        rename: Mapping[str, str] | None = None,
        base: str | None = None,
        head_branch: str | None = None,
        author: str = "alice",
        draft: bool = False,
        fork: bool = False,
        title: str = "Change",
        body: str | None = None,
    ) -> FakePull:
        """Push a branch with one commit and open a pull request from it."""
        with self.github.state.lock:
            base = base or self.repository.default_branch
            branch = head_branch or f"change-{len(self.repository.pulls) + 1}"
            home = self.github.fork(self.repository, author) if fork else self.repository
            sha = home.git.commit(
                branch,
                files=files,
                delete=tuple(delete),
                rename=rename,
                parents=(self.head(base),),
                message=title,
            )
            pull = self._add(home, branch, sha, base, self.github.state.user(author), draft, title, body)
        return self._opened(pull)

    def second_pull_on(self, head: FakePull, *, base: str, author: str = "alice") -> FakePull:
        """Open another pull request from the same head into another branch."""
        with self.github.state.lock:
            first = head.pull
            user = self.github.state.user(author)
            pull = self._add(
                first.head_repo, first.head_ref, first.head_sha, base, user, False, first.title, None
            )
        return self._opened(pull)

    def _opened(self, pull: Pull) -> FakePull:
        handle = FakePull(self.github, self, pull)
        handle.send("opened")
        return handle

    def _add(
        self,
        home: Repository,
        branch: str,
        sha: str,
        base: str,
        user: User,
        draft: bool,
        title: str,
        body: str | None,
    ) -> Pull:
        state = self.github.state
        number = self.repository.next_number()
        pull = Pull(
            state.next_id("pull"), number, title, body, user, base, branch, sha, home, state.now(), draft
        )
        self.repository.pulls[number] = pull
        self._publish_head(pull)
        return pull

    def pull(self, number: int) -> FakePull:
        return FakePull(self.github, self, self.repository.pulls[number])

    def merge_group(self, pull: FakePull) -> FakeMergeGroup:
        """Let a pull request enter the merge queue: a real merge commit on a branch of GitHub's making."""
        base_sha = self.head(pull.pull.base_ref)
        branch = f"gh-readonly-queue/{pull.pull.base_ref}/pr-{pull.pull.number}-{base_sha}"
        with self.github.state.lock:
            message = f"Merge pull request #{pull.pull.number}"
            sha = self.repository.git.merge(branch, base_sha, pull.pull.head_sha, message)
        if sha is None:
            raise AssertionError("the pull request conflicts with its base")
        group = FakeMergeGroup(
            self.github, self, f"refs/heads/{branch}", sha, f"refs/heads/{pull.pull.base_ref}", base_sha
        )
        group.send("checks_requested")
        return group

    def set_permission(self, login: str, role: str) -> None:
        """Give someone a role: "admin", "maintain", "write", "triage", "read" or "none"."""
        with self.github.state.lock:
            self.github.state.user(login)
            self.repository.permissions[login] = role
