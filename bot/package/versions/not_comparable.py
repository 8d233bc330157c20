"""Why two versions could not be put in order: a visible outcome, never a silent "not affected"."""

from bot.errors import BotError

#: Longer than any published version; what lies beyond is refused instead of worked on.
MAX_LENGTH = 1024


class NotComparable(BotError):
    """No ordering is known for the ecosystem, or a version does not follow its grammar."""


def check_length(version: str) -> None:
    """Refuse a version nobody would publish."""
    if len(version) > MAX_LENGTH:
        raise NotComparable(f"version {version[:40]!r}… is longer than {MAX_LENGTH} characters")
