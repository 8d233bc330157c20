"""What flow tests begin with."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import Shop, open_shop
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture
def shop(bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories) -> Shop:
    """The shop, with the bot listening."""
    return open_shop(github, registry, advisories)
