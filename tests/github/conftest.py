"""One stand-in GitHub and a handle on its repository for each test."""

import pytest

from bot.github.client import Repository
from tests.github.stand_in import StandIn


@pytest.fixture
def github() -> StandIn:
    return StandIn()


@pytest.fixture
def repo(github: StandIn) -> Repository:
    return github.repository()
