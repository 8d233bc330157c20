"""Signatures, headers and events of deliveries: old, new, incomplete and hostile."""

import copy
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import events
from bot.events import RepositoryId
from bot.github.errors import MalformedPayload
from bot.github.webhooks import Delivery, parse_event, read_payload, verify

BODY = b'{"zen": "Keep it \\u00e9"}'
SHA, SHA256, OLD = "a" * 40, "b" * 64, "0" * 40
SHOP = RepositoryId(9, "org/shop")


def sign(secret: bytes, raw: bytes, how=hashlib.sha256) -> str:
    return f"{how().name}=" + hmac.new(secret, raw, how).hexdigest()


@pytest.mark.parametrize(
    ("secret", "signature", "valid"),
    [
        ("key", sign(b"key", BODY), True),
        (b"key", sign(b"key", BODY), True),
        ("clé", sign("clé".encode(), BODY), True),
        ("key", sign(b"other", BODY), False),
        ("key", sign(b"key", BODY + b" "), False),
        ("key", sign(b"key", BODY, hashlib.sha1), False),
        ("key", sign(b"key", BODY).upper(), False),
        ("key", sign(b"key", BODY)[:-1], False),
        ("key", sign(b"key", BODY) + "\n", False),
        ("key", "sha256=é", False),
        ("key", "", False),
        ("key", None, False),
        ("", sign(b"", BODY), False),
    ],
)
def test_only_githubs_own_signature_is_valid(secret, signature, valid):
    assert verify(secret, BODY, signature) is valid


HEADERS = {"X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958", "X-GitHub-Event": "push"}


@pytest.mark.parametrize(
    ("extra", "receiver"),
    [
        ({}, ("", "")),
        ({"X-GitHub-Hook-Installation-Target-ID": "77"}, ("", "77")),
        (
            {"X-GitHub-Hook-Installation-Target-ID": "77", "X-GitHub-Enterprise-Host": "GHE.test"},
            ("ghe.test", "77"),
        ),
        ({"X-GitHub-Hook-Installation-Target-ID": "x/y"}, ("", "")),
        ({"X-GitHub-Enterprise-Host": "a/b"}, ("", "")),
    ],
)
def test_a_delivery_is_known_by_host_app_and_guid(extra, receiver):
    delivery = Delivery.from_headers(HEADERS | extra)
    assert (delivery.host, delivery.app_id) == receiver
    assert delivery.guid == "72d3162e-cc78-11e3-81ab-4c9367dc0958"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-GitHub-Event": "push"},
        {"X-GitHub-Delivery": "1"},
        {"X-GitHub-Delivery": "../1", "X-GitHub-Event": "push"},
        {"X-GitHub-Delivery": "1", "X-GitHub-Event": "Push!"},
        {"X-GitHub-Delivery": "1" * 65, "X-GitHub-Event": "push"},
    ],
)
def test_a_delivery_without_its_names_is_malformed(headers):
    with pytest.raises(MalformedPayload):
        Delivery.from_headers(headers)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"payload=%7B%7D", b"[" * 100_000, b"\xff", b"1" * 5000, b'{"a":']
)
def test_a_body_that_is_no_object_is_malformed(raw):
    with pytest.raises(MalformedPayload):
        read_payload(raw)


COMMON = {
    "installation": {"id": 5},
    "repository": {"id": 9, "full_name": "org/shop", "default_branch": "main"},
    "sender": {"login": "ann"},
}
PULL = COMMON | {
    "action": "opened",
    "pull_request": {
        "number": 7,
        "user": {"login": "ann"},
        "head": {"sha": SHA, "ref": "topic", "repo": {"id": 9}},
        "base": {"sha": OLD, "ref": "main"},
        "updated_at": "1970-01-01T00:01:30Z",
    },
}
COMMENT = COMMON | {
    "action": "created",
    "issue": {"number": 7, "pull_request": {"url": "u"}},
    "comment": {"id": 3, "body": "/help", "user": {"login": "ann", "type": "User"}},
}
CHECK = COMMON | {
    "action": "requested_action",
    "requested_action": {"identifier": "rescan"},
    "check_run": {
        "id": 4,
        "head_sha": SHA,
        "external_id": "review:1",
        "app": {"id": 77},
        "pull_requests": [{"number": 7}],
    },
}
GROUP = COMMON | {
    "action": "checks_requested",
    "merge_group": {
        "head_sha": SHA,
        "head_ref": "refs/heads/q",
        "base_sha": OLD,
        "base_ref": "refs/heads/main",
    },
}
INSTALLED = {
    "action": "created",
    "installation": {"id": 5, "account": {"login": "org"}},
    "repositories": [{"id": 9, "full_name": "org/shop"}],
}
CHANGED = {
    "action": "added",
    "installation": {"id": 5, "account": {"slug": "big-corp"}},
    "repositories_added": [{"id": 9, "full_name": "org/shop"}],
    "repositories_removed": [],
}


def changed(payload: dict, path: str, value: object) -> dict:
    """Return a copy with one field set, or removed for `...`."""
    result = copy.deepcopy(payload)
    *folders, last = path.split(".")
    place = result
    for folder in folders:
        place = place[folder]
    if value is ...:
        place.pop(last, None)
    else:
        place[last] = value
    return result


PUSH = COMMON | {
    "ref": "refs/heads/release/1",
    "before": OLD,
    "after": SHA,
    "created": True,
    "deleted": False,
    "forced": False,
    "pusher": {"name": "ann", "email": None},
}
OPENED = events.PullRequestEvent("opened", 5, SHOP, 7, SHA, "main", OLD, 90.0, head_ref="topic", sender="ann")
PUSHED = events.PushEvent(
    5, SHOP, "refs/heads/release/1", OLD, SHA, True, False, False, default_branch="main", pusher="ann"
)


@pytest.mark.parametrize(
    ("name", "payload", "event"),
    [
        ("pull_request", PULL, OPENED),
        ("issue_comment", COMMENT, events.CommentEvent(5, SHOP, 7, True, 3, "ann", "User", "/help")),
        (
            "check_run",
            CHECK,
            events.CheckRunEvent("requested_action", 5, SHOP, SHA, 77, "ann", "rescan"),
        ),
        (
            "merge_group",
            GROUP,
            events.MergeGroupEvent("checks_requested", 5, SHOP, SHA, "refs/heads/q", OLD, "refs/heads/main"),
        ),
        ("push", PUSH, PUSHED),
        ("installation", INSTALLED, events.InstallationEvent("created", 5, "org", (SHOP,))),
        ("installation_repositories", CHANGED, events.InstallationEvent("added", 5, "big-corp", (SHOP,))),
    ],
)
def test_an_event_is_read(name, payload, event):
    assert parse_event(name, payload) == event
    assert parse_event(name, payload | {"something_new": {"deep": [1]}}) == event


@pytest.mark.parametrize(
    ("path", "value", "attribute", "wanted"),
    [
        ("pull_request.user", None, "number", 7),
        ("pull_request.head.repo", None, "head_sha", SHA),
        ("pull_request.draft", None, "number", 7),
        ("pull_request.head.sha", SHA256, "head_sha", SHA256),
        ("action", "closed", "action", "closed"),
    ],
)
def test_odd_but_readable_pull_requests(path, value, attribute, wanted):
    assert getattr(parse_event("pull_request", changed(PULL, path, value)), attribute) == wanted


def test_a_change_of_the_base_concerns_us():
    changes = {"changes": {"base": {"ref": {"from": "old"}}}}
    event = parse_event("pull_request", changed(PULL, "action", "edited") | changes)
    assert (event.action, event.base_ref) == ("edited", "main")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("star", {"action": "created"}),
        ("pull_request", changed(PULL, "action", "labeled")),
        ("pull_request", changed(PULL, "action", "edited")),
        ("pull_request", changed(PULL, "action", "edited") | {"changes": {"title": {"from": "x"}}}),
        ("pull_request", changed(PULL, "action", "converted_to_draft")),
        ("pull_request", changed(PULL, "installation", None)),
        ("pull_request", changed(PULL, "installation", ...)),
        ("issue_comment", changed(COMMENT, "action", "edited")),
        ("issue_comment", changed(COMMENT, "action", "deleted")),
        ("check_run", changed(CHECK, "action", "created")),
        ("check_run", changed(CHECK, "action", "completed")),
        ("merge_group", changed(GROUP, "action", "something_new")),
        ("push", {"ref": "refs/heads/main"}),
        ("push", changed(PUSH, "installation", None)),
        ("push", changed(PUSH, "ref", "refs/tags/v1")),
        ("push", changed(PUSH, "action", "something_new")),
        ("ping", {"hook_id": "eight"}),
        ("installation", changed(INSTALLED, "action", "something_new")),
        ("installation_repositories", changed(CHANGED, "action", "something_new")),
    ],
)
def test_what_does_not_concern_us_is_ignored(name, payload):
    assert parse_event(name, payload) is None


@pytest.mark.parametrize(
    ("name", "payload", "path"),
    [
        ("pull_request", PULL, "pull_request"),
        ("pull_request", PULL, "pull_request.number"),
        ("pull_request", PULL, "pull_request.head"),
        ("pull_request", PULL, "pull_request.head.sha"),
        ("pull_request", PULL, "pull_request.base.ref"),
        ("pull_request", PULL, "pull_request.updated_at"),
        ("pull_request", PULL, "repository"),
        ("pull_request", PULL, "repository.full_name"),
        ("issue_comment", COMMENT, "comment.id"),
        ("issue_comment", COMMENT, "issue.number"),
        ("check_run", CHECK, "check_run.head_sha"),
        ("merge_group", GROUP, "merge_group.base_sha"),
        ("push", PUSH, "ref"),
        ("push", PUSH, "after"),
        ("push", PUSH, "repository.default_branch"),
        ("installation", INSTALLED, "installation.id"),
        ("installation", INSTALLED, "installation"),
    ],
)
@pytest.mark.parametrize("value", [..., None, True, "", [], {"a": 1}, -1])
def test_a_needed_field_that_is_missing_or_wrong_is_named(name, payload, path, value):
    with pytest.raises(MalformedPayload, match=path.split(".")[-1]):
        parse_event(name, changed(payload, path, value))


@pytest.mark.parametrize("sha", ["A" * 40, "a" * 39, "a" * 41, "a" * 40 + "\n", "g" * 40, "main"])
def test_a_sha_is_a_full_one(sha):
    with pytest.raises(MalformedPayload, match="not a full SHA"):
        parse_event("pull_request", changed(PULL, "pull_request.head.sha", sha))


@pytest.mark.parametrize(
    "name", ["shop", "org/", "/shop", "org/..", "org/sh op", "a/b/c", "org/shop\n", "org/é"]
)
def test_a_repository_is_owner_and_name(name):
    with pytest.raises(MalformedPayload, match="not owner/name"):
        parse_event("pull_request", changed(PULL, "repository.full_name", name))


@pytest.mark.parametrize(("kind", "is_bot"), [("Bot", True), ("User", False), ("Mannequin", False)])
def test_bots_are_known_as_such(kind, is_bot):
    assert parse_event("issue_comment", changed(COMMENT, "comment.user.type", kind)).is_by_bot is is_bot


def test_a_comment_on_an_issue_is_not_on_a_pull_request():
    assert not parse_event("issue_comment", changed(COMMENT, "issue.pull_request", ...)).is_pull


SAMPLES = {
    "pull_request": PULL,
    "issue_comment": COMMENT,
    "check_run": CHECK,
    "merge_group": GROUP,
    "push": PUSH,
    "installation": INSTALLED,
    "installation_repositories": CHANGED,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def paths(value: object, prefix: str = "") -> list[str]:
    if not isinstance(value, dict):
        return []
    here = [f"{prefix}{key}" for key in value]
    return here + [path for key in value for path in paths(value[key], f"{prefix}{key}.")]


@given(st.data())
def test_no_payload_breaks_the_reader(data):
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    path = data.draw(st.sampled_from(paths(SAMPLES[name])))
    payload = changed(SAMPLES[name], path, data.draw(JSON))
    try:
        event = parse_event(name, json.loads(json.dumps(payload)))
    except MalformedPayload:
        return
    assert event is None or isinstance(event, events.Event)


@pytest.mark.parametrize(
    ("ref", "deleted", "of_default"),
    [
        ("refs/heads/main", False, True),
        ("refs/heads/main", True, False),
        ("refs/heads/release/main", False, False),
        ("refs/heads/refs/heads/main", False, False),
    ],
)
def test_a_push_to_the_default_branch(ref, deleted, of_default):
    event = parse_event("push", PUSH | {"ref": ref, "deleted": deleted})
    assert event.is_of_default_branch is of_default
    assert event.branch == ref[len("refs/heads/") :]


def test_a_merge_is_told():
    closed = changed(changed(PULL, "action", "closed"), "pull_request.merged", True)
    assert parse_event("pull_request", closed).merged
    assert parse_event("pull_request", changed(closed, "sender", None)).sender == ""


def suite(action: str = "rerequested") -> dict:
    run = CHECK["check_run"]
    return {
        **{name: value for name, value in CHECK.items() if name != "check_run"},
        "action": action,
        "check_suite": {"id": 5, "head_sha": run["head_sha"], "app": run["app"], "pull_requests": []},
    }


def test_running_all_checks_again_is_running_ours_again():
    event = parse_event("check_suite", suite())
    assert isinstance(event, events.CheckRunEvent)
    assert event.action == "rerequested"
    assert event.head_sha == CHECK["check_run"]["head_sha"]
    assert event.app_id == CHECK["check_run"]["app"]["id"]


def test_other_news_of_a_suite_is_ignored():
    assert parse_event("check_suite", suite("requested")) is None
