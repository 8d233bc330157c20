"""Faults: before the work nothing happened, after it everything did."""

import socket

import httpx
import pytest


@pytest.fixture
def pull(github):
    return github.repo(files={"a": "1"}).open_pull(files={"a": "2"})


def comment(client, pull):
    return client.post(f"/repos/octo/shop/issues/{pull.number}/comments", json={"body": "x"})


@pytest.mark.parametrize(("when", "made"), [("before", 1), ("after", 2)])
def test_a_bad_gateway(github, client, pull, when, made):
    fault = github.fault(operation="issues/create-comment", when=when)
    assert [comment(client, pull).status_code for _ in range(2)] == [502, 201]
    assert (len(pull.bot_comments), fault.hits) == (made, 1)


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_connection(github, client, pull, when, made):
    github.fault(method="POST", path="/repos/*/comments", drop=True, when=when)
    with pytest.raises(httpx.RemoteProtocolError):
        comment(client, pull)
    assert len(pull.bot_comments) == made


@pytest.mark.parametrize("sent", [b"", b'{"body": '])
def test_a_request_that_breaks_off_is_no_request(github, client, pull, sent):
    url = client.base_url
    lines = [
        f"POST /repos/octo/shop/issues/{pull.number}/comments HTTP/1.1",
        f"Host: {url.host}",
        f"Authorization: {client.headers['authorization']}",
        "Content-Length: 13",
    ]
    with socket.create_connection((url.host, url.port)) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + sent)
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(1) == b""
    assert client.get("/repos/octo/shop").status_code == 200
    assert pull.bot_comments == []
    github.check_house()


def test_a_rule_hits_what_it_names_and_as_often_as_it_says(github, client, pull):
    github.fault(method="GET", times=2, skip=1, status=500, body={"message": "no"})
    assert comment(client, pull).status_code == 201
    assert [client.get("/repos/octo/shop").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_a_slow_answer_is_an_answer(github, client, pull):
    github.fault(delay=0.01, status=200)
    assert comment(client, pull).status_code == 201


def test_rate_limits(github, client, pull):
    github.primary_limit(reset=123)
    github.secondary_limit(30)
    github.secondary_limit(None, status=429)
    first, second, third = (client.get("/repos/octo/shop") for _ in range(3))
    assert (first.status_code, first.headers["x-ratelimit-remaining"]) == (403, "0")
    assert first.headers["x-ratelimit-reset"] == "123"
    assert (second.status_code, second.headers["retry-after"]) == (403, "30")
    assert (third.status_code, "retry-after" in third.headers) == (429, False)
    assert "secondary rate" in third.json()["message"]


def test_dead_tokens(github, client, pull):
    github.revoke_tokens()
    assert client.get("/repos/octo/shop").status_code == 401
    assert client.sign_in().get("/repos/octo/shop").status_code == 200
