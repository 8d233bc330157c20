"""Text that remembers where in the file each of its characters stands.

A reference may be put together from quotes, continued lines and several ARGs; `edit` changes the characters
where they are written, so every step from file to reference keeps their offsets.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

# What Go's unicode.IsSpace accepts, which is what BuildKit trims; Python's isspace knows four more.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
SPACE += "\u2028\u2029\u202f\u205f\u3000"
NOWHERE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """Characters and the offset of each in the file, NOWHERE for those the file does not contain."""

    text: str
    at: "array[int]"

    @classmethod
    def read(cls, source: str, start: int, end: int) -> "Traced":
        """Take a slice of the file."""
        return cls(source[start:end], array("i", range(start, end)))

    @classmethod
    def foreign(cls, text: str) -> "Traced":
        """Wrap a text that comes from outside the file, such as a build argument."""
        return cls(text, array("i", [NOWHERE]) * len(text))

    @classmethod
    def join(cls, parts: Iterable["Traced"]) -> "Traced":
        """Put parts together in order."""
        parts = list(parts)
        at = array("i")
        for part in parts:
            at.extend(part.at)
        return cls("".join(part.text for part in parts), at)

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> "Traced":
        return Traced(self.text[part], self.at[part])

    def pick(self, indices: list[int]) -> "Traced":
        """Keep only the characters at these indices."""
        return Traced("".join([self.text[i] for i in indices]), array("i", [self.at[i] for i in indices]))

    def strip(self) -> "Traced":
        """Drop white space at both ends."""
        start = len(self.text) - len(self.text.lstrip(SPACE))
        return self[start : max(start, len(self.text.rstrip(SPACE)))]

    @property
    def span(self) -> tuple[int, int] | None:
        """The stretch of the file from the first to the last character, None when nothing is in the file."""
        places = [place for place in self.at if place != NOWHERE]
        return (min(places), max(places) + 1) if places else None


NOTHING = Traced("", array("i"))
