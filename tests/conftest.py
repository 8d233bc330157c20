"""Fixtures every test may ask for: a held clock, the stand-ins, and the bot between them."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fakes.github.fake import FakeGitHub
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

# A property may take as long as the machine is busy; what is slow is for `bench/` to tell. Every run tries other
# examples, so a few each time become many; `thorough` is for who changes what a property is about.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("PLIMSOLL_PROPERTIES", "quick"))


def pytest_collection_finish() -> None:
    """Take what is there for good, thousands of tests and all modules, out of the collector's sight.

    Else it walks over hundreds of megabytes again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def github(clock: HeldClock) -> Iterator[FakeGitHub]:
    with FakeGitHub.start(clock=clock.now) as fake:
        yield fake
        fake.check_house()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as fake:
        yield fake


@pytest.fixture
def advisories(tmp_path: Path, clock: HeldClock) -> Advisories:
    return Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", clock)


@pytest.fixture
def bot(
    tmp_path: Path, clock: HeldClock, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> Iterator[RunningBot]:
    settings = settings_for(tmp_path / "data", github, registry)
    with running_bot(settings, clock, github, advisories) as running:
        yield running
        states = running.states()
        assert states.keys() <= running.may_end_as, f"unfinished or failed jobs: {states}"
