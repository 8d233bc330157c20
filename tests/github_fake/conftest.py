"""A running fake, and a client that signs in as the App the way any client would."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.fakes.github.fake import FakeGitHub


@cache
def private_key() -> Any:
    """Read the key once: checking its primes takes 45 ms."""
    return load_pem_private_key(FakeGitHub.private_key.encode(), None)


class Client(httpx.Client):
    """A plain HTTP client of one installation."""

    def __init__(self, github: FakeGitHub) -> None:
        headers = {"user-agent": "test", "x-github-api-version": "2022-11-28"}
        super().__init__(base_url=github.url, headers=headers, trust_env=False, verify=False)
        self.github = github

    def app_headers(self, **claims: Any) -> dict[str, str]:
        now = int(self.github.state.clock().timestamp())
        known = {"iss": str(self.github.app_id), "iat": now - 60, "exp": now + 500} | claims
        return {"authorization": f"Bearer {jwt.encode(known, private_key(), 'RS256')}"}

    def mint(self, **narrowing: Any) -> httpx.Response:
        path = f"/app/installations/{self.github.installation_id}/access_tokens"
        return self.post(path, json=narrowing, headers=self.app_headers())

    def sign_in(self, **narrowing: Any) -> "Client":
        self.headers["authorization"] = f"Bearer {self.mint(**narrowing).json()['token']}"
        return self


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub.start() as fake:
        yield fake


@pytest.fixture
def client(github: FakeGitHub) -> Iterator[Client]:
    with Client(github) as found:
        yield found.sign_in()
