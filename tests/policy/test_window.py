"""When a schedule begins next."""

from datetime import UTC, datetime, time

import pytest

from bot.policy.bumps import Window

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "opening"),
    [
        (Window(), None),
        (Window(("sat",), time(11), time(13)), None),
        (Window(("sat",), time(11), time(12)), datetime(2026, 11, 28, 11, tzinfo=UTC)),
        (Window(("sat",), time(13), time(14)), datetime(2026, 11, 21, 13, tzinfo=UTC)),
        (Window(("mon",), time(8), time(9)), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (Window(("mon", "sun")), datetime(2026, 11, 22, tzinfo=UTC)),
        # Equal times are the whole day, whatever they are.
        (Window(("mon",), time(9), time(9)), datetime(2026, 11, 23, tzinfo=UTC)),
        (Window(("fri",), time(22), time(6)), datetime(2026, 11, 27, 22, tzinfo=UTC)),
        (Window(("mon",), timezone="Asia/Tokyo"), datetime(2026, 11, 22, 15, tzinfo=UTC)),
        (Window(()), None),
    ],
)
def test_when_it_opens(window: Window, opening: datetime | None) -> None:
    assert window.opens_after(SATURDAY) == opening
    assert opening is None or window.is_open(opening)
