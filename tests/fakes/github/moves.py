"""What GitHub does by itself when a branch is made, moved or deleted, by a person or by the bot.

The caller holds the lock, and sends or queues what these return.
"""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.github.auth import Refusal
from tests.fakes.github.events import Events
from tests.fakes.github.state import Pull, Repository, User

Json = dict[str, Any]
#: An event's name and its payload.
Told = tuple[str, Json]
ABOUT_PROTECTION = "https://docs.github.com/articles/about-protected-branches"


@dataclass(slots=True)
class Move:
    """A branch that points elsewhere now, and everything GitHub tells about it, in order."""

    told: list[Told] = field(default_factory=list)


def move(events: Events, repository: Repository, branch: str, after: str | None, sender: User) -> Move:
    """Point a branch at a commit, or delete it; its open pull requests follow, or are closed."""
    git = repository.git
    before = git.commit_id(branch)
    if after:
        git.set_ref(f"refs/heads/{branch}", after)
    else:
        git.delete_ref(f"refs/heads/{branch}")
    result = Move([("push", events.push(repository, branch, before, after, sender))])
    for pull in followers(repository, branch):
        result.told.append(("pull_request", _followed(events, repository, pull, before, after, sender)))
    return result


def followers(repository: Repository, branch: str) -> list[Pull]:
    """Return the open pull requests from a branch of this repository."""
    return [
        pull
        for pull in repository.pulls.values()
        if pull.state == "open" and pull.head_repo is repository and pull.head_ref == branch
    ]


def _followed(
    events: Events, repository: Repository, pull: Pull, before: str | None, after: str | None, sender: User
) -> Json:
    now = events.payloads.state.now()
    pull.updated_at = now
    if after:
        pull.head_sha = after
        repository.git.set_ref(f"refs/pull/{pull.number}/head", after)
    # GitHub closes what has nothing left to merge.
    if not after or repository.git.contains(repository.base_sha(pull), after):
        pull.state, pull.closed_at, pull.closed_by = "closed", now, sender
        return events.pull_request(repository, pull, "closed", sender)
    return events.pull_request(repository, pull, "synchronize", sender, before=before, after=after)


def check_rules(repository: Repository, branch: str, what: str) -> None:
    """Raise GitHub's refusal for a branch that a ruleset or a protection keeps as it is."""
    if any(fnmatchcase(branch, pattern) for pattern in repository.rules):
        words = {"create": "Cannot create ref due to creations being restricted."}
        said = words.get(what, f"Cannot {what} this protected ref.")
        raise Refusal(422, f"Repository rule violations found\n\n{said}\n\n", {})
    if branch in repository.protected:
        said = "Cannot delete this protected branch" if what == "delete" else _BY_PULL_REQUEST
        raise Refusal(422, said, {}, page=ABOUT_PROTECTION)


_BY_PULL_REQUEST = "Changes must be made through a pull request."
