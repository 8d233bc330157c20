"""Platforms as people write them."""

import pytest

from bot.errors import ConfigError
from bot.image import Platform


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("linux/amd64", Platform("linux", "amd64")),
        ("linux/arm64/v8", Platform("linux", "arm64", "v8")),
        (" Linux/AMD64 ", Platform("linux", "amd64")),
    ],
)
def test_a_platform_is_read(text, platform):
    assert Platform.parse(text) == platform
    assert str(platform) == text.strip().lower()


@pytest.mark.parametrize("text", ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux//v7"])
def test_what_is_no_platform(text):
    with pytest.raises(ConfigError, match="not a platform"):
        Platform.parse(text)
