"""Pieces of sort keys: texts whose order, character by character, is that of the values they stand for."""

_NUMBER = 0x400
_MOST = 0x2000


def number(digits: str) -> str:
    """The length first, so that a longer number is a larger one. No such piece begins another."""
    digits = digits.lstrip("0")
    return chr(_NUMBER + len(digits)) + digits


def falling(count: int) -> str:
    """Sort larger counts first."""
    return chr(_MOST - count)
