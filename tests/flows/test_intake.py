"""What the webhook endpoint says to GitHub, and to everybody else."""

import hashlib
import hmac
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from bot.store import jobs
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.loopback import NO_AUTHORITIES
from tests.flows.scenes import Shop
from tests.harness import Advisories, RunningBot

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
PING = json.dumps({"zen": "Design for failure.", "hook_id": 1}).encode()


def signed(github: FakeGitHub, body: bytes, algorithm: str = "sha256") -> str:
    digest = hmac.new(github.webhook_secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    return f"{algorithm}={digest}"


def post(bot: RunningBot, body: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): text for name, text in headers.items() if text}
    return httpx.post(
        f"{bot.url}/webhooks/github", content=body, headers=named, trust_env=False, verify=NO_AUTHORITIES
    )


def send(
    bot: RunningBot, github: FakeGitHub, body: bytes, event: str = "ping", guid: str = GUID
) -> httpx.Response:
    signature = signed(github, body)
    return post(bot, body, x_github_event=event, x_github_delivery=guid, x_hub_signature_256=signature)


@pytest.mark.parametrize(
    ("header", "signature"),
    [
        ("x-hub-signature-256", ""),
        ("x-hub-signature-256", "sha256=" + "0" * 64),
        ("x-hub-signature-256", "sha256=none"),
        ("x-hub-signature-256", "of another body"),
        ("x-hub-signature", "sha1"),
    ],
)
def test_what_is_not_signed_with_our_secret_is_refused(
    bot: RunningBot, github: FakeGitHub, header: str, signature: str
) -> None:
    if signature == "sha1":
        signature = signed(github, PING, "sha1")
    if signature == "of another body":
        signature = signed(github, PING + b" ")
    answer = post(bot, PING, x_github_event="ping", x_github_delivery=GUID, **{header: signature})
    assert answer.status_code == 401
    assert "signature" in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(bot: RunningBot, github: FakeGitHub, body: bytes) -> None:
    assert send(bot, github, body).status_code == 400


def test_an_event_that_lacks_what_we_need_is_refused(bot: RunningBot, github: FakeGitHub) -> None:
    body = json.dumps({"action": "opened", "installation": {"id": 1}, "pull_request": {}}).encode()
    answer = send(bot, github, body, "pull_request")
    assert answer.status_code == 400
    assert bot.states() == {}


@pytest.mark.parametrize("missing", ["x_github_event", "x_github_delivery"])
def test_a_delivery_without_its_headers_is_refused(bot: RunningBot, github: FakeGitHub, missing: str) -> None:
    headers = {"x_github_event": "ping", "x_github_delivery": GUID, missing: ""}
    answer = post(bot, PING, x_hub_signature_256=signed(github, PING), **headers)
    assert answer.status_code == 400
    assert missing.replace("_", "-") in answer.json()["error"]


def test_a_body_that_claims_to_be_too_large_is_not_read(bot: RunningBot) -> None:
    address = httpx.URL(bot.url)
    with socket.create_connection((address.host, address.port or 0), timeout=10) as line:
        line.sendall(b"POST /webhooks/github HTTP/1.1\r\nHost: bot\r\nContent-Length: 25000001\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_large_is_cut_off(bot: RunningBot) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000_000

    assert post(bot, endless()).status_code == 413


def test_the_same_delivery_twice_is_one_review(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    pull = shop.risky_pull()
    first = github.deliveries[-1]
    again = httpx.post(
        f"{bot.url}/webhooks/github",
        content=first.payload,
        headers=dict(first.headers),
        trust_env=False,
        verify=NO_AUTHORITIES,
    )
    assert (again.status_code, again.json()) == (202, {"accepted": False, "work": True})
    bot.drain()
    assert len(pull.checks) == 1


@pytest.mark.parametrize("event", ["star", "workflow_run", "some_future_event"])
def test_events_that_do_not_concern_us_are_acknowledged(
    bot: RunningBot, github: FakeGitHub, event: str
) -> None:
    answer = send(bot, github, b'{"action": "created"}', event)
    assert (answer.status_code, answer.json()["work"]) == (202, False)
    assert bot.waiting() == []


def test_a_ping_and_a_push_are_acknowledged(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    github.ping()
    shop.repo.commit(files={"README.md": "Hello\n"})
    assert [delivery.status_code for delivery in github.deliveries] == [202, 202]
    assert [job.partition(":")[0] for job in bot.drain()] == ["survey"]


@pytest.mark.parametrize("action", ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"])
def test_installation_events_are_acknowledged(bot: RunningBot, shop: Shop, action: str) -> None:
    shop.github.install_event(action)
    assert shop.github.deliveries[-1].status_code == 202
    bot.drain()


def test_a_locked_database_is_a_503_in_time_and_the_delivery_is_done_once(
    bot: RunningBot, shop: Shop, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.github.PATIENCE", 0.2)
    with closing(sqlite3.connect(bot.context.settings.data_dir / "plimsoll.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        pull = shop.risky_pull()
        assert github.deliveries[-1].status_code == 503
        other.rollback()
    monkeypatch.undo()
    bot.ask_again()
    github.flush()
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert len(pull.checks) == 1


def test_a_database_that_fails_is_a_503_and_github_is_asked_again_once_it_works(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    with closing(sqlite3.connect(bot.context.settings.data_dir / "plimsoll.db")) as other:
        other.execute("ALTER TABLE plimsoll_deliveries RENAME TO elsewhere")
        pull = shop.risky_pull()
        assert github.deliveries[-1].status_code == 503
        other.execute("ALTER TABLE elsewhere RENAME TO plimsoll_deliveries")
    assert bot.waiting() == []
    bot.ask_again()
    github.flush()
    bot.drain()
    assert pull.check.conclusion == "failure"


def test_a_repository_made_again_under_its_name_is_judged_anew(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    shop.risky_pull()
    payload = json.loads(github.deliveries[-1].payload)
    number = payload["repository"]["id"] + 1
    for place in (payload["repository"], *(payload["pull_request"][end]["repo"] for end in ("head", "base"))):
        place["id"] = number
    answer = send(bot, github, json.dumps(payload).encode(), "pull_request")
    assert (answer.status_code, answer.json()) == (202, {"accepted": True, "work": True})
    (older, newer) = bot.waiting()
    bot.may_end_as |= {"queued"}
    assert older != newer


def test_a_bug_that_the_database_notices_is_no_outage(
    bot: RunningBot, shop: Shop, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.reviews._last_attempt", lambda *_: 0)
    pull = shop.risky_pull()
    shop.repo.second_pull_on(pull, base="main")
    assert github.deliveries[-1].status_code == 500
    assert bot.context.store.do_now(jobs.queued) != []
    bot.drain()


def test_health_is_told_even_when_the_bot_is_not_ready(bot: RunningBot, advisories: Advisories) -> None:
    def ask(path: str) -> tuple[int, Any]:
        answer = httpx.get(f"{bot.url}{path}", trust_env=False, verify=NO_AUTHORITIES)
        return answer.status_code, answer.json()

    assert ask("/readyz") == (
        200,
        {"status": "ok", "jobs": {}, "advisories": "none imported: run `plimsoll db update`"},
    )
    advisories.import_now()
    assert ask("/readyz")[1]["advisories"] not in ("", "none imported: run `plimsoll db update`")
    with closing(sqlite3.connect(bot.context.settings.data_dir / "plimsoll.db")) as other:
        other.execute("ALTER TABLE plimsoll_jobs RENAME TO elsewhere")
        assert ask("/readyz") == (503, {"status": "the database is not available"})
        assert ask("/healthz") == (200, {"status": "ok"})
        other.execute("ALTER TABLE elsewhere RENAME TO plimsoll_jobs")
