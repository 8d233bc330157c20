"""What flow tests begin with."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows import bumping
from tests.flows.bumping import FLAW, Yard
from tests.flows.reading import FLAWED, SOUND
from tests.flows.scenes import Shop, open_shop
from tests.harness import Advisories, HeldClock, Registry, RunningBot


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


@pytest.fixture
def yard(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, clock: HeldClock
) -> Yard:
    """Two images: `base:1.0.0` with a high flaw, and `base:1.0.1` without it."""
    found = Yard(bot, github, registry, advisories, clock)
    found.know(FLAW, "3.3.1-r0")
    found.image("base:1.0.0", bumping.FLAWED)
    found.image("base:1.0.1", bumping.MENDED)
    return found
