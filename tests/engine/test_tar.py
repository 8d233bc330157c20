"""The walker against Python's tarfile, and against headers tarfile would never write."""

import io
import struct
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.limits import DEFAULT_LIMITS, DamagedError, LayerError, LimitError, Limits
from bot.engine.reader import Reader
from bot.engine.tar import Entry, Kind, walk

END = bytes(1024)
KINDS = {
    tarfile.REGTYPE: Kind.FILE,
    tarfile.AREGTYPE: Kind.FILE,
    tarfile.CONTTYPE: Kind.FILE,
    tarfile.DIRTYPE: Kind.DIRECTORY,
    tarfile.SYMTYPE: Kind.SYMLINK,
    tarfile.LNKTYPE: Kind.HARD_LINK,
    tarfile.FIFOTYPE: Kind.OTHER,
    tarfile.CHRTYPE: Kind.OTHER,
}


def pieces(data: bytes, size: int = 700):
    return (data[at : at + size] for at in range(0, len(data), size))


def entries(data: bytes, limits: Limits = DEFAULT_LIMITS, *, size: int = 700) -> list[tuple[Entry, bytes]]:
    reader = Reader(pieces(data, size), limits.inflated)
    return [(entry, reader.read(entry.size)) for entry in walk(reader, limits)]


def names(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[bytes]:
    return [entry.name for entry, _ in entries(data, limits)]


def header(name=b"f", *, flag=b"0", size=b"%011o\0" % 0, magic=b"ustar\x0000", prefix=b"", link=b"") -> bytes:
    block = bytearray(512)
    block[0 : len(name)] = name
    block[100:108] = b"0000644\0"
    block[124:136] = size
    block[156:157] = flag
    block[157 : 157 + len(link)] = link
    block[257 : 257 + len(magic)] = magic
    block[345 : 345 + len(prefix)] = prefix
    return seal(block)


def seal(block: bytearray) -> bytes:
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def extended(flag: bytes, payload: bytes) -> bytes:
    return header(b"x", flag=flag, size=b"%011o\0" % len(payload)) + payload + bytes(-len(payload) % 512)


def pax(**records: str) -> bytes:
    lines = b""
    for key, value in records.items():
        body = b" %s=%s\n" % (key.replace("__", ".").encode(), value.encode())
        lines += next(b"%d" % n + body for n in range(1000) if len(b"%d" % n + body) == n)
    return extended(b"x", lines)


def sparse(**records: str) -> bytes:
    return pax(GNU__sparse__name="real", **{f"GNU__sparse__{key}": value for key, value in records.items()})


word = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=90)
path = st.lists(word, min_size=1, max_size=6).map("/".join)
member = st.tuples(
    path, st.sampled_from(sorted(KINDS)), st.binary(max_size=1500), path, st.integers(0, 0o7777)
)


@given(
    st.lists(member, max_size=6),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.integers(1, 2000),
)
def test_agrees_with_tarfile(members, form, size):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form, encoding="utf-8") as archive:
        for name, kind, content, link, mode in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, mode
            info.linkname = link if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            info.size = len(content) if KINDS[kind] is Kind.FILE else 0
            archive.addfile(info, io.BytesIO(content))
    data = buffer.getvalue()
    with tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8") as archive:
        expected = [
            (
                i.name.rstrip("/"),
                KINDS[i.type],
                i.mode,
                i.size,
                i.linkname,
                archive.extractfile(i).read() if i.isreg() else b"",
            )
            for i in archive
        ]
    found = [
        (e.name.decode().rstrip("/"), e.kind, e.mode, e.size, e.link.decode(), content)
        for e, content in entries(data, size=size)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("archive", "expected"),
    [
        (header(b"a", magic=b""), [b"a"]),
        (header(b"b", prefix=b"dir/sub"), [b"dir/sub/b"]),
        (header(b"b", magic=b"ustar  \0", prefix=b"00000000001\x0000000000001\0"), [b"b"]),
        (header(b"b", magic=b"ustar  \0", prefix=b"1" + bytes(11) + b"\xff" * 12), [b"b"]),
        (header(b"b", magic=b"ustar  \0", prefix=bytes(12) + b"dir"), [b"b"]),
        (header(b"b", magic=b"ustar  \0", prefix="é".encode()), [b"b"]),
        # Go before 1.8 wrote a prefix there.
        (header(b"b", magic=b"ustar  \0", prefix=b"dir/sub"), [b"dir/sub/b"]),
        (header(b"b", magic=b"ustar  \0", prefix=b"1" + bytes(11) + b"x"), [b"1/b"]),
        (header(b"b", magic=b"ustar  \0", prefix=b"1" + bytes(11) + b"\xbf" * 12), [b"1/b"]),
        (header(b"b", magic=b"ustar   ", prefix=b"dir"), [b"b"]),
        (pax(path="long/name") + header(b"short"), [b"long/name"]),
        (pax(path="") + header(b"short"), [b"short"]),
        (pax(path="only/once") + header(b"one") + header(b"two"), [b"only/once", b"two"]),
        (extended(b"g", b"14 path=global\n") + header(b"f"), [b"f"]),
        (extended(b"L", b"gnu/long\0") + header(b"f"), [b"gnu/long"]),
        (pax(path="pax") + extended(b"L", b"gnu\0") + header(b"f"), [b"gnu"]),
        (sparse(major="1", minor="0") + extended(b"L", b"gnu\0") + header(b"made up"), [b"real"]),
        (sparse(major="0", minor="1") + header(b"made up"), [b"real"]),
        (sparse(map="0,5") + header(b"made up"), [b"real"]),
        (sparse(offset="0", numbytes="5") + header(b"made up"), [b"real"]),
        # Without a version that is known, the name is not theirs to give.
        (sparse() + header(b"plain"), [b"plain"]),
        (sparse(size="5") + header(b"plain"), [b"plain"]),
        (sparse(major="1") + header(b"plain"), [b"plain"]),
        (sparse(minor="0", map="0,5") + header(b"plain"), [b"plain"]),
        (sparse(major="9", minor="9", map="0,5") + header(b"plain"), [b"plain"]),
        (sparse(major="1", minor="0") + header(b"S", flag=b"S"), [b"S"]),
        (header(b"dir/", flag=b"5", size=b"%011o\0" % 512) + header(b"next"), [b"dir/", b"next"]),
        (header(b"v7/", flag=b"\0", size=b"%011o\0" % 512) + header(b"next"), [b"v7/", b"next"]),
        (header(b"link", flag=b"1", size=b"%011o\0" % 512) + header(b"next"), [b"link", b"next"]),
        (b"", []),
        (END + header(b"after the end"), []),
        (header(b"a") + bytes(512), [b"a"]),
    ],
)
def test_names(archive, expected):
    assert names(archive) == expected


def test_only_two_empty_headers_end_the_archive():
    with pytest.raises(DamagedError, match="after an empty header"):
        entries(header(b"a") + bytes(512) + header(b"b") + END)


@pytest.mark.parametrize(
    "size",
    [b"%011o\0" % 3, b"         3 \0", b"3" + bytes(11), b"\x80" + (3).to_bytes(11, "big")],
)
def test_ways_to_write_a_size(size):
    [(entry, content)] = entries(header(size=size) + b"abc" + bytes(509) + END)
    assert (entry.size, content) == (3, b"abc")


def test_pax_size_counts_over_the_header():
    [(entry, content)] = entries(pax(size="3") + header(size=b"%011o\0" % 0) + b"abc" + bytes(509) + END)
    assert (entry.size, content) == (3, b"abc")


def test_the_padding_of_the_last_file_may_be_missing():
    [(_, content)] = entries(header(size=b"%011o\0" % 3) + b"abc")
    assert content == b"abc"


def test_signed_checksums_of_old_writers():
    block = bytearray(header("é".encode()))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(struct.unpack("512b", block))
    assert names(bytes(block) + END) == ["é".encode()]


def test_maps_of_old_sparse_files_are_passed():
    block = bytearray(header(b"sparse", flag=b"S", size=b"%011o\0" % 4))
    block[482] = 1
    more, last = bytearray(512), bytearray(512)
    more[504] = 1
    data = seal(block) + more + last + b"data" + bytes(508) + header(b"next") + END
    (sparse, content), (after, _) = entries(data)
    assert (sparse.sparse, content, after.name) == (True, b"data", b"next")


@pytest.mark.parametrize(
    "archive",
    [
        b"not a tar archive at all" * 100,
        header()[:300],
        header(size=b"%011o\0" % 5) + b"four",
        header(size=b"-0000000001\0"),
        header(size=b"0000000_001\0"),
        header(size=b"00000000009\0"),
        header(size=b"\xff" * 12),
        header(size=b"\x80" + b"\xff" * 11),
        header()[:148] + b"0000000\0" + header()[156:],
        extended(b"x", b"99 path=a\n") + header(),
        extended(b"x", b"path=a\n") + header(),
        extended(b"x", b"0 path=a\n") + header(),
        extended(b"x", b"11 path=a\0\n") + header(),
        extended(b"x", b"10 size=-1\n") + header(),
        sparse(map="0,5", offset="") + header(),
        extended(b"x", b"32 size=99999999999999999999999\n") + header(),
        header(b"x", flag=b"x", size=b"%011o\0" % (2 << 20)),
    ],
)
def test_damage_is_told(archive):
    with pytest.raises(DamagedError):
        entries(archive + END)


@pytest.mark.parametrize(
    ("archive", "limits"),
    [
        (header() * 4 + END, Limits(entries=3)),
        (extended(b"x", b"11 path=abc\n"[:0] + b"9 path=a\n" * 20) + header() + END, Limits(pax_records=10)),
        (header(size=b"%011o\0" % 5000) + bytes(5632) + END, Limits(inflated=4000)),
    ],
)
def test_limits_are_told(archive, limits):
    with pytest.raises(LimitError):
        entries(archive, limits)


@given(st.binary(max_size=3000), st.integers(0, 3000), st.binary(max_size=40))
def test_hostile_bytes_raise_nothing_else(noise, at, patch):
    good = (
        pax(path="a/b")
        + header(b"f", size=b"%011o\0" % 600)
        + bytes(1024)
        + extended(b"L", b"n\0")
        + header()
    )
    at %= len(good)
    for data in (noise, good[:at] + patch + good[at + len(patch) :]):
        with suppress(LayerError):
            entries(data)


@given(st.sampled_from([100, 124, 156, 157, 257, 345, 482]), st.binary(min_size=1, max_size=24))
def test_hostile_fields_under_a_valid_checksum(at, patch):
    block = bytearray(header(b"f"))
    block[at : at + len(patch)] = patch
    with suppress(LayerError):
        entries(seal(block) + bytes(4096))
