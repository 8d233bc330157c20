"""Layers in zstd: frames, what stands between them, damage, and how much memory one may take."""

import io
from hashlib import sha256

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.inflate import Blob, inflate
from bot.engine.limits import DEFAULT_LIMITS, DamagedError, LimitError, Limits

SKIPPABLE = b"\x53\x2a\x4d\x18\x05\0\0\0hello"
CONTENT = b"".join(sha256(bytes([each])).digest() for each in range(256)) * 20 + bytes(700_000)


def compressed(content: bytes, **options: bool) -> bytes:
    """One frame whose length nobody knew when it began, as a layer's is."""
    buffer = io.BytesIO()
    with zstandard.ZstdCompressor(**options).stream_writer(buffer, closefd=False) as writer:
        writer.write(content)
    return buffer.getvalue()


FRAMES = {
    "stream": compressed(CONTENT),
    "checksum": compressed(CONTENT, write_checksum=True),
    "one segment": zstandard.compress(CONTENT),
    "nothing": zstandard.compress(b""),
}


class Trickle(io.BytesIO):
    """A stream that gives a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1009)


def inflated(data: bytes, limits: Limits = DEFAULT_LIMITS, stream=io.BytesIO) -> bytes:
    return b"".join(inflate(Blob(stream(data), limits.compressed), "", limits))


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
def test_frames_are_one_stream(frame, stream):
    once = b"" if frame == FRAMES["nothing"] else CONTENT
    assert inflated(SKIPPABLE + frame + SKIPPABLE + frame, stream=stream) == once * 2


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("cut", [1, 3, 4])
def test_what_is_cut_short_is_told(frame, cut):
    with pytest.raises(DamagedError, match="cut short"):
        inflated(frame + frame[:-cut])


@pytest.mark.parametrize("rest", [b"x", b"something else", FRAMES["stream"][:4]])
def test_what_follows_is_a_frame_or_damage(rest):
    with pytest.raises(DamagedError):
        inflated(FRAMES["stream"] + rest)


def test_frames_are_limited():
    with pytest.raises(LimitError, match="more than 3 zstd frames"):
        inflated(FRAMES["nothing"] * 5, Limits(members=3))


def test_memory_is_limited():
    large = zstandard.ZstdCompressionParameters(window_log=27)
    frame = io.BytesIO()
    with zstandard.ZstdCompressor(compression_params=large).stream_writer(frame, closefd=False) as writer:
        writer.write(CONTENT)
    with pytest.raises(LimitError, match="134,217,728 bytes of memory"):
        inflated(frame.getvalue())


def test_a_bomb_comes_in_small_pieces():
    pieces = inflate(Blob(io.BytesIO(compressed(bytes(20_000_000))), 1 << 30), "", DEFAULT_LIMITS)
    assert max(map(len, pieces)) <= 256 * 1024


@given(st.binary(max_size=200), st.integers(0, 60))
def test_hostile_frames(content, cut):
    try:
        inflated(b"\x28\xb5\x2f\xfd" + content)
        inflated(FRAMES["nothing"] + zstandard.compress(content)[cut:])
    except (DamagedError, LimitError):
        pass
