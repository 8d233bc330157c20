"""How soon a webhook is acknowledged while reviews run: 20 kB payloads, 50 a second for 30 seconds.

python -m bench.intake [SECONDS]

Each payload is a comment without a command: one delivery to keep. One in fifty is sent twice. Beside them a pull
request is opened and reviewed every second. Latency counts from the moment a delivery was due, so a slow answer
cannot hide those that wait behind it. The load comes from a process of its own.
"""

import asyncio
import hashlib
import hmac
import json
import multiprocessing
import sqlite3
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from statistics import quantiles

import httpx

from bench.stand import Stand, base_image, machine, stand, two_stages

RATE = 50
SIZE = 20_000
AGAIN = 50
"""Every so many deliveries one is sent twice."""
CONNECTIONS = 20
KEPT = "SELECT count(*) FROM plimsoll_deliveries WHERE guid LIKE 'load-%'"
DONE = "SELECT count(*) FROM plimsoll_jobs WHERE kind = 'review' AND state = 'done'"


@dataclass(frozen=True)
class Load:
    """What the process that sends needs to know."""

    url: str
    secret: str
    payload: str
    seconds: int


def main(seconds: int = 30) -> None:
    """Measure, and check that nothing was lost or done twice."""
    print(machine())
    with stand() as here:
        good, bad = base_image(here.registry, "good"), base_image(here.registry, "bad", zlib="1.3.0-r0")
        repo = here.github.repo(files={"Dockerfile": two_stages(good, good)})
        first = repo.open_pull({"Dockerfile": two_stages(good, bad)})
        here.concluded(first)
        here.idle()
        load = Load(here.github.webhook_url or "", here.github.webhook_secret, _payload(here), seconds)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as other:
            sending = other.submit(send, load)
            pulls = 0
            while not sending.done():
                repo.open_pull({"Dockerfile": two_stages(good, bad) + f"# {pulls}\n"})
                pulls += 1
                _pause(sending)
            latencies, refused = sending.result()
        here.idle()
        _show(latencies, refused, pulls)
        _account(here, seconds * RATE, pulls + 1)


def send(load: Load) -> tuple[list[float], int]:
    """Send at the wanted rate; return the latencies, and how many were not acknowledged."""
    deliveries = [_delivery(load, number) for number in range(load.seconds * RATE)]
    return asyncio.run(_send_all(load.url, deliveries))


async def _send_all(url: str, deliveries: list[tuple[dict[str, str], bytes]]) -> tuple[list[float], int]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        # The client's own first steps are not the bot's latency.
        await asyncio.gather(*(client.get(url) for _ in range(CONNECTIONS)))
        start = time.perf_counter() + 0.5

        async def post(number: int) -> tuple[float, bool]:
            headers, body = deliveries[number]
            due = start + number / RATE
            await asyncio.sleep(due - time.perf_counter())
            answer = await client.post(url, content=body, headers=headers)
            latency = time.perf_counter() - due
            if number % AGAIN == 0:
                await client.post(url, content=body, headers=headers)
            return latency, answer.status_code == httpx.codes.ACCEPTED

        answers = await asyncio.gather(*(post(number) for number in range(len(deliveries))))
    return [latency for latency, _ in answers], sum(not accepted for _, accepted in answers)


def _payload(here: Stand) -> str:
    """A comment as GitHub would send it, with a body that fills it up."""
    repository = next(iter(here.github.state.repositories.values()))
    pull = next(iter(repository.pulls.values()))
    comment = next(iter(repository.comments.values()))
    payload = here.github.webhooks.events.issue_comment(repository, pull, comment)
    payload["comment"] |= {
        "id": 0,
        "user": payload["sender"] | {"type": "User", "login": "alice"},
        "body": "",
    }
    payload["sender"] = payload["comment"]["user"]
    payload["comment"]["body"] = "see a/b " * ((SIZE - len(json.dumps(payload))) // 8)
    return json.dumps(payload)


def _delivery(load: Load, number: int) -> tuple[dict[str, str], bytes]:
    payload = json.loads(load.payload)
    payload["comment"]["id"] = 1_000_000 + number
    payload["issue"]["number"] = 1000 + number
    body = json.dumps(payload).encode()
    signature = hmac.new(load.secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issue_comment",
        "X-GitHub-Delivery": f"load-{number}",
        "X-GitHub-Hook-Installation-Target-ID": "1",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return headers, body


def _pause(sending: "Future[tuple[list[float], int]]") -> None:
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and not sending.done():
        time.sleep(0.05)


def _show(latencies: list[float], refused: int, pulls: int) -> None:
    steps = quantiles(latencies, n=1000, method="inclusive")
    p50, p99, p999 = (steps[at] * 1000 for at in (499, 989, 998))
    print(
        f"acknowledged {len(latencies) - refused} of {len(latencies)}, {pulls} reviews meanwhile: "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, p99.9 {p999:.1f} ms"
    )


def _account(here: Stand, sent: int, pulls: int) -> None:
    """Count what is in the bot's own tables: nothing lost, nothing doubled."""
    with closing(sqlite3.connect(here.data / "plimsoll.db")) as database:
        (kept,) = database.execute(KEPT).fetchone()
        (done,) = database.execute(DONE).fetchone()
    print(f"deliveries sent {sent}, kept {kept}; pull requests opened {pulls}, reviewed {done}")
    assert (kept, done) == (sent, pulls)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
