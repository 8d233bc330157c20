"""A few hostile inputs for every parser in the table; `make fuzz` tries millions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name):
    for seed in SEEDS.get(name, [b""]):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_bytes_are_read_or_refused(name):
    seeds = SEEDS.get(name, [b""])

    @settings(max_examples=15)
    @given(st.sampled_from(seeds), st.data())
    def damaged(seed, data):
        where = data.draw(st.integers(0, len(seed)))
        TARGETS[name](
            seed[:where] + data.draw(st.binary(max_size=40)) + seed[where + data.draw(st.integers(0, 40)) :]
        )

    damaged()
