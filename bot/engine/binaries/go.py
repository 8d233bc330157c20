"""Read the build information Go writes into its programs: its own version, the main module, the dependencies.

The layout is that of Go's debug/buildinfo: since 1.18 the version follows the head of the section, before that the
head points to it. The text about modules lies between two marks in both. Both are found by their marks, so it works
for ELF, PE and Mach-O alike, stripped or not.
"""

import re

from bot.engine.binaries.elf import Elf
from bot.engine.binaries.modules import MOST, is_without_modules, parse_modules
from bot.engine.binaries.stream import Capture, Window, occurrences
from bot.engine.catalog.model import RawPackage

# Put together, so that no program that contains this file contains the marks.
_HEAD = b"\xff Go " + b"buildinf:"
_OPEN = bytes.fromhex("3077af0c92740802" + "41e1c107e6d618e6")
_CLOSE = bytes.fromhex("f932433186182072" + "00824210" + "4116d8f2")
#: The note of Go's linker, and what it writes before the first function.
_SIGNS = (b"Go\0\0", b"Go build " + b'ID: "')
_LINES = (b"path\t", b"mod\t", b"dep\t", b"build\t")
_HEAD_SIZE = 32
_LONGEST_VERSION = 128
_LARGEST = 4 << 20
"""Bytes of the text about modules; in the largest programs known it is below 200 kB."""
_ATTEMPTS = 8
"""Stretches looked at that only may be build information: Go's own tools hold the marks too."""
_INLINE, _BIG_ENDIAN = 2, 1
_OLDER = b"go1" + b"."
_PLACES = 4096
_VERSION = re.compile(r"go([0-9]+\.[0-9]+(?:\.[0-9]+)?(?:(?:beta|rc)[0-9]+)?)")


class GoSearch:
    """Looks for Go's marks while a file passes."""

    def __init__(self, elf: Elf | None, head: bytes) -> None:
        self._elf = elf
        self.is_go = any(sign in head for sign in _SIGNS)
        self._version = ""
        self._text = _Text()
        self._heads: dict[int, Capture] = {}
        self._strings: dict[int, Capture] = {}
        self._older: dict[int, bytes] = {}

    def take(self, window: Window) -> None:
        """Look at one window of the file."""
        if not self._version:
            self._take_version(window)
        if self.is_go:
            self._text.take(window)

    def packages(self) -> list[RawPackage]:
        """Return the standard library, the main module and the dependencies that were built in."""
        found = []
        if match := _VERSION.match(self._version):
            found.append(RawPackage("stdlib", match[1], "stdlib", match[1]))
        return [*found, *parse_modules(self._modules())]

    @property
    def problem(self) -> str:
        """Why not everything is known of a Go program, if so."""
        if not self.is_go:
            return ""
        if self._text.cut_short:
            return "it is a Go program whose list of modules is cut short or too long"
        if not _VERSION.match(self._version):
            known = "version of Go" if self._text.text else "build information"
            return f"it is a Go program whose {known} cannot be read"
        if self._text.text.count(b"\n") > MOST:
            return f"it is a Go program that lists more than {MOST:,} modules"
        if is_without_modules(self._modules()):
            return "it is a Go program built without modules, so it has no list of them"
        return ""

    def _modules(self) -> str:
        return self._text.text.decode("utf-8", "replace")

    def _take_version(self, window: Window) -> None:
        for at in occurrences(window, _HEAD):
            if len(self._heads) >= _ATTEMPTS:
                break
            start = window.offset + at
            self._heads.setdefault(start, Capture(start, _HEAD_SIZE + _LONGEST_VERSION))
        if self.is_go and self._elf is not None:
            self._note_places(window)
        for captures, read in ((self._heads, self._read_head), (self._strings, self._read_string)):
            for capture in list(captures.values()):
                capture.take(window)
                read(capture.data)

    def _note_places(self, window: Window) -> None:
        """Remember what may be the version: before 1.18, what points to it comes later in the file."""
        for at in occurrences(window, _OLDER):
            if len(self._older) >= _PLACES:
                break
            self._older[window.offset + at] = window.data[at : at + _LONGEST_VERSION]

    def _read_head(self, data: bytes) -> None:
        if len(data) < _HEAD_SIZE + 2:
            return
        word, flags = data[14], data[15]
        if flags & _INLINE:
            length = data[_HEAD_SIZE]
            text = data[_HEAD_SIZE + 1 : _HEAD_SIZE + 1 + length]
            # Longer ones would have a second byte of length; none is.
            if length < _LONGEST_VERSION and len(text) == length and text.startswith((b"go", b"devel")):
                self._found(text)
        elif (elf := self._elf) is not None and word == elf.word and flags in (0, _BIG_ENDIAN):
            place = elf.file_offset(elf.pointer(data, 16))
            if place is not None and len(self._strings) < _ATTEMPTS:
                self._strings.setdefault(place, Capture(place, 2 * word))

    def _read_string(self, data: bytes) -> None:
        """Before 1.18: the address and the length of a text that was passed earlier."""
        elf = self._elf
        if elf is None or len(data) < 2 * elf.word:
            return
        place, length = elf.file_offset(elf.pointer(data)), elf.pointer(data, elf.word)
        if place is not None and 0 < length < _LONGEST_VERSION and place in self._older:
            self._found(self._older[place][:length])

    def _found(self, version: bytes) -> None:
        self._version = version.decode("utf-8", "replace")
        self.is_go = True


class _Text:
    """The text about modules, collected between its marks."""

    def __init__(self) -> None:
        self._parts: list[bytes] | None = None
        self._left = _LARGEST
        self._tail = b""
        self.text = b""
        self._failed = False

    @property
    def cut_short(self) -> bool:
        """Whether it began and did not end as it should."""
        return self._failed or (self._parts is not None and not self.text)

    def take(self, window: Window) -> None:
        """Look at one window of the file."""
        if self.text or self._failed:
            return
        if self._parts is not None:
            self._collect(window.data[window.fresh :])
            return
        for at in occurrences(window, _OPEN):
            start = at + len(_OPEN)
            # Go's own tools hold the mark too, but no such line after it.
            if window.data.startswith(_LINES, start):
                self._parts = []
                self._collect(window.data[start:])
                return

    def _collect(self, data: bytes) -> None:
        parts = self._parts = self._parts if self._parts is not None else []
        parts.append(data)
        self._left -= len(data)
        # The mark may lie across pieces, several when they are small.
        seam = self._tail + data
        self._tail = seam[-len(_CLOSE) :]
        if _CLOSE in seam:
            self.text = b"".join(parts).partition(_CLOSE)[0]
        elif self._left < 0:
            self._failed, self._parts = True, None
