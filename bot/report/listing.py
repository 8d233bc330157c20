"""Rows cut to a number that fits, remembering how many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The rows to show, of `total`. Empty only when there is nothing at all."""

    shown: tuple[T, ...] = ()
    total: int = 0

    @classmethod
    def of(cls, rows: Sequence[T]) -> "Listing[T]":
        """All of the rows."""
        return cls(tuple(rows), len(rows))

    def __bool__(self) -> bool:
        return self.total > 0

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[T]:
        return iter(self.shown)

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)

    def cut(self, limit: int) -> "Listing[T]":
        """Show at most `limit` rows."""
        return Listing(self.shown[:limit], self.total)

    def split(self, limit: int) -> "tuple[tuple[T, ...], Listing[T]]":
        """The first `limit` rows, and the others as a listing of their own."""
        first = self.shown[:limit]
        return first, Listing(self.shown[limit:], self.total - len(first))
