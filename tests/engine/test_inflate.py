"""Compression told by its first bytes, several members, damage, bombs."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.inflate import Blob, UnsupportedError, inflate
from bot.engine.limits import DEFAULT_LIMITS, DamagedError, LimitError, Limits


class Trickle(io.BytesIO):
    """A stream that never gives more than a few bytes, as a socket may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(3)


def inflated(
    data: bytes, *, media_type: str = "", limits: Limits = DEFAULT_LIMITS, stream=io.BytesIO
) -> bytes:
    return b"".join(inflate(Blob(stream(data), limits.compressed), media_type, limits))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.booleans(), st.integers(0, 40))
def test_members_are_one_stream(parts, trickle, padding):
    data = b"".join(gzip.compress(part, mtime=0) for part in parts) + bytes(padding)
    assert inflated(data, stream=Trickle if trickle else io.BytesIO) == b"".join(parts)


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
def test_plain_bytes_stay_as_they_are(stream):
    assert inflated(b"plain bytes", stream=stream) == b"plain bytes"


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ],
)
def test_the_bytes_tell_the_compression(media_type):
    assert inflated(gzip.compress(b"x"), media_type=media_type) == b"x"


@pytest.mark.parametrize(
    ("data", "media_type", "named"),
    [
        (b"BZh91AY&SY", "", "bzip2"),
        (b"\xfd7zXZ\x00\0\0", "", "xz"),
        (b"x", "application/wasm", "application/wasm"),
        (b"x", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "encrypted"),
    ],
)
def test_other_forms_are_named(data, media_type, named):
    with pytest.raises(UnsupportedError, match=named):
        inflated(data, media_type=media_type)


GOOD = gzip.compress(b"content" * 50, mtime=0)


@pytest.mark.parametrize(
    "data",
    [
        GOOD[:-1],
        GOOD[: len(GOOD) // 2],
        GOOD[:-5] + bytes([GOOD[-5] ^ 1]) + GOOD[-4:],
        GOOD + b"trailing garbage that is not a member",
        b"\x1f\x8b" + b"\xff" * 60,
    ],
)
def test_damage_is_told(data):
    with pytest.raises(DamagedError):
        inflated(data)


def test_members_are_limited():
    with pytest.raises(LimitError, match="more than 3 gzip members"):
        inflated(gzip.compress(b"") * 5, limits=Limits(members=3))


def test_the_blob_is_limited():
    with pytest.raises(LimitError, match="larger than 10 bytes"):
        inflated(GOOD, limits=Limits(compressed=10))


def test_a_bomb_comes_in_small_pieces():
    bomb = gzip.compress(bytes(20_000_000), mtime=0)
    assert max(map(len, inflate(Blob(io.BytesIO(bomb), 1 << 30), "", DEFAULT_LIMITS))) <= 256 * 1024
