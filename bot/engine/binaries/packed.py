"""Recognise programs packed with UPX that were built by Go or Rust: what they were built from is out of sight then.

See https://github.com/upx/upx, src/stub/src/include/linux.h: the packer's mark is near the beginning.
"""

from bot.engine.binaries.stream import Window

_PACKER = b"UP" + b"X!"
#: What is left of these languages in a packed program, where anything is.
_REMAINS = (b"golang", b"Go build", b"Go\0\0", b"runtime.go", b"/rustc", b"cargo/registry")


class PackedSearch:
    """Looks for remains of Go and Rust in a packed program."""

    def __init__(self, head: bytes) -> None:
        self._is_packed = _PACKER in head
        self._has_remains = False

    def take(self, window: Window) -> None:
        """Look at one window of the file."""
        if self._is_packed and not self._has_remains:
            self._has_remains = any(remains in window.data for remains in _REMAINS)

    @property
    def problem(self) -> str:
        """Why nothing is known of a packed program, if so."""
        if not self._has_remains:
            return ""
        return "it is packed with UPX, and something in it says that Go or Rust built it"
