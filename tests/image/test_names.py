"""How products are called."""

import pytest

from bot.image.lifecycle.table import TABLE
from bot.image.names import _NAMES, called


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("alpine-linux", "Alpine"),
        ("nodejs", "Node.js"),
        ("debian", "Debian"),
        ("rocky-linux", "Rocky Linux"),
        ("never-heard-of", "Never Heard Of"),
    ],
)
def test_called(product: str, name: str) -> None:
    assert called(product) == name


def test_every_name_is_of_a_product_there_is() -> None:
    assert set(_NAMES) <= set(TABLE)
