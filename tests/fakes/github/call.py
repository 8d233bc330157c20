"""What a route handler receives and gives back, and the table that handlers enter themselves in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.fakes.github.auth import Refusal, refuse
from tests.fakes.github.git_payloads import GitPayloads
from tests.fakes.github.payloads import Payloads
from tests.fakes.github.state import Repository, State, Token

if TYPE_CHECKING:
    from tests.fakes.github.webhooks import Webhooks

PER_PAGE, MAX_PER_PAGE = 30, 100


@dataclass(frozen=True, slots=True)
class Page:
    """Items of which one page is sent, with `Link`; `key` names the list in an object with `total_count`."""

    items: list[Any]
    render: Callable[[Any], Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised request. `repo` is the one in its path."""

    state: State
    payloads: Payloads
    webhooks: "Webhooks"
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    token: Token | None
    accept: str
    repository: Repository | None

    @property
    def repo(self) -> Repository:
        assert self.repository is not None, "the operation's path names no repository"
        return self.repository

    @property
    def git(self) -> GitPayloads:
        return GitPayloads(self.repo, self.payloads)

    def number(self, name: str) -> int:
        text = self.params[name]
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise not_found()
        return int(text)


@dataclass(frozen=True, slots=True)
class Route:
    handle: Callable[[Call], Answer | Page]
    auth: Literal["app", "token", "none"]
    accepts: tuple[str, ...]


ROUTES: dict[str, Route] = {}


def route(
    operation: str, *accepts: str, auth: Literal["app", "token", "none"] = "token"
) -> Callable[[Callable[[Call], Answer | Page]], Callable[[Call], Answer | Page]]:
    """Enter a handler; any one of the permissions is enough, as in "issues:write"."""

    def enter(handle: Callable[[Call], Answer | Page]) -> Callable[[Call], Answer | Page]:
        ROUTES[operation] = Route(handle, auth, accepts)
        return handle

    return enter


def not_found() -> Refusal:
    return refuse(404, "Not Found")


def invalid(message: str, *errors: Any) -> Refusal:
    return refuse(422, message, *errors)
