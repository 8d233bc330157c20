"""A shop with a good and a bad image, and the bot as a process beside it, on the machine's own clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.engine_jobs.serving import Serving
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.harness import Advisories, HeldClock, Registry


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub.start(echo=True) as fake:
        yield fake
        fake.check_house()


@dataclass(frozen=True, slots=True)
class Shop:
    repo: FakeRepo
    bad: str

    def open_pull(self) -> FakePull:
        """Open a pull request that deserves a failing check and a comment."""
        number = len(self.repo.repository.pulls) + 1
        return self.repo.open_pull(files={"Dockerfile": f"# change {number}\nFROM {self.bad}\n"})


@pytest.fixture
def shop(tmp_path: Path, github: FakeGitHub, registry: Registry) -> Shop:
    clock = HeldClock(datetime.now(UTC))
    advisories = Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", clock)
    advisories.add("CVE-2024-0001", package="openssl", fixed="3.3.1-r0", severity="critical")
    good = registry.push_image("shop-base:1", packages={"libssl3": ("3.3.1-r0", "openssl")})
    bad = registry.push_image("shop-base:2", packages={"libssl3": ("3.3.0-r0", "openssl")})
    advisories.import_now()
    return Shop(github.repo(files={"Dockerfile": f"FROM {good}\n"}), bad)


@pytest.fixture
def serving(tmp_path: Path, shop: Shop, github: FakeGitHub, registry: Registry) -> Iterator[Serving]:
    """The command, started as an operator does."""
    running = Serving(tmp_path / "data", github, registry)
    yield running
    running.kill()


@pytest.fixture
def quick(tmp_path: Path, shop: Shop, github: FakeGitHub, registry: Registry) -> Iterator[Serving]:
    """The same in a forked process, for tests that start it often."""
    running = Serving(tmp_path / "data", github, registry, quick=True)
    yield running
    running.kill()
