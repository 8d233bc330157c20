"""What happened at GitHub, as far as it concerns us.

Pure values: `github.payloads` reads them from webhooks, `handlers.route` makes jobs of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RepositoryId:
    """A repository: by its number, which stays, and its name, which may change."""

    id: int
    full_name: str


@dataclass(frozen=True, slots=True)
class PullRequestEvent:
    """A pull request was opened, updated, closed …"""

    action: str
    """opened, synchronize, reopened, ready_for_review, edited (only when the base changed) or closed."""
    installation_id: int
    repository: RepositoryId
    number: int
    head_sha: str
    base_ref: str
    base_sha: str
    updated_at: float
    """When the pull request last changed: tells which of two events is the newer."""
    head_ref: str = ""
    merged: bool = False
    """Whether it was closed by merging it."""
    sender: str = ""
    """Who did it; empty when the account is gone."""


@dataclass(frozen=True, slots=True)
class CommentEvent:
    """Somebody wrote a comment; edits are not told, as anyone with write access can make them."""

    installation_id: int
    repository: RepositoryId
    number: int
    is_pull: bool
    comment_id: int
    author: str
    """Empty when the account is gone."""
    author_type: str
    """User, Bot, Organization …"""
    body: str

    @property
    def is_by_bot(self) -> bool:
        """Whether a program wrote it: we never answer those."""
        return self.author_type == "Bot"


@dataclass(frozen=True, slots=True)
class CheckRunEvent:
    """Somebody asked for a check again, or pressed one of its buttons."""

    action: str
    """rerequested or requested_action."""
    installation_id: int
    repository: RepositoryId
    head_sha: str
    app_id: int
    sender: str
    identifier: str
    """Of the button; empty when rerequested."""


@dataclass(frozen=True, slots=True)
class MergeGroupEvent:
    """The merge queue made a commit to be checked, or gave it up."""

    action: str
    """checks_requested or destroyed."""
    installation_id: int
    repository: RepositoryId
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str


@dataclass(frozen=True, slots=True)
class InstallationEvent:
    """The app was installed, removed, suspended …, or its repositories were changed."""

    action: str
    """created, deleted, suspend, unsuspend, new_permissions_accepted, added or removed."""
    installation_id: int
    account: str
    added: tuple[RepositoryId, ...] = ()
    removed: tuple[RepositoryId, ...] = ()


@dataclass(frozen=True, slots=True)
class PushEvent:
    """A branch was made, moved or deleted; tags are no concern of ours."""

    installation_id: int
    repository: RepositoryId
    ref: str
    """`refs/heads/…`."""
    before: str
    """Zeros when the branch is new."""
    after: str
    """Zeros when the branch is gone."""
    created: bool
    deleted: bool
    forced: bool
    default_branch: str
    pusher: str
    """Who pushed; empty when GitHub does not say."""

    @property
    def branch(self) -> str:
        """The branch's own name."""
        return self.ref.removeprefix("refs/heads/")

    @property
    def is_of_default_branch(self) -> bool:
        """Whether the repository's default branch is at `after` now."""
        return not self.deleted and self.branch == self.default_branch


Event = PullRequestEvent | CommentEvent | CheckRunEvent | MergeGroupEvent | InstallationEvent | PushEvent
