"""What a rule is: where a secret may begin, what it looks like, and what tells a real one apart.

A pattern has no look-around and only bounded repetitions, so that both engines read it alike and none is slow.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from bot.engine.secrets.place import Place, anywhere
from bot.engine.secrets.shape import is_placeholder
from bot.severity import Severity

Span = tuple[int, int]


class Rank(IntEnum):
    """Of rules that find the same text the one that says most about it counts."""

    PROVIDER = 0
    FORM = 1
    FILE = 2
    GENERIC = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that has the form of a secret. It knows the secret, so it never shows itself."""

    place: Place
    data: bytes = field(repr=False)
    start: int
    end: int
    span: Span
    """The secret within it."""

    @property
    def secret(self) -> bytes:
        """The secret itself."""
        return self.data[slice(*self.span)]

    def before(self, reach: int) -> bytes:
        """Give what stands before it on its line, at most `reach` bytes."""
        piece = self.data[max(0, self.start - reach) : self.start]
        return piece[piece.rfind(b"\n") + 1 :]

    def around(self, reach: int) -> bytes:
        """Give what it stands in, `reach` bytes to either side."""
        return self.data[max(0, self.start - reach) : self.end + reach]


Check = Callable[[Candidate], Span | None]
"""Says where in a candidate the secret is, or that it is none."""


def when(holds: Callable[[Candidate], bool]) -> Check:
    """Make a check of a condition."""
    return lambda candidate: candidate.span if holds(candidate) else None


def genuine(candidate: Candidate) -> bool:
    """Say whether the secret is more than a placeholder."""
    return not is_placeholder(candidate.secret)


GENUINE = when(genuine)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of secret."""

    id: str
    title: str
    severity: Severity
    keywords: tuple[bytes, ...]
    """Every match holds one of them; in lower case when `fold`."""
    pattern: bytes
    """The secret is the group of that name, else all of it."""
    about: str
    """What it opens, in a line for the documentation."""
    check: Check = GENUINE
    rank: Rank = Rank.PROVIDER
    fold: bool = False
    """Upper and lower case are the same."""
    starts: tuple[int, ...] = (0,)
    """How many bytes before its keyword a match begins, each tried."""
    reach: int = 400
    """How far after its keyword a match may end."""
    before: bytes = rb"A-Za-z0-9"
    """The characters that may not stand right before it, as in a character class."""
    after: bytes = rb"A-Za-z0-9"
    where: Callable[[Place], bool] = anywhere
    binary: bool = False
    """So unmistakable that it counts in compiled files too."""
    prefilter: bytes = b""
    """A pattern that every match contains, where the pattern itself is too large to look for."""


def token(
    id: str,
    title: str,
    severity: Severity,
    prefixes: tuple[bytes, ...],
    body: bytes,
    about: str,
    *,
    check: Check = GENUINE,
    binary: bool = True,
    after: bytes = rb"A-Za-z0-9_-",
    reach: int = 400,
) -> Rule:
    """Make the rule of a token that begins with one of its provider's prefixes."""
    return Rule(
        id=id,
        title=title,
        severity=severity,
        keywords=prefixes,
        pattern=_one_of(prefixes) + body,
        about=about,
        check=check,
        binary=binary,
        before=rb"A-Za-z0-9_",
        after=after,
        reach=reach,
    )


def named(
    id: str,
    title: str,
    severity: Severity,
    names: tuple[bytes, ...],
    body: bytes,
    about: str,
    *,
    after: bytes = rb"A-Za-z0-9_/+=-",
    check: Check = GENUINE,
    gap: bytes = rb"[A-Za-z0-9_.-]{0,30}",
    reach: int = 400,
) -> Rule:
    """Make the rule of a key without a form of its own, told by the name of what it is assigned to."""
    return Rule(
        id=id,
        title=title,
        severity=severity,
        keywords=names,
        pattern=_one_of(names) + gap + ASSIGNED + b"(?P<secret>" + body + b")",
        about=about,
        check=check,
        fold=True,
        before=b"",
        after=after,
        reach=reach,
    )


ASSIGNED = rb"""["']?[\]]?[ \t]{0,8}(?:[:=]=?|=>|,|[ \t])[ \t]{0,8}(?:[bru]?["'`])?"""
"""What stands between a name and its value in most languages of configuration and source."""


def _one_of(texts: tuple[bytes, ...]) -> bytes:
    return b"(?:" + b"|".join(map(_literal, texts)) + b")"


def _literal(text: bytes) -> bytes:
    return b"".join(b"\\" + bytes([byte]) if byte in b".$-+:/" else bytes([byte]) for byte in text)
