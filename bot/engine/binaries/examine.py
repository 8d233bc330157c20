"""Look at an executable while it streams past: what it was built from, and whether it is a well-known program.

Go's and cargo-auditable's lists, and the versions well-known programs say they have. Whether a system's package owns
the file, and so speaks for it, is for the caller to know.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bot.engine.binaries.elf import MAGIC, parse_elf
from bot.engine.binaries.go import GoSearch
from bot.engine.binaries.packed import PackedSearch
from bot.engine.binaries.runtimes import RuntimeSearch, is_runtime
from bot.engine.binaries.rust import RustSearch
from bot.engine.binaries.stream import Window, windows
from bot.engine.catalog.model import RawPackage

#: Program headers and, for most, the note of the linker.
_HEAD = 8192
_PE = b"MZ"
_MACH_O = tuple(
    bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe")
)
_MAGICS = (MAGIC, _PE, *_MACH_O)
#: Names of the catalogs its packages belong to.
GO, RUST, RUNTIME = "go-binary", "rust-binary", "runtime"
Found = tuple[tuple[str, tuple[RawPackage, ...]], ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """What one executable says of itself."""

    databases: Found = ()
    """(catalog, packages) for each kind of list it holds."""
    skipped: tuple[str, ...] = ()
    """Why what it was built from is not known, though something says that it was built from packages: seen, and not
    understood. The file itself was read."""


class Search(Protocol):
    """Looks for one thing while a file passes."""

    def take(self, window: Window) -> None:
        """Look at one window of the file."""
        ...


def wants(path: str) -> bool:
    """Whether a file that is not executable is worth examining: shared libraries of well-known programs."""
    return is_runtime(path)


def examine(path: str, pieces: Iterable[bytes], size: int) -> Examination:
    """Look at a file given in pieces; reads no further than it has to."""
    rest = iter(pieces)
    head = _take(rest, b"", 4)
    if not head.startswith(_MAGICS):
        return Examination()
    head = _take(rest, head, _HEAD)
    elf = parse_elf(head)
    go, runtime, packed = GoSearch(elf, head[:_HEAD]), RuntimeSearch(path), PackedSearch(head[:_HEAD])
    rust = RustSearch(elf, size) if elf else None
    searches: list[Search] = [go, runtime, packed, *([rust] if rust else [])]
    for window in windows(head, rest):
        for search in searches:
            search.take(window)
    found = {GO: go.packages(), RUST: rust.packages() if rust else [], RUNTIME: runtime.packages()}
    problems = (go.problem, rust.problem if rust else "", packed.problem, runtime.problem)
    return Examination(
        tuple((name, tuple(dict.fromkeys(packages))) for name, packages in found.items() if packages),
        tuple(problem for problem in problems if problem),
    )


def _take(rest: Iterator[bytes], head: bytes, length: int) -> bytes:
    while len(head) < length and (piece := next(rest, b"")):
        head += piece
    return head
