"""Webhook payloads, built from the same rendered state as the REST answers.

https://docs.github.com/webhooks/webhook-events-and-payloads
"""

from dataclasses import dataclass
from typing import Any, Protocol

from tests.fakes.github.git import EPOCH, Commit
from tests.fakes.github.git_payloads import iso
from tests.fakes.github.payloads import Payloads, node
from tests.fakes.github.state import CheckRun, Comment, Issue, Pull, Repository, User

Json = dict[str, Any]
STATUSES = ("added", "removed", "modified", "renamed", "changed")


class MergeGroup(Protocol):
    """The part of a merge group that its events tell."""

    @property
    def head_sha(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Events:
    """One method an event."""

    payloads: Payloads

    def common(self, repository: Repository, sender: User, **fields: Any) -> Json:
        number = self.payloads.state.installation_id
        return fields | {
            "repository": self.payloads.repository(repository),
            "installation": {"id": number, "node_id": node("I", number)},
            "sender": self.payloads.user(sender),
        }

    def pull_request(
        self, repository: Repository, pull: Pull, action: str, sender: User, **more: Any
    ) -> Json:
        body = self.payloads.pull(repository, pull)
        return self.common(repository, sender, action=action, number=pull.number, pull_request=body, **more)

    def issue_comment(self, repository: Repository, item: Pull | Issue, comment: Comment) -> Json:
        return self.common(
            repository,
            comment.user,
            action="created",
            issue=self.payloads.issue(repository, item),
            comment=self.payloads.comment(repository, comment),
        )

    def check_run(
        self, repository: Repository, check: CheckRun, action: str, sender: User, **more: Any
    ) -> Json:
        body = self.payloads.check(repository, check)
        pulls = body["pull_requests"]
        body["check_suite"] = body["check_suite"] | {
            "node_id": node("CS", check.suite_id),
            "head_sha": check.head_sha,
            # Null for a fork, like the empty list of pull requests.
            "head_branch": pulls[0]["head"]["ref"] if pulls else None,
            "status": check.status,
            "conclusion": check.conclusion,
            "url": f"{self.payloads.api}/repos/{repository.full_name}/check-suites/{check.suite_id}",
            "before": None,
            "after": check.head_sha,
            "pull_requests": pulls,
            "app": body["app"],
            "created_at": check.started_at,
            "updated_at": check.completed_at or check.started_at,
        }
        return self.common(repository, sender, action=action, check_run=body, **more)

    def merge_group(self, repository: Repository, group: MergeGroup, action: str, **more: Any) -> Json:
        commit = repository.git.commit_of(group.head_sha)
        assert commit is not None
        who = {"name": commit.author, "email": commit.email}
        head = {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": iso(commit.seconds),
            "author": who,
            "committer": who,
        }
        names = ("head_ref", "head_sha", "base_ref", "base_sha")
        body = {name: getattr(group, name) for name in names} | {"head_commit": head}
        sender = self.payloads.state.user("github-merge-queue[bot]", "Bot")
        return self.common(repository, sender, action=action, merge_group=body, **more)

    def push(
        self, repository: Repository, branch: str, before: str | None, after: str | None, sender: User
    ) -> Json:
        """Tell that a branch moved, is new (no `before`) or is gone (no `after`)."""
        git, page = repository.git, f"{self.payloads.web}/{repository.full_name}"
        commits = git.log(before or f"{after}~1", after) if after else []
        rows = [self._pushed(repository, commit, f"{page}/commit/{commit.sha}") for commit in commits]
        forced = bool(before and after and not git.contains(after, before))
        before, after = before or "0" * 40, after or "0" * 40
        body = self.common(
            repository,
            sender,
            ref=f"refs/heads/{branch}",
            before=before,
            after=after,
            created=set(before) == {"0"},
            deleted=set(after) == {"0"},
            forced=forced,
            base_ref=None,
            compare=f"{page}/compare/{before[:12]}...{after[:12]}",
            commits=rows,
            head_commit=rows[-1] if rows else None,
            pusher={"name": sender.login, "email": f"{sender.login}@users.noreply.example"},
        )
        # Of all events only `push` gives these two as Unix times.
        times = {"created_at": EPOCH, "pushed_at": EPOCH}
        return body | {"repository": body["repository"] | times}

    def _pushed(self, repository: Repository, commit: Commit, url: str) -> Json:
        changes = repository.git.changes(commit.parents[0], commit.sha) if commit.parents else ()
        who = {"name": commit.author, "email": commit.email, "username": "octocat"}
        paths = {kind: [change.path for change in changes if change.status == kind] for kind in STATUSES}
        return {
            "id": commit.sha,
            "tree_id": commit.tree,
            "distinct": True,
            "message": commit.message,
            "timestamp": iso(commit.seconds),
            "url": url,
            "author": who,
            "committer": who,
            "added": paths["added"],
            "removed": paths["removed"],
            "modified": paths["modified"],
        }

    def installation(self, action: str, repositories: list[Repository], **more: Any) -> Json:
        rows = [
            {
                "id": item.id,
                "node_id": node("R", item.id),
                "name": item.name,
                "full_name": item.full_name,
                "private": item.private,
            }
            for item in repositories
        ]
        sender = self.payloads.state.user("octo")
        body: Json = {"action": action, "installation": self.payloads.installation()} | more
        return body | {"repositories": rows, "sender": self.payloads.user(sender)}

    def ping(self) -> Json:
        state = self.payloads.state
        return {
            "zen": "Keep it logically awesome.",
            "hook_id": 500_001,
            "hook": {
                "id": 500_001,
                "type": "App",
                "name": "web",
                "active": True,
                "app_id": state.app_id,
                "events": ["pull_request"],
                "config": {"content_type": "json", "insecure_ssl": "0", "url": "https://bot.example/"},
                "created_at": state.now(),
                "updated_at": state.now(),
            },
        }
