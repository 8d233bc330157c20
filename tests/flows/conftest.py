"""What flow tests begin with."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import FLAWED, SOUND
from tests.flows.scenes import Shop, open_shop
from tests.flows.bumping import yard
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture
def shop(bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories) -> Shop:
    """The shop, with the bot listening."""
    return open_shop(github, registry, advisories)


@pytest.fixture
def sound(registry: Registry) -> str:
    """A reference to an image without the flaw of `reading.know_flaw`."""
    return registry.push_image("shop:1", packages=SOUND)


@pytest.fixture
def flawed(registry: Registry) -> str:
    """A reference to one with it."""
    return registry.push_image("shop:2", packages=FLAWED)
