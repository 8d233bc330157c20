"""The program headers of an ELF file: which stretch of the file is loaded where. See elf(5)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\x7fELF"
_LOAD = 1
_WRITABLE, _EXECUTABLE = 2, 1
_MOST = 128


@dataclass(frozen=True, slots=True)
class Segment:
    """One loadable segment."""

    offset: int
    address: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class Elf:
    """What the head of an ELF file says."""

    order: str
    """`<` or `>`, as `struct` writes it."""
    word: int
    """Bytes of an address."""
    segments: tuple[Segment, ...]

    def file_offset(self, address: int) -> int | None:
        """Return where in the file an address is loaded from."""
        for segment in self.segments:
            if 0 <= address - segment.address < segment.size:
                return segment.offset + address - segment.address
        return None

    def pointer(self, data: bytes, at: int = 0) -> int:
        """Read one address; 0 where there are not enough bytes."""
        raw = data[at : at + self.word]
        return int.from_bytes(raw, "little" if self.order == "<" else "big") if len(raw) == self.word else 0

    def constants(self) -> tuple[Segment, ...]:
        """Return the segments that hold constants: all that cannot be written, or those without code if there are
        any besides the headers."""
        fixed = [segment for segment in self.segments if not segment.flags & _WRITABLE]
        plain = [segment for segment in fixed if not segment.flags & _EXECUTABLE]
        return tuple(plain or fixed)

    @property
    def loaded(self) -> int:
        """Where what is loaded ends; sections that are only kept in the file follow."""
        return max((segment.offset + segment.size for segment in self.segments), default=0)


def parse_elf(head: bytes) -> Elf | None:
    """Read the program headers, as far as they are in these first bytes of the file."""
    if len(head) < 64 or not head.startswith(MAGIC) or head[4] not in (1, 2) or head[5] not in (1, 2):
        return None
    order, wide = "<" if head[5] == 1 else ">", head[4] == 2
    form, start = ("QQIHHH", 32) if wide else ("IIIHHH", 28)
    start_of_headers, _, _, _, entry_size, count = struct.unpack_from(order + form, head, start)
    segments = _segments(head, order, wide, start_of_headers, entry_size, count)
    return Elf(order, 8 if wide else 4, tuple(segments))


def _segments(
    head: bytes, order: str, wide: bool, start: int, entry_size: int, count: int
) -> Iterator[Segment]:
    form = struct.Struct(order + ("IIQQQQ" if wide else "IIIIIII"))
    for index in range(min(count, _MOST)):
        at = start + index * entry_size
        if at + form.size > len(head):
            return
        if wide:
            kind, flags, offset, address, _, size = form.unpack_from(head, at)
        else:
            kind, offset, address, _, size, _, flags = form.unpack_from(head, at)
        if kind == _LOAD:
            yield Segment(offset, address, size, flags)
