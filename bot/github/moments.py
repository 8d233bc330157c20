"""Read a moment from a JSON object, as seconds since the epoch: GitHub writes `2026-11-21T12:00:00Z`."""

from datetime import UTC, datetime

from bot.github.fields import Fields


def moment(fields: Fields, key: str) -> float:
    """Read a moment that must be there."""
    text = fields.filled(key)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise fields.error(f"{fields.where}.{key} is not a moment") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
