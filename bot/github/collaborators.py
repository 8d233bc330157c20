"""What a person may do in a repository.

See https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
"""

import re
from enum import IntEnum

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.errors import NotFound

_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Permission(IntEnum):
    """GitHub's roles, in order: `permission >= Permission.WRITE`."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


async def permission(repo: Repository, user: str) -> Permission:
    """Ask what this account may do; apps and names that cannot exist may do nothing."""
    if not _LOGIN.match(user):
        return Permission.NONE
    ask = repo.rest.repos.async_get_collaborator_permission_level
    try:
        answer = fields_of(await ask(repo.owner, repo.name, user), "permission")
    except NotFound:
        return Permission.NONE
    # `role_name` tells maintain from write and triage from read, but may be an organisation's own word.
    role = _role(answer.text_or("role_name"))
    return _role(answer.text_or("permission")) or Permission.NONE if role is None else role


def _role(name: str) -> Permission | None:
    return Permission.__members__.get(name.upper())
