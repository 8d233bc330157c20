"""Recognise executables that carry a list of what they were built from, by a mark somewhere in their bytes.

Go: the head of the build information that debug/buildinfo reads. Rust: the ELF section of cargo-auditable.
The mark may be anywhere, so the file is searched while it streams past, a piece at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from bot.engine.catalog.model import RawPackage
from bot.engine.hints import GO, RUST

_ELF = b"\x7fELF"
# Put together, so that no program that contains this file contains the marks.
_MARKS = {GO: b"\xff Go " + b"buildinf:", RUST: b".dep-" + b"v0\0"}
_OVERLAP = max(len(mark) for mark in _MARKS.values()) - 1


@dataclass(frozen=True, slots=True)
class Examination:
    """What an executable says of itself."""

    databases: tuple[tuple[str, tuple[RawPackage, ...]], ...] = ()
    """(name of the catalog, the packages the file was built from)."""
    skipped: tuple[str, ...] = ()
    """Why parts of it could not be looked into."""


def examine(path: str, pieces: Iterable[bytes], size: int) -> Examination:
    """Look into an executable while it streams past; reads no further than it has to."""
    kind = kind_of_binary(pieces)
    return Examination(skipped=(f"{kind} are not looked into yet",)) if kind else Examination()


def kind_of_binary(pieces: Iterable[bytes]) -> str | None:
    """Return the kind of an executable given in pieces, or None; reads no further than it has to."""
    rest = iter(pieces)
    head = b""
    while len(head) < len(_ELF) and (piece := next(rest, b"")):
        head += piece
    if not head.startswith(_ELF):
        return None
    tail = b""
    for piece in chain((head,), rest):
        seam = tail + piece[:_OVERLAP]
        for kind, mark in _MARKS.items():
            if mark in piece or mark in seam:
                return kind
        tail = (tail + piece)[-_OVERLAP:] if len(piece) < _OVERLAP else piece[-_OVERLAP:]
    return None
