"""Advice is stored with the verdict, and comes back as it was."""

from hypothesis import given

from bot.bump.model import Advice
from bot.codec import dump, load
from tests.report.strategies import advices


def is_text(advice: Advice) -> bool:
    """Half a surrogate pair is replaced where images and registries are read."""
    try:
        repr(advice).encode()
    except UnicodeEncodeError:
        return False
    return "\\ud800" not in repr(advice)


@given(advices().filter(is_text))
def test_advice_survives_being_stored(advice: Advice) -> None:
    assert load(Advice, dump(Advice, advice)) == advice
