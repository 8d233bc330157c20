"""Keep a document within a limit by showing fewer rows, never by cutting through a row, a fence or a fold."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

# https://docs.github.com/en/rest/checks/runs and the answer "Body is too long (maximum is 65536 characters)".
LONGEST_TEXT = 65_535
"""A check run's summary or text, a comment, and the message of an annotation."""


def size(text: str) -> int:
    """What GitHub may count: characters or UTF-8 bytes, whichever is more."""
    return len(text.encode())


def fit(render: Callable[[T], str], steps: Iterable[T], limit: int, last: Callable[[], str]) -> str:
    """The first rendering that fits, from the most generous step to the tightest; else the `last` resort."""
    for step in steps:
        text = render(step)
        if size(text) <= limit:
            return text
    return last()
