"""Deliveries: signed, sent with GitHub's headers, and kept to be listed and sent again.

https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers
"""

import hashlib
import hmac
import json
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.fakes.github.events import Events
from tests.fakes.github.state import CheckRun, Comment, Issue, Pull, Repository
from tests.fakes.loopback import NO_AUTHORITIES

Json = dict[str, Any]


@dataclass(slots=True)
class Delivery:
    """One webhook as sent, and what the receiver answered (0: it could not be reached)."""

    id: int
    guid: str
    event: str
    action: str | None
    headers: Mapping[str, str]
    payload: bytes
    installation_id: int
    repository_id: int | None
    delivered_at: str
    redelivery: bool = False
    status_code: int = 0

    @property
    def accepted(self) -> bool:
        return 200 <= self.status_code < 300

    def summary(self) -> Json:
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": self.delivered_at,
            "redelivery": self.redelivery,
            "duration": 0.01,
            "status": "OK" if self.accepted else "failed",
            "status_code": self.status_code,
            "event": self.event,
            "action": self.action,
            "installation_id": self.installation_id,
            "repository_id": self.repository_id,
            "throttled_at": None,
        }

    def detail(self) -> Json:
        request = {"headers": dict(self.headers), "payload": json.loads(self.payload)}
        return self.summary() | {"request": request, "response": {"headers": {}, "payload": ""}}


Deliver = Callable[[Delivery], int]


@dataclass(slots=True)
class Webhooks:
    """Sends what happened. What the bot itself causes waits until `flush`, as GitHub's echo comes later."""

    events: Events
    secret: str
    deliver: Deliver
    deliveries: list[Delivery] = field(default_factory=list)
    waiting: deque[Delivery] = field(default_factory=deque)
    silent: bool = False
    unanswered: int = 502
    """Recorded for a delivery without an answer; 502 in GitHub's own example of a failed connection."""

    def send(self, event: str, payload: Json, repository: Repository | None = None) -> Delivery | None:
        """Deliver now, after what was waiting. Call it without the lock: the receiver may call back."""
        if self.silent:
            return None
        self.flush()
        delivery = self.make(event, payload, repository)
        self._deliver(delivery)
        return delivery

    def flush(self) -> None:
        """Deliver what was waiting."""
        while delivery := self._next():
            self._deliver(delivery)

    def _next(self) -> Delivery | None:
        with self.events.payloads.state.lock:
            return self.waiting.popleft() if self.waiting else None

    def _deliver(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        delivery.status_code = self.deliver(delivery) or self.unanswered

    def queue(self, event: str, payload: Json, repository: Repository) -> None:
        if not self.silent:
            self.waiting.append(self.make(event, payload, repository))

    def queue_check(self, repository: Repository, check: CheckRun, action: str) -> None:
        bot = self.events.payloads.state.bot
        payload = self.events.check_run(repository, check, action, bot)
        self.queue("check_run", payload, repository)

    def queue_comment(self, repository: Repository, item: Pull | Issue, comment: Comment) -> None:
        self.queue("issue_comment", self.events.issue_comment(repository, item, comment), repository)

    def queue_pull(self, repository: Repository, pull: Pull, action: str, **more: Any) -> None:
        """Tell what the bot itself did to a pull request."""
        bot = self.events.payloads.state.bot
        payload = self.events.pull_request(repository, pull, action, bot, **more)
        self.queue("pull_request", payload, repository)

    def make(self, event: str, payload: Json, repository: Repository | None) -> Delivery:
        state = self.events.payloads.state
        body = json.dumps(payload, separators=(",", ":")).encode()
        guid = str(uuid.uuid4())
        return Delivery(
            id=state.next_id("delivery"),
            guid=guid,
            event=event,
            action=payload.get("action"),
            headers=self._headers(event, guid, body),
            payload=body,
            installation_id=state.installation_id,
            repository_id=repository.id if repository else None,
            delivered_at=state.now(),
        )

    def _headers(self, event: str, guid: str, body: bytes) -> dict[str, str]:
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/fake",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": event,
            "X-GitHub-Hook-ID": "500001",
            "X-GitHub-Hook-Installation-Target-ID": str(self.events.payloads.state.app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={self._sign(body, 'sha1')}",
            "X-Hub-Signature-256": f"sha256={self._sign(body, 'sha256')}",
        }

    def _sign(self, body: bytes, algorithm: str) -> str:
        return hmac.new(self.secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()


class Post:
    """The default way to deliver: an HTTP POST to wherever the bot listens at that moment."""

    def __init__(self, address: Callable[[], str | None]) -> None:
        self._address = address
        self._client = httpx.Client(timeout=10, trust_env=False, verify=NO_AUTHORITIES)

    def __call__(self, delivery: Delivery) -> int:
        url = self._address()
        if url is None:
            return 0
        try:
            return self._client.post(
                url, content=delivery.payload, headers=dict(delivery.headers)
            ).status_code
        except httpx.TransportError:
            return 0

    def close(self) -> None:
        self._client.close()
