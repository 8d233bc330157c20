"""Webhooks: valid for GitHub's own schemas, signed, recorded, and delivered again under the same GUID."""

import hashlib
import hmac
import json

import pytest

from tests.fakes.github import schema
from tests.fakes.github.fake import FakeGitHub
from tests.github_fake.conftest import Client


class Receiver:
    """Where the bot would listen; `status` is its answer."""

    def __init__(self):
        self.status = 202
        self.seen = []

    def __call__(self, delivery):
        self.seen.append(delivery)
        return self.status

    def payloads(self, event):
        return [json.loads(delivery.payload) for delivery in self.seen if delivery.event == event]


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def github(receiver):
    with FakeGitHub.start(deliver=receiver) as fake:
        yield fake


def everything_people_do(github, client):
    repo = github.repo(files={"a": "1"})
    pull = repo.open_pull(files={"a": "2"}, draft=True)
    pull.ready()
    pull.push({"a": "3"})
    pull.comment("/help")
    repo.commit("release", {"r": "1"})
    pull.set_base("release")
    pull.set_title("Other")
    repo.open_pull(files={"f": "1"}, fork=True, author="mallory")
    body = {"name": "plimsoll", "head_sha": pull.head_sha, "conclusion": "failure"}
    action = {"label": "Rescan", "identifier": "rescan", "description": "Look again"}
    client.post("/repos/octo/shop/check-runs", json=body | {"actions": [action]})
    client.post(f"/repos/octo/shop/issues/{pull.number}/comments", json={"body": "x"})
    pull.check.rerequest()
    pull.check.press("rescan")
    repo.merge_group(pull).destroy()
    pull.close()
    pull.reopen()
    github.ping()
    github.install_event("created")
    github.suspend()
    github.unsuspend()


def test_every_payload_satisfies_githubs_schema(github, client, receiver):
    everything_people_do(github, client)
    problems = {
        f"{delivery.event} {delivery.action}": schema.webhooks().errors(
            delivery.event, json.loads(delivery.payload)
        )
        for delivery in receiver.seen
    }
    assert {key: found for key, found in problems.items() if found} == {}
    assert len(problems) == 18
    github.check_house()


def test_the_schema_does_object(github, client, receiver):
    github.repo(files={"a": "1"}).open_pull(files={"a": "2"})
    payload = receiver.payloads("pull_request")[0]
    del payload["pull_request"]["head"]["sha"]
    assert schema.webhooks().errors("pull_request", payload) != []
    assert schema.webhooks().errors("pull_request", payload | {"action": "sneezed"}) != []


def test_signature_and_headers(github, receiver):
    github.ping()
    delivery = receiver.seen[0]
    digest = hmac.new(github.webhook_secret.encode(), delivery.payload, hashlib.sha256).hexdigest()
    assert delivery.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert delivery.headers["X-GitHub-Hook-Installation-Target-ID"] == str(github.app_id)
    assert delivery.headers["X-GitHub-Delivery"] == delivery.guid


def test_a_failed_delivery_is_listed_and_sent_again_under_its_guid(github, client, receiver):
    receiver.status = 503
    pull = github.repo(files={"a": "1"}).open_pull(files={"a": "2"})
    receiver.status = 202
    pull.comment("hello")
    headers = client.app_headers()
    failed = client.get("/app/hook/deliveries?status=failure", headers=headers).json()
    assert [(item["event"], item["status_code"]) for item in failed] == [("pull_request", 503)]
    path = f"/app/hook/deliveries/{failed[0]['id']}"
    detail = client.get(path, headers=headers).json()
    assert detail["request"]["payload"]["number"] == pull.number
    assert client.post(f"{path}/attempts", headers=headers).status_code == 202
    github.flush()
    again = receiver.seen[-1]
    assert (again.guid, again.redelivery, again.status_code) == (failed[0]["guid"], True, 202)
    github.check_house()


def test_deliveries_are_paged_by_cursor(github, client):
    for _ in range(5):
        github.ping()
    seen, url = [], "/app/hook/deliveries?per_page=2"
    while url:
        page = client.get(url, headers=client.app_headers())
        seen += [item["id"] for item in page.json()]
        url = page.links.get("next", {}).get("url")
    assert seen == [delivery.id for delivery in reversed(github.deliveries)]


def test_silence(github, receiver):
    with github.silently():
        pull = github.repo(files={"a": "1"}).open_pull(files={"a": "2"})
    assert receiver.seen == []
    assert pull.state == "open"


def test_the_echo_of_the_bot_comes_later_or_at_once(github, client, receiver):
    pull = github.repo(files={"a": "1"}).open_pull(files={"a": "2"})
    client.post(f"/repos/octo/shop/issues/{pull.number}/comments", json={"body": "x"})
    assert receiver.payloads("issue_comment") == []
    github.flush()
    assert receiver.payloads("issue_comment")[0]["sender"]["type"] == "Bot"


def test_without_a_bot_deliveries_fail_and_over_http_they_arrive():
    with FakeGitHub.start() as github, FakeGitHub.start() as other, Client(other) as bystander:
        github.ping()
        github.webhook_url = f"{other.url}/app"
        github.ping()
        github.webhook_url = "http://127.0.0.1:9/"
        github.ping()
        assert [delivery.status_code for delivery in github.deliveries] == [502, 404, 502]
        assert bystander.get("/app").status_code == 401
