"""How much heavier an image gets, in words."""

from dataclasses import replace

import pytest

from bot.report.images import ImagePair, Weight
from bot.report.templating import macro
from tests.report.reviews import base, image


def seen(number, size, layers):
    read = image(number)
    return replace(read, inventory=replace(read.inventory, size=size, layers=("sha256:ab",) * layers))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((40_000_000, 3), (45_300_000, 4), "45.3 MB, 5.3 MB more; 4 layers, 1 more"),
        ((45_300_000, 4), (900_000, 1), "900.0 kB, 44.4 MB less; 1 layer, 3 fewer"),
        ((5_000_000, 2), (5_000_000, 2), "5.0 MB; 2 layers"),
    ],
)
def test_it_says_what_changes(before, after, words):
    pair = ImagePair(base(seen=seen(1, *before)), base(seen=seen(2, *after)))
    assert macro("words.j2", "weight", pair.weight) == words


@pytest.mark.parametrize(
    "pair",
    [
        ImagePair(None, base(seen=image(1))),
        ImagePair(base(seen=image(1)), None),
        ImagePair(base(), base(seen=image(1))),
        ImagePair(base(seen=image(1)), base(seen=image(1))),
    ],
)
def test_where_there_is_nothing_to_compare_it_says_nothing(pair: ImagePair):
    assert pair.weight is None


def test_the_numbers_are_those_of_the_layers():
    pair = ImagePair(base(seen=seen(1, 10, 1)), base(seen=seen(2, 30, 4)))
    assert pair.weight == Weight(size=30, larger=20, layers=4, more_layers=3)
