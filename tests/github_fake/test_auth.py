"""Signing in and being refused, as GitHub does."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.github_fake.conftest import Client


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 200),
        ({"iss": "1"}, 401),
        ({"iat": 99_999_999_999}, 401),
        ({"exp": 1}, 401),
        ({"exp": 99_999_999_999}, 401),
        ({"exp": None}, 401),
    ],
)
def test_app_jwt(github, client, claims, status):
    assert client.get("/app", headers=client.app_headers(**claims)).status_code == status


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic x", "Bearer a.b.c"])
def test_neither_jwt_nor_token(github, client, authorization):
    github.repo()
    headers = {"authorization": authorization}
    assert client.get("/app", headers=headers).status_code == 401
    assert client.get("/repos/octo/shop", headers=headers).status_code == 401


def test_a_token_is_long_and_says_what_it_may(github, client):
    shop = github.repo()
    minted = client.mint(repository_ids=[shop.id], permissions={"checks": "write"}).json()
    assert len(minted["token"]) > 255
    assert minted["permissions"] == {"metadata": "read", "checks": "write"}
    assert [item["full_name"] for item in minted["repositories"]] == ["octo/shop"]
    github.check_house()


@pytest.mark.parametrize(
    "narrowing",
    [{"permissions": {"workflows": "write"}}, {"repository_ids": [1]}, {"repositories": ["elsewhere"]}],
)
def test_a_token_cannot_be_wider_than_the_installation(github, client, narrowing):
    github.repo()
    assert client.mint(**narrowing).status_code == 422


def test_a_narrow_token_reaches_no_further(github, client):
    shop, other = github.repo(), github.repo("octo/other")
    client.sign_in(repository_ids=[shop.id], permissions={"contents": "read"})
    assert client.get(f"/repos/{shop.name}").status_code == 200
    assert client.get(f"/repos/{other.name}").status_code == 404
    refused = client.get(f"/repos/{shop.name}/pulls")
    assert (refused.status_code, refused.headers["x-accepted-github-permissions"]) == (
        403,
        "pull_requests=read",
    )


def test_a_repository_without_the_app_does_not_exist(github, client):
    github.repo("octo/hidden", installed=False)
    assert client.get("/repos/octo/hidden").status_code == 404
    headers = client.app_headers()
    assert client.get("/repos/octo/hidden/installation", headers=headers).status_code == 404


def test_suspended_revoked_and_expired():
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    with FakeGitHub.start(clock=lambda: clock[0]) as github, Client(github) as client:
        github.repo()
        client.sign_in()
        github.suspend()
        assert (client.get("/repos/octo/shop").status_code, client.mint().status_code) == (403, 403)
        github.unsuspend()
        assert client.get("/repos/octo/shop").status_code == 200
        clock[0] += timedelta(hours=1)
        assert client.get("/repos/octo/shop").status_code == 401
        client.sign_in()
        assert client.delete("/installation/token").status_code == 204
        assert client.get("/repos/octo/shop").status_code == 401
        github.check_house()


def test_a_fresh_token_may_not_have_reached_every_server(github, client):
    github.repo()
    github.lag_tokens(2)
    client.sign_in()
    assert [client.get("/repos/octo/shop").status_code for _ in range(3)] == [401, 401, 200]


def test_an_enterprise_server_has_a_prefix():
    with FakeGitHub.start(prefix="/api/v3") as github, Client(github) as client:
        github.repo()
        client.sign_in()
        assert client.get("/repos/octo/shop").json()["url"] == f"{github.url}/repos/octo/shop"
        outside = github.url.removesuffix("/api/v3")
        assert client.get(f"{outside}/repos/octo/shop").status_code == 404
