"""A small GitHub in memory behind httpx, with faults before and after the work."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from bot.github.client import GitHubApp, Repository
from tests.fakes.github.keys import PRIVATE_KEY

APP_ID, SLUG, INSTALLATION, REPOSITORY = 77, "plimsoll-test", 5, 9
HEAD, BASE = "a" * 40, "b" * 40
START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)

Fault = Callable[[httpx.Request], httpx.Response | None]


@dataclass
class Clock:
    """Moves only when someone sleeps or the test says so."""

    time: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class StandIn:
    """The state of one host."""

    clock: Clock = field(default_factory=Clock)
    tokens: dict[str, dict] = field(default_factory=dict)
    runs: list[dict] = field(default_factory=list)
    comments: list[dict] = field(default_factory=list)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)
    """Fixed answers by `METHOD path`; a callable gets the request."""
    before: list[Fault] = field(default_factory=list)
    after: list[Fault] = field(default_factory=list)
    """Faults that come when the work is done; each serves until it answers None."""
    seen: list[httpx.Request] = field(default_factory=list)
    ids: count = field(default_factory=lambda: count(100))

    def app(self, **options: object) -> GitHubApp:
        settings = {"app_id": APP_ID, "private_key": PRIVATE_KEY, "api_url": "http://github.test/api/v3"}
        return GitHubApp(
            **{**settings, **options},
            clock=self.clock,
            transport=httpx.MockTransport(self.handle),
            sleep=self.clock.sleep,
            dice=lambda: 0.5,
        )

    def repository(self) -> Repository:
        return self.app().repository(INSTALLATION, "org/shop", REPOSITORY)

    def asked(self, method: str, ending: str) -> list[httpx.Request]:
        return [r for r in self.seen if r.method == method and r.url.path.endswith(ending)]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        # Let others run meanwhile, as a network would.
        await asyncio.sleep(0)
        for fault in self.before:
            if (answer := fault(request)) is not None:
                return answer
        response = self._work(request)
        for fault in self.after:
            if (answer := fault(request)) is not None:
                return answer
        return response

    def _work(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v3")
        fixed = self.answers.get(f"{request.method} {path}")
        if callable(fixed):
            return fixed(request)
        if fixed is not None:
            return httpx.Response(200, json=fixed)
        for method, pattern, verb in ROUTES:
            if method == request.method and (match := re.fullmatch(pattern, path)):
                return verb(self, request, *match.groups())
        return httpx.Response(404, json={"message": "Not Found"})

    def _get_app(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": APP_ID, "slug": SLUG, "name": "Plimsoll"})

    def _mint(self, request: httpx.Request, installation: str) -> httpx.Response:
        token = f"ghs_{installation}_{len(self.tokens)}"
        self.tokens[token] = body_of(request)
        ends = self.clock.time + timedelta(hours=1)
        return httpx.Response(201, json={"token": token, "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}"})

    def _list_runs(self, request: httpx.Request, sha: str) -> httpx.Response:
        named = [
            r for r in self.runs if r["head_sha"] == sha and r["name"] == request.url.params["check_name"]
        ]
        return page(request, named, lambda items: {"check_runs": [shown(run) for run in items]})

    def _create_run(self, request: httpx.Request) -> httpx.Response:
        body = body_of(request)
        run = {**body, "id": next(self.ids), "app": {"id": APP_ID}, "conclusion": None, "annotations": []}
        self.runs.append(run)
        return httpx.Response(201, json=shown(run))

    def _get_run(self, request: httpx.Request, run_id: str) -> httpx.Response:
        if all(run["id"] != int(run_id) for run in self.runs):
            return httpx.Response(404, json={"message": "Not Found"})
        return httpx.Response(200, json=shown(self._run(run_id)))

    def _update_run(self, request: httpx.Request, run_id: str) -> httpx.Response:
        body, run = body_of(request), self._run(run_id)
        annotations = body.get("output", {}).pop("annotations", [])
        if len(annotations) > 50:
            return httpx.Response(422, json={"message": "No more than 50 items are allowed"})
        run["annotations"] += annotations
        run.update(body)
        return httpx.Response(200, json=shown(run))

    def _run(self, run_id: str) -> dict:
        return next(run for run in self.runs if run["id"] == int(run_id))

    def _list_comments(self, request: httpx.Request, number: str) -> httpx.Response:
        return page(request, [c for c in self.comments if c["number"] == int(number)], list)

    def _create_comment(self, request: httpx.Request, number: str) -> httpx.Response:
        return httpx.Response(201, json=self.comment(body_of(request)["body"], number=int(number)))

    def comment(self, body: str, *, number: int = 1, app: int | None = APP_ID, login: str = "x") -> dict:
        comment = {"id": next(self.ids), "number": number, "body": body, "user": {"login": login}}
        self.comments.append(comment | {"performed_via_github_app": {"id": app} if app else None})
        return self.comments[-1]

    def _one_comment(self, request: httpx.Request, comment_id: str) -> httpx.Response:
        found = next((c for c in self.comments if c["id"] == int(comment_id)), None)
        if found is None:
            return httpx.Response(404, json={"message": "Not Found"})
        if request.method == "DELETE":
            self.comments.remove(found)
            return httpx.Response(204)
        if request.method == "PATCH":
            found["body"] = body_of(request)["body"]
        return httpx.Response(200, json=found)

    def _react(self, request: httpx.Request, comment_id: str) -> httpx.Response:
        wanted = (int(comment_id), body_of(request)["content"])
        self.reactions += [] if wanted in self.reactions else [wanted]
        return httpx.Response(200, json={"id": 1})


REPO = "/repos/org/shop"
ROUTES = [
    ("GET", "/app", StandIn._get_app),
    ("POST", r"/app/installations/(\d+)/access_tokens", StandIn._mint),
    ("GET", rf"{REPO}/commits/(\w+)/check-runs", StandIn._list_runs),
    ("POST", rf"{REPO}/check-runs", StandIn._create_run),
    ("GET", rf"{REPO}/check-runs/(\d+)", StandIn._get_run),
    ("PATCH", rf"{REPO}/check-runs/(\d+)", StandIn._update_run),
    ("GET", rf"{REPO}/issues/(\d+)/comments", StandIn._list_comments),
    ("POST", rf"{REPO}/issues/(\d+)/comments", StandIn._create_comment),
    ("GET", rf"{REPO}/issues/comments/(\d+)", StandIn._one_comment),
    ("PATCH", rf"{REPO}/issues/comments/(\d+)", StandIn._one_comment),
    ("DELETE", rf"{REPO}/issues/comments/(\d+)", StandIn._one_comment),
    ("POST", rf"{REPO}/issues/comments/(\d+)/reactions", StandIn._react),
]


def page(request: httpx.Request, items: list, wrap: Callable[[list], object]) -> httpx.Response:
    size, number = int(request.url.params["per_page"]), int(request.url.params["page"])
    rest = items[(number - 1) * size :]
    link = {"Link": '<http://github.test/next>; rel="next"'} if len(rest) > size else {}
    return httpx.Response(200, json=wrap(rest[:size]), headers=link)


def shown(run: dict) -> dict:
    output = {**run.get("output", {}), "annotations_count": len(run["annotations"])}
    return {**run, "output": output, "html_url": "http://github.test/run"}


def body_of(request: httpx.Request) -> dict:
    return json.loads(request.content or b"{}")


def times(number: int, answer: Callable[[httpx.Request], httpx.Response], method: str, ending: str) -> Fault:
    """Answer the first `number` requests of this kind with a fault."""
    left = count(1)

    def fault(request: httpx.Request) -> httpx.Response | None:
        if request.method != method or not request.url.path.endswith(ending) or next(left) > number:
            return None
        return answer(request)

    return fault


def drop(request: httpx.Request) -> httpx.Response:
    raise httpx.RemoteProtocolError("Server disconnected", request=request)


def status(code: int, message: str = "no", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(code, json={"message": message}, headers=named)
