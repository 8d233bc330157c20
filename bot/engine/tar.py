"""Walk the headers of a tar archive: V7, ustar, pax and GNU, as container runtimes read them.

Where readers differ, this one does as Go's archive/tar, since Docker, containerd and Podman unpack with it:
global pax headers change nothing, two zero blocks end the archive. See POSIX.1-2017, pax, "ustar Interchange
Format", and the GNU tar manual, "Basic Tar Format". Python's tarfile takes five times as long for an entry.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from struct import Struct
from typing import NamedTuple
from zlib import adler32

from bot.engine.limits import DamagedError, LimitError, Limits
from bot.engine.pax import PaxReader, is_sparse
from bot.engine.reader import Reader

BLOCK = 512
_ZEROS = bytes(BLOCK)
_LARGEST = (1 << 63) - 1
#: Name, mode, size, checksum, flag and link.
_FIELDS = Struct("100s 8s 16x 12s 12x 8s c 100s")
_OCTAL = b"01234567"


class Kind(Enum):
    """What an entry makes when it is unpacked."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symbolic link"
    HARD_LINK = "hard link"
    OTHER = "special file"


class Entry(NamedTuple):
    """One file of the archive; the reader stands at the first of its `size` bytes."""

    name: bytes
    kind: Kind
    mode: int
    size: int
    link: bytes
    sparse: bool
    """Its bytes are a map of pieces, not the file's content."""


class _Header(NamedTuple):
    flag: bytes
    name: bytes
    mode: int
    size: int
    link: bytes
    block: bytes


class _Pending(NamedTuple):
    """What extended headers say about the next entry."""

    pax: Mapping[bytes, bytes] = {}
    name: bytes = b""
    link: bytes = b""


_NOTHING = _Pending()
_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"S": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.SYMLINK,
    b"5": Kind.DIRECTORY,
}
#: Links, directories, devices and pipes have no content, whatever their size field says.
_HEADER_ONLY = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_EXTENDED = frozenset((b"x", b"g", b"L", b"K"))


def walk(reader: Reader, limits: Limits) -> Iterator[Entry]:
    """Yield the entries in order. The caller may read an entry's content before it asks for the next one."""
    pax = PaxReader(limits.pax_records)
    pending = _NOTHING
    for _ in range(limits.entries):
        block = _next_block(reader)
        if not block:
            return
        header = _parse(block)
        if header.flag in _EXTENDED:
            pending = _extend(pending, header, _payload(reader, header.size, limits), pax)
            continue
        if header.flag == b"S":
            _skip_sparse_map(reader, header.block)
        entry = _entry(header, pending)
        pending = _NOTHING
        end = reader.position + entry.size
        yield entry
        reader.skip_to(end, -entry.size % BLOCK)
    raise LimitError(f"it has more than {limits.entries:,} entries")


def _next_block(reader: Reader) -> bytes:
    """Read one header; empty at the end of the archive."""
    block = reader.read_block(BLOCK)
    if block == _ZEROS:
        block = reader.read_block(BLOCK)
        if block not in (b"", _ZEROS):
            raise DamagedError("its tar archive continues after an empty header")
        return b""
    if block and len(block) != BLOCK:
        raise DamagedError("its tar archive is cut short")
    return block


def _parse(block: bytes) -> _Header:
    name, mode, size, checksum, flag, link = _FIELDS.unpack_from(block)
    if not _checksum_holds(block, checksum):
        raise DamagedError("its tar archive has a damaged header")
    name = _text(name)
    if block[345] and (prefix := _prefix(block)):
        name = prefix + b"/" + name
    return _Header(flag, name, _mode(mode), _number(size), _text(link) if link[0] else b"", block)


def _prefix(block: bytes) -> bytes:
    """Return the directory of the name, in a header that has something in its place."""
    if block[257:263] == b"ustar\0":
        return _text(block[345:476] if block[508:] == b"tar\0" else block[345:500])
    if block[257:265] != b"ustar  \0" or (_is_time(block[345:357]) and _is_time(block[357:369])):
        return b""
    # GNU headers have two times there, but Go before 1.8 wrote a prefix into some, and still reads them so.
    prefix = _text(block[345:500])
    return prefix if prefix.isascii() else b""


def _checksum_holds(block: bytes, field: bytes) -> bool:
    """Compare the sum of the header's bytes with its checksum field, which itself counts as eight spaces."""
    written = _number(field)
    # The low half of Adler-32 is the plain sum while that stays below 65521: at most 256 bytes at a time.
    low = adler32(block[:256], 0) & 0xFFFF
    high = adler32(block[256:], 0) & 0xFFFF
    total = low + high - sum(field) + 8 * 0x20
    if total == written:
        return True
    # Some old writers summed signed bytes.
    negative = sum(byte > 0x7F for byte in block) - sum(byte > 0x7F for byte in field)
    return total - 256 * negative == written


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _is_time(field: bytes) -> bool:
    """Say whether a field holds a number, or begins empty; times before 1970 are negative."""
    try:
        _signed(field)
    except DamagedError:
        return not field[0]
    return True


@lru_cache(maxsize=256)
def _mode(field: bytes) -> int:
    """Read the permissions, of which an archive has few kinds."""
    return _number(field) & 0o7777


def _number(field: bytes) -> int:
    digits = field.strip(b" \0")
    if digits and not digits.translate(None, _OCTAL):
        return int(digits, 8)
    value = _signed(field)
    if value < 0:
        raise DamagedError("its tar archive has a header with an impossible number")
    return value


def _signed(field: bytes) -> int:
    """Read an octal number, or a base-256 one (first bit set) as GNU tar writes those that do not fit."""
    if field[0] & 0x80:
        bits = 8 * len(field) - 1
        value = int.from_bytes(field, "big") - (1 << bits)
        if field[0] & 0x40:
            value -= 1 << bits
        if not -_LARGEST - 1 <= value <= _LARGEST:
            raise DamagedError("its tar archive has a header with an impossible number")
        return value
    digits = field.strip(b" \0")
    if not digits.isdigit():
        digits = _text(digits) or b"0"
    try:
        # int() alone would also accept signs, underscores and a prefix.
        return int(digits if digits.isdigit() else b"", 8)
    except ValueError as exc:
        raise DamagedError("its tar archive has a header with an impossible number") from exc


def _payload(reader: Reader, size: int, limits: Limits) -> bytes:
    if size > limits.extended_header:
        raise DamagedError("its tar archive has an oversized extended header")
    payload = reader.read(size)
    reader.skip_padding(-size % BLOCK)
    return payload


def _extend(pending: _Pending, header: _Header, payload: bytes, pax: PaxReader) -> _Pending:
    match header.flag:
        case b"x":
            records = pax.read(payload)
            return pending._replace(pax=records) if records or pending.pax else pending
        case b"L":
            return pending._replace(name=_text(payload))
        case b"K":
            return pending._replace(link=_text(payload))
        case _:
            return _NOTHING


def _skip_sparse_map(reader: Reader, block: bytes) -> None:
    """Pass the extra map blocks of the old GNU sparse format, which come before the content."""
    extended = block[482]
    while extended:
        extended = reader.read(BLOCK)[504]


def _entry(header: _Header, pending: _Pending) -> Entry:
    pax = pending.pax
    name = pending.name or pax.get(b"path", header.name)
    # V7 had no flag for directories, only the slash.
    flag = b"5" if header.flag == b"\0" and name.endswith(b"/") else header.flag
    if pending is _NOTHING:
        size = 0 if flag in _HEADER_ONLY else header.size
        return Entry(name, _KINDS.get(flag, Kind.OTHER), header.mode, size, header.link, flag == b"S")
    link = pending.link or pax.get(b"linkpath", header.link)
    sparse = flag == b"S" or is_sparse(pax)
    if sparse and flag != b"S":
        name = pax.get(b"GNU.sparse.name", name)
    size = 0 if flag in _HEADER_ONLY else _pax_size(pax, header.size)
    return Entry(name, _KINDS.get(flag, Kind.OTHER), header.mode, size, link, sparse)


def _pax_size(pax: Mapping[bytes, bytes], otherwise: int) -> int:
    written = pax.get(b"size")
    if written is None:
        return otherwise
    if not written.isdigit() or len(written) > 19 or int(written) > _LARGEST:
        raise DamagedError("its tar archive has a header with an impossible number")
    return int(written)
