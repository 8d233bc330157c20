"""Read the list of crates that cargo-auditable leaves in a program: zlib-compressed JSON in section `.dep-v0`.

See https://github.com/rust-secure-code/cargo-auditable, PARSING.md. Section headers come last in a file, so the content
is recognised by itself: behind what is loaded, where linkers put the section, or among the constants.
"""

import json
import re
import zlib

from bot.engine.binaries.elf import Elf
from bot.engine.binaries.stream import Window
from bot.engine.catalog.model import RawPackage, field

_SECTION = b".dep-" + b"v0\0"
_COMPILER = b"/rust" + b"c/"
#: The head of a zlib stream, then a block with codes of its own, or fixed ones.
_STREAM = re.compile(rb"x[\x01\x5e\x9c\xda][\x03\x05\x04\x0b-\xff]")
_START = b'{"packages":['
_LARGEST = 8 << 20
"""As many bytes as the specification suggests to accept."""
_MOST = 20_000
_NAMES_AT_END = 256 << 10
_ATTEMPTS, _ONE_IN = 1000, 2048
"""Places where a stream may begin that are tried: so many, and one for so many bytes."""


class RustSearch:
    """Looks for a list of crates while a file passes."""

    def __init__(self, elf: Elf, size: int) -> None:
        places = [(each.offset, each.offset + each.size) for each in elf.constants()]
        self._places = [*places, (elf.loaded, max(size, elf.loaded))]
        self._size = size
        self._stream: _Stream | None = None
        self._problem = ""
        self.is_rust = False
        self._has_section = False
        self._attempts = 0
        self._crates: list[RawPackage] | None = None

    def take(self, window: Window) -> None:
        """Look at one window of the file."""
        if self._stream is not None:
            self._stream.feed(window.data[window.fresh :])
            self._conclude()
            return
        if self._crates is not None or self._problem:
            return
        end = window.offset + len(window.data)
        if self.is_rust or end > self._size - _NAMES_AT_END:
            self._has_section = self._has_section or _SECTION in window.data
        for stretch in self._stretches(window.offset, end):
            self.is_rust = self.is_rust or window.data.find(_COMPILER, *stretch) >= 0
            if self._open(window, *stretch):
                return

    def _open(self, window: Window, begin: int, end: int) -> bool:
        """Begin to inflate where a list of crates begins."""
        for match in _STREAM.finditer(window.data, begin, end):
            self._attempts += 1
            if self._attempts > _ATTEMPTS + (window.offset + match.start()) // _ONE_IN:
                # Random bytes look like it twenty times less often.
                break
            if (stream := _Stream.open(window.data, match.start())) is not None:
                self._stream = stream
                self._conclude()
                return True
        return False

    def packages(self) -> list[RawPackage]:
        """Return the crates that are part of the program."""
        return self._crates or []

    @property
    def problem(self) -> str:
        """Why nothing is known of a Rust program, if so."""
        if self._crates is not None:
            return ""
        if self._problem or self._has_section or self._stream:
            return self._problem or "it is a Rust program whose list of crates cannot be read"
        return "it is a Rust program without a list of its crates" if self.is_rust else ""

    def _stretches(self, offset: int, end: int) -> list[tuple[int, int]]:
        found = []
        for begin, stop in self._places:
            first, last = max(begin, offset), min(stop, end)
            if first < last:
                found.append((first - offset, last - offset))
        return found

    def _conclude(self) -> None:
        stream = self._stream
        if stream is None or not stream.ended:
            return
        self._stream = None
        try:
            self._crates = parse_crates(stream.text)
        except ValueError as exc:
            self._problem = f"it is a Rust program, and its list of crates cannot be read: {exc}"


class _Stream:
    """A compressed list, inflated as its pieces pass."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj()
        self._parts: list[bytes] = []
        self._size = 0
        self.ended = False

    @classmethod
    def open(cls, window: bytes, at: int) -> "_Stream | None":
        """Begin where a list of crates begins; None when it is something else, or cannot be told here.

        Near the end of a window there may be too little of it: windows overlap, so it comes again.
        """
        stream = cls()
        try:
            if not stream._inflate.decompress(window[at : at + 256], len(_START)).startswith(_START):
                return None
        except zlib.error:
            return None
        stream._inflate = zlib.decompressobj()
        stream.feed(window[at:])
        return stream

    @property
    def text(self) -> bytes:
        """What was inflated; empty when it was damaged or too large."""
        return b"".join(self._parts)

    def feed(self, data: bytes) -> None:
        """Inflate more of it."""
        try:
            part = self._inflate.decompress(data, _LARGEST - self._size + 1)
        except zlib.error:
            self._parts, self.ended = [], True
            return
        self._size += len(part)
        self._parts.append(part)
        if self._size > _LARGEST:
            self._parts, self.ended = [], True
        self.ended = self.ended or self._inflate.eof


def parse_crates(data: bytes) -> list[RawPackage]:
    """Read the JSON; ValueError when it is not such a list. Crates that only helped to build it are left out."""
    try:
        root = json.loads(data)
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc
    except ValueError as exc:
        raise ValueError("it is damaged or too large") from exc
    listed = root.get("packages") if isinstance(root, dict) else None
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise ValueError("it has no list of packages, or too many")
    return [crate for item in listed if (crate := _crate(item)) is not None]


def _crate(item: object) -> RawPackage | None:
    if not isinstance(item, dict) or item.get("kind") not in (None, "runtime"):
        return None
    name, version = (str(item.get(key) or "").encode("utf-8", "replace") for key in ("name", "version"))
    if not name or not version:
        return None
    clean = field(name), field(version)
    return RawPackage(*clean, *clean)
