"""The repository itself: what it is, and the event we may send into it.

See https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.errors import Unprocessable

_LONGEST_TYPE = 100
_MOST_KEYS = 10
_LONGEST_PAYLOAD = 64 * 1024 - 1


@dataclass(frozen=True, slots=True)
class RepositoryInfo:
    """A repository as it is now."""

    full_name: str
    default_branch: str
    archived: bool
    disabled: bool
    is_fork: bool
    private: bool
    has_issues: bool
    html_url: str

    @property
    def is_writable(self) -> bool:
        """Whether anything in it can be changed at all."""
        return not self.archived and not self.disabled


async def get(repo: Repository) -> RepositoryInfo:
    """Read the repository."""
    answer = fields_of(await repo.rest.repos.async_get(repo.owner, repo.name), "repository")
    return RepositoryInfo(
        full_name=answer.full_name("full_name"),
        default_branch=answer.filled("default_branch"),
        archived=answer.flag_or("archived"),
        disabled=answer.flag_or("disabled"),
        is_fork=answer.flag_or("fork"),
        private=answer.flag_or("private"),
        has_issues=answer.flag_or("has_issues", True),
        html_url=answer.text_or("html_url"),
    )


async def dispatch(repo: Repository, event_type: str, payload: Mapping[str, Any]) -> None:
    """Send a `repository_dispatch` into the repository, for its workflows.

    GitHub keeps no list of them, so one whose answer is lost may have been sent.
    """
    if len(payload) > _MOST_KEYS:
        raise Unprocessable(f"a client_payload of {len(payload)} keys, where GitHub takes {_MOST_KEYS}")
    if len(json.dumps(payload).encode()) > _LONGEST_PAYLOAD:
        raise Unprocessable(f"a client_payload of more than {_LONGEST_PAYLOAD} bytes")
    body = {"event_type": event_type[:_LONGEST_TYPE], "client_payload": dict(payload)}
    await repo.rest.repos.async_create_dispatch_event(repo.owner, repo.name, data=body)
