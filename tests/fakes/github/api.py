"""The fake's REST side: route by GitHub's description, refuse as GitHub would, and judge every exchange."""

import json
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.fakes.github import schema
from tests.fakes.github.auth import Refusal, check_app, check_permission, check_reach, check_token, refuse
from tests.fakes.github.call import MAX_PER_PAGE, PER_PAGE, ROUTES, Answer, Call, Page
from tests.fakes.github.faults import Fault, Faults
from tests.fakes.github.payloads import Payloads
from tests.fakes.github.routes import (
    apps,
    checks,
    comments,
    contents,
    git_writes,
    issues,
    notes,
    pulls,
    repositories,
)
from tests.fakes.github.schema import Operation
from tests.fakes.github.state import Repository, State, Token
from tests.fakes.github.webhooks import Webhooks

TOPICS = (apps, checks, comments, contents, git_writes, issues, notes, pulls, repositories)
#: What GitHub's schema does not state.
RULES = {"checks/create": checks.check_rules, "checks/update": checks.check_rules}
VERSIONS = frozenset({"2022-11-28", "2026-03-10"})
HOURLY_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its outcome, for counting and for the conversation a failing test prints."""

    method: str
    path: str
    operation: str
    status: int


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes


class Api:
    """Answer requests from the state."""

    def __init__(self, state: State, payloads: Payloads, webhooks: Webhooks, faults: Faults) -> None:
        self.state = state
        self.payloads = payloads
        self.webhooks = webhooks
        self.faults = faults
        self.prefix = ""
        #: Deliver what the bot causes at once, rather than with a test's next verb.
        self.echo = False
        self.stopped = False
        self.requests: list[Exchange] = []
        self.errors: list[str] = []
        #: How many requests a fresh token is still unknown for.
        self.lag = 0
        self._lagging: dict[str, int] = {}

    def exchange(self, request: Request) -> tuple[str, Answer, Fault | None]:
        """Answer a request, unless a fault strikes before or after the work."""
        with self.state.lock:
            path = self._canonical(request.path)
            found = schema.rest().find(request.method, path)
            if found is None:
                self.state.violations.append(f"no such operation: {request.method} {request.path}")
                return "", _error(404, "Not Found"), None
            operation, params = found
            fault = self.faults.take(request.method, path, operation.id)
            if fault and fault.when == "before" and not fault.only_slow:
                return operation.id, _struck(fault), fault
            answer = self._answer(request, operation, params)
            if fault and fault.when == "after" and not fault.only_slow:
                answer = _struck(fault)
            return operation.id, answer, fault

    def _canonical(self, path: str) -> str:
        """Cut the prefix off and turn `/repositories/{id}`, which `Link` uses, into the described form."""
        if not path.startswith(f"{self.prefix}/"):
            return path if not self.prefix else "/outside-the-prefix"
        steps = path.removeprefix(self.prefix).split("/")
        if steps[1] == "repositories" and len(steps) > 2 and steps[2].isdigit():
            repository = self.state.repositories.get(int(steps[2]))
            steps[1:3] = ["repos", *(repository.full_name.split("/") if repository else ("?", "?"))]
        return "/".join(steps)

    def _answer(self, request: Request, operation: Operation, params: dict[str, str]) -> Answer:
        try:
            answer = self._handle(request, operation, params)
        except Refusal as refusal:
            answer = _refused(refusal)
        except Exception:  # the fake's own fault, which the test must see
            self.errors.append(f"{operation.id}: {traceback.format_exc()}")
            return _error(500, "the fake failed")
        if not isinstance(answer.body, bytes):
            for problem in schema.rest().response_errors(operation, answer.status, answer.body):
                self.errors.append(f"{operation.id} answered {answer.status}: {problem}")
        return answer

    def _handle(self, request: Request, operation: Operation, params: dict[str, str]) -> Answer:
        route = ROUTES.get(operation.id)
        if route is None:
            self.state.violations.append(f"{operation.id} is not played by the fake yet")
            return _error(501, "not played by the fake yet")
        token, repository = self._authorise(request, route.auth, route.accepts, params)
        if repository and repository.archived and request.method != "GET":
            raise refuse(403, "Repository was archived so is read-only.")
        body = self._checked(request, operation)
        accept = request.headers.get("accept", "")
        call = Call(
            self.state, self.payloads, self.webhooks, params, request.query, body, token, accept, repository
        )
        result = route.handle(call)
        answer = self._paged(result, request, repository) if isinstance(result, Page) else result
        return Answer(answer.status, answer.body, self._limits() | dict(answer.headers))

    def _authorise(
        self, request: Request, auth: str, accepts: tuple[str, ...], params: Mapping[str, str]
    ) -> tuple[Token | None, Repository | None]:
        authorization = request.headers.get("authorization", "")
        if auth == "app":
            check_app(self.state, authorization)
        if auth != "token":
            return None, None
        token = check_token(self.state, authorization)
        self._replicate(token)
        if "repo" not in params:
            return token, None
        found = self.state.repository(params["owner"], params["repo"])
        repository = check_reach(token, found)
        check_permission(token, accepts)
        return token, repository

    def _replicate(self, token: Token) -> None:
        """Refuse a fresh token as long as it has not reached every server."""
        left = self._lagging.setdefault(token.value, self.lag)
        if left:
            self._lagging[token.value] = left - 1
            raise Refusal(401, "Bad credentials", {})

    def _checked(self, request: Request, operation: Operation) -> Any:
        """Return the body; what the description or the rules forbid is a violation and answered with 422."""
        try:
            body = json.loads(request.content) if request.content else None
        except ValueError:
            self.state.violations.append(f"{operation.id}: the body is not JSON")
            raise Refusal(400, "Problems parsing JSON", {}) from None
        problems = [*_header_problems(request), *self._problems(operation, request, body)]
        if problems:
            self.state.violations.extend(f"{operation.id}: {problem}" for problem in problems)
            raise Refusal(422, f"Invalid request.\n\n{problems[0]}", {})
        return body

    def _problems(self, operation: Operation, request: Request, body: Any) -> Iterator[str]:
        problems = list(schema.rest().request_errors(operation, request.query, body))
        yield from problems
        if not problems and operation.id in RULES:
            yield from RULES[operation.id](body)

    def _paged(self, page: Page, request: Request, repository: Repository | None) -> Answer:
        size = min(int(request.query.get("per_page", PER_PAGE)), MAX_PER_PAGE)
        number = max(int(request.query.get("page", 1)), 1)
        items = [page.render(item) for item in page.items[(number - 1) * size : number * size]]
        body = {"total_count": len(page.items), page.key: items} if page.key else items
        last = -(-len(page.items) // size)
        return Answer(200, body, self._link(request, repository, number, last))

    def _link(
        self, request: Request, repository: Repository | None, number: int, last: int
    ) -> dict[str, str]:
        pages = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        wanted = ("next", "last") if number == 1 else ("prev", "first") if number >= last else tuple(pages)
        if last <= 1:
            return {}
        path = request.path.removeprefix(self.prefix)
        if repository:
            rest = self._canonical(request.path).split("/", 4)[4]
            path = f"/repositories/{repository.id}/{rest}"
        links = (
            f'<{self.payloads.api}{path}?{urlencode({**request.query, "page": pages[rel]})}>; rel="{rel}"'
            for rel in wanted
        )
        return {"link": ", ".join(links)}

    def _limits(self) -> dict[str, str]:
        used = len(self.requests) + 1
        return {
            "x-ratelimit-limit": str(HOURLY_LIMIT),
            "x-ratelimit-remaining": str(max(HOURLY_LIMIT - used, 1)),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(int(self.state.clock().timestamp()) + 3600),
            "x-ratelimit-resource": "core",
        }


def _header_problems(request: Request) -> Iterator[str]:
    if not request.headers.get("user-agent"):
        yield "no User-Agent, which GitHub refuses"
    if request.headers.get("x-github-api-version", "2022-11-28") not in VERSIONS:
        yield "an API version GitHub does not have"


def _refused(refusal: Refusal) -> Answer:
    page = refusal.page or "https://docs.github.com/rest"
    body: dict[str, Any] = {"message": refusal.message, "documentation_url": page}
    if refusal.errors:
        body["errors"] = list(refusal.errors)
    return Answer(refusal.status, body, refusal.headers)


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"message": message, "documentation_url": "https://docs.github.com/rest"})


def _struck(fault: Fault) -> Answer:
    body = {"message": "Server Error"} if fault.body is None else fault.body
    return Answer(fault.status, body, dict(fault.headers))
