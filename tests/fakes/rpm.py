"""RPM's package databases, written byte by byte in each of their forms.

RPM itself reads the SQLite and Berkeley forms with headers of its own in them, as Syft does all three.
"""

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from zlib import adler32

STRING, INT32, STRINGS = 6, 4, 8
PAGE = 4096


def header(
    name: str,
    version: str = "1.0",
    release: str = "1.el9",
    *,
    epoch: int | None = None,
    arch: str = "x86_64",
    source: str = "",
    module: str = "",
    vendor: str = "",
    files: Sequence[str] = (),
) -> bytes:
    """The header of one installed package."""
    folders = sorted({path.rpartition("/")[0] + "/" for path in files})
    tags: dict[int, tuple[int, list[str] | list[int]]] = {
        1000: (STRING, [name]),
        1001: (STRING, [version]),
        1002: (STRING, [release]),
        1022: (STRING, [arch]),
        1044: (STRING, [source or f"{name}-{version}-{release}.src.rpm"]),
        **({1003: (INT32, [epoch])} if epoch is not None else {}),
        **({5096: (STRING, [module])} if module else {}),
        **({1011: (STRING, [vendor])} if vendor else {}),
    }
    if files:
        tags[1116] = (INT32, [folders.index(path.rpartition("/")[0] + "/") for path in files])
        tags[1117] = (STRINGS, [path.rpartition("/")[2] for path in files])
        tags[1118] = (STRINGS, folders)
    return _header(tags)


def _header(tags: Mapping[int, tuple[int, Sequence[str | int]]]) -> bytes:
    entries, data = b"", b""
    for tag, (kind, values) in tags.items():
        if kind == INT32:
            data += bytes(-len(data) % 4)
        entries += struct.pack(">IIII", tag, kind, len(data), len(values))
        for value in values:
            data += struct.pack(">I", value) if isinstance(value, int) else value.encode() + b"\0"
    return struct.pack(">II", len(tags), len(data)) + entries + data


def sqlite_db(headers: Sequence[bytes]) -> bytes:
    """`rpmdb.sqlite`, in the mode RPM leaves it in."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        database.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in headers])
        database.commit()
        data = database.serialize()
    return data[:18] + b"\2\2" + data[20:]


def ndb(headers: Sequence[bytes]) -> bytes:
    """`Packages.db`."""
    slots, runs = b"", b""
    for number, blob in enumerate(headers, 1):
        body = struct.pack("<4sIII", b"BlbS", number, 1, len(blob)) + blob
        body += bytes(-(len(body) + 12) % 16)
        run = body + struct.pack("<II4s", adler32(body), len(blob), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, (PAGE + len(runs)) // 16, len(run) // 16)
        runs += run
    head = struct.pack("<4sIIIIIII", b"RpmP", 0, 1, 1, len(headers) + 1, 0, 0, 0)
    empty = struct.pack("<4sIII", b"Slot", 0, 0, 0)
    return head + slots + empty * ((PAGE - len(head) - len(slots)) // 16) + runs


def bdb(headers: Sequence[bytes], order: str = "<") -> bytes:
    """`Packages`: long values in chains of pages, short ones beside their keys, a few packages a page."""
    items: list[tuple[bytes, bytes]] = [(_key(0, order), b"\1" + bytes(4))]
    chains: list[bytes] = []
    first = 2 + len(headers)
    for number, blob in enumerate(headers, 1):
        if len(blob) < 200:
            items.append((_key(number, order), b"\1" + blob))
            continue
        start = first + len(chains)
        items.append((_key(number, order), b"\3\0\0\0" + struct.pack(f"{order}II", start, len(blob))))
        pieces = [blob[at : at + PAGE - 26] for at in range(0, len(blob), PAGE - 26)]
        for index, piece in enumerate(pieces):
            after = start + index + 1 if index + 1 < len(pieces) else 0
            chains.append(_page(start + index, after, 1, len(piece), 7, order, piece))
    pages = [_hash_page(1 + at, [item], order) for at, item in enumerate(items)]
    meta = struct.pack(f"{order}QIIIIBBHI", 0, 0, 0x061561, 9, PAGE, 0, 8, 0, 0)
    meta += struct.pack(f"{order}I36xI", len(pages) + len(chains), len(pages) - 1)
    # Bucket n is page n + 1, whatever power of two it lies below.
    meta += bytes(20) + struct.pack(f"{order}32I", *[1] * 32)
    return b"".join((meta + bytes(PAGE - len(meta)), *pages, *chains))


def _key(number: int, order: str) -> bytes:
    return b"\1" + struct.pack(f"{order}I", number)


def _hash_page(number: int, pairs: Sequence[tuple[bytes, bytes]], order: str) -> bytes:
    starts, body = [], b""
    for item in (part for pair in pairs for part in pair):
        body = item + body
        starts.append(PAGE - len(body))
    index = struct.pack(f"{order}{len(starts)}H", *starts)
    return _page(
        number,
        0,
        len(starts),
        starts[-1],
        13,
        order,
        index + bytes(PAGE - 26 - len(index) - len(body)) + body,
    )


def _page(number: int, after: int, entries: int, used: int, kind: int, order: str, rest: bytes) -> bytes:
    head = struct.pack(f"{order}QIIIHHBB", 0, number, 0, after, entries, used, 0, kind)
    return head + rest + bytes(PAGE - len(head) - len(rest))
