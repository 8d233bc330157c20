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
    github.grant({"checks": "read"})


def everything_the_bot_does_to_branches(client, repo):
    home = "/repos/octo/shop"
    parent = repo.repository.git.commit_of(repo.head())
    blob = client.post(f"{home}/git/blobs", json={"content": "b", "encoding": "utf-8"}).json()["sha"]
    entry = {"path": "a", "mode": "100644", "type": "blob", "sha": blob}
    tree = {"base_tree": parent.tree, "tree": [entry]}
    tree = client.post(f"{home}/git/trees", json=tree).json()["sha"]
    for number in (1, 2):
        body = {"message": f"Bump {number}", "tree": tree, "parents": [parent.sha]}
        sha = client.post(f"{home}/git/commits", json=body).json()["sha"]
        if number == 1:
            client.post(f"{home}/git/refs", json={"ref": "refs/heads/bump", "sha": sha})
            body = {"title": "Bump", "head": "bump", "base": "main"}
            pull = client.post(f"{home}/pulls", json=body).json()["number"]
    client.patch(f"{home}/git/refs/heads/bump", json={"sha": sha, "force": True})
    client.post(f"{home}/issues/{pull}/labels", json={"labels": ["docker"]})
    client.patch(f"{home}/pulls/{pull}", json={"title": "Bump a"})
    client.patch(f"{home}/pulls/{pull}", json={"state": "closed"})
    client.patch(f"{home}/pulls/{pull}", json={"state": "open"})
    client.delete(f"{home}/git/refs/heads/bump")


def test_what_the_bot_does_is_told_with_the_bot_as_sender(github, client, receiver):
    everything_the_bot_does_to_branches(client, github.repo(files={"a": "1"}))
    github.flush()
    found = [(delivery.event, json.loads(delivery.payload)) for delivery in receiver.seen]
    told = [(event, payload.get("action") or payload["after"][:4]) for event, payload in found]
    sha = found[1][1]["pull_request"]["head"]["sha"][:4]
    moved = found[2][1]["after"][:4]
    assert told == [
        ("push", sha),
        ("pull_request", "opened"),
        ("push", moved),
        ("pull_request", "synchronize"),
        ("pull_request", "labeled"),
        ("pull_request", "edited"),
        ("pull_request", "closed"),
        ("pull_request", "reopened"),
        ("push", "0000"),
        ("pull_request", "closed"),
    ]
    assert [payload["sender"]["login"] for _, payload in found] == [github.bot_login] * 10
    assert [payload["forced"] for event, payload in found if event == "push"] == [False, True, False]
    assert [problem for event, payload in found for problem in schema.webhooks().errors(event, payload)] == []
    github.check_house()


def test_a_merge_is_told_as_a_push_to_its_base(github, receiver):
    repo = github.repo(files={"a": "1", "b": "1"})
    pull = repo.open_pull(files={"a": "2"})
    repo.commit(files={"b": "2"})
    before = repo.head()
    merged = pull.merge(by="bob", delete_branch=True)
    assert repo.repository.git.commit_of(merged).parents == (before, pull.head_sha)
    assert (repo.file("a"), repo.file("b")) == (("100644", b"2"), ("100644", b"2"))
    assert list(repo.branches) == ["main"]
    [closed] = [item for item in receiver.payloads("pull_request") if item["action"] == "closed"]
    assert (closed["pull_request"]["merged"], closed["sender"]["login"]) == (True, "bob")
    assert closed["pull_request"]["base"]["sha"] == before
    pushes = [(item["ref"], item["after"]) for item in receiver.payloads("push")]
    assert pushes[-2:] == [("refs/heads/main", merged), (f"refs/heads/{pull.head_ref}", "0" * 40)]


def test_every_payload_satisfies_githubs_schema(github, client, receiver):
    everything_people_do(github, client)
    problems = {
        f"{delivery.event} {delivery.action}": schema.webhooks().errors(
            delivery.event, json.loads(delivery.payload)
        )
        for delivery in receiver.seen
    }
    assert {key: found for key, found in problems.items() if found} == {}
    assert len(problems) == 19
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
