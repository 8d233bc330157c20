"""What the fake GitHub knows: plain values that only the HTTP side and the verbs change, under one lock.

Fields are named as in GitHub's own answers; `payloads.py` is the only place that renders them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import RLock
from typing import Any

from tests.fakes.github.git import GitRepository

#: What `app.yml` asks for, and what the installation has accepted.
PERMISSIONS = {
    "metadata": "read",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "merge_queues": "read",
}


@dataclass(frozen=True, slots=True)
class User:
    login: str
    id: int
    type: str = "User"

    @property
    def identity(self) -> str:
        """What stands in commits that GitHub writes for this account."""
        return f"{self.login} <{self.id}+{self.login}@users.noreply.github.com>"


@dataclass(slots=True)
class Reaction:
    id: int
    user: User
    content: str
    created_at: str


@dataclass(slots=True)
class Comment:
    id: int
    number: int
    user: User
    body: str
    created_at: str
    updated_at: str
    by_app: bool = False
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class CheckRun:
    id: int
    name: str
    head_sha: str
    status: str
    started_at: str
    suite_id: int
    conclusion: str | None = None
    completed_at: str | None = None
    external_id: str = ""
    details_url: str = ""
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Pull:
    id: int
    number: int
    title: str
    body: str | None
    user: User
    base_ref: str
    head_ref: str
    head_sha: str
    head_repo: "Repository"
    created_at: str
    draft: bool = False
    state: str = "open"
    merged: bool = False
    updated_at: str = ""
    closed_at: str | None = None
    closed_by: User | None = None
    merged_base: str = ""
    """Where the base was when it was merged, which GitHub keeps showing."""
    merge_commit: str | None = None
    labels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Issue:
    id: int
    number: int
    title: str
    body: str | None
    user: User
    created_at: str
    updated_at: str
    state: str = "open"
    state_reason: str | None = None
    closed_at: str | None = None
    closed_by: User | None = None
    labels: list[str] = field(default_factory=list)
    by_app: bool = False


@dataclass(slots=True)
class Note:
    """A review comment on lines of a pull request's new side."""

    id: int
    number: int
    user: User
    body: str
    path: str
    commit_sha: str
    start_line: int | None
    line: int
    hunk: str
    created_at: str
    updated_at: str
    by_app: bool = False
    in_reply_to: int | None = None


@dataclass(slots=True)
class Repository:
    id: int
    owner: User
    name: str
    private: bool
    default_branch: str
    git: GitRepository
    created_at: str
    parent: "Repository | None" = None
    installed: bool = True
    trees_truncated: bool = False
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    permissions: dict[str, str] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    notes: dict[int, Note] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    """Those that exist, with their ids."""
    dispatches: list[dict[str, Any]] = field(default_factory=list)
    signed: set[str] = field(default_factory=set)
    """Commits that carry GitHub's own signature."""
    rules: list[str] = field(default_factory=list)
    """Patterns of branches that a ruleset lets nobody create, move or delete."""
    protected: list[str] = field(default_factory=list)
    """Branches that change through pull requests only."""
    archived: bool = False
    has_issues: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def base_sha(self, pull: Pull) -> str:
        return pull.merged_base or self.git.commit_id(pull.base_ref) or ""

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        return max([*self.pulls, *self.issues], default=0) + 1

    def open_pulls_with_head(self, sha: str) -> list[Pull]:
        return [pull for pull in self.pulls.values() if pull.state == "open" and pull.head_sha == sha]


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token, narrowed to some repositories and permissions."""

    value: str
    permissions: dict[str, str]
    repository_ids: frozenset[int] | None
    expires_at: datetime


#: Who commits for people and apps that work on the web or through the API.
WEB_FLOW = "GitHub <noreply@github.com>"
WEB_FLOW_EMAIL = "noreply@github.com"


def utc_now() -> datetime:
    return datetime.now(UTC)


class State:
    """Everything the fake remembers. Hold `lock` while changing it."""

    def __init__(self, app_id: int, clock: Callable[[], datetime] = utc_now) -> None:
        self.lock = RLock()
        self.clock = clock
        self.app_id = app_id
        self.installation_id = 4_000_001
        self.slug = "plimsoll"
        self.permissions = dict(PERMISSIONS)
        self.suspended_at: str | None = None
        self.users: dict[str, User] = {}
        self.repositories: dict[int, Repository] = {}
        self.tokens: dict[str, Token] = {}
        #: What the bot did that GitHub's description or rules forbid; a test expects none.
        self.violations: list[str] = []
        self._ids = {kind: count(start) for kind, start in STARTS.items()}
        self.bot = self.user(f"{self.slug}[bot]", "Bot")

    def next_id(self, kind: str) -> int:
        return next(self._ids[kind])

    def now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def user(self, login: str, kind: str = "User") -> User:
        """Return the user of that name, who appears on first mention."""
        with self.lock:
            if login not in self.users:
                self.users[login] = User(login, self.next_id("user"), kind)
            return self.users[login]

    def account(self, email: str) -> User | None:
        """Return whose address in a commit this is, if it is an account's."""
        if email == WEB_FLOW_EMAIL:
            return self.user("web-flow")
        number, plus, rest = email.partition("+")
        user = self.users.get(rest.partition("@")[0]) if plus and number.isdigit() else None
        return user if user and str(user.id) == number else None

    def repository(self, owner: str, name: str) -> Repository | None:
        """Find a repository by name; GitHub does not tell upper from lower case."""
        wanted = f"{owner}/{name}".lower()
        return next((repo for repo in self.repositories.values() if repo.full_name.lower() == wanted), None)

    def installed(self) -> list[Repository]:
        return [repository for repository in self.repositories.values() if repository.installed]


#: Ids of different kinds never meet, so that a test cannot pass by mixing them up.
STARTS = {
    "user": 101,
    "repository": 20_001,
    "pull": 300_001,
    "issue": 350_001,
    "label": 40_001,
    "note": 6_500_001,
    "comment": 5_000_001,
    "reaction": 600_001,
    "check": 70_000_001,
    "suite": 8_000_001,
    "delivery": 900_000_001,
}
