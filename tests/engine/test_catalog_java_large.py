"""Java archives too large to be in memory: read front to back they say what they say when read as a whole."""

import io
import struct
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import Limits, scan_layer
from bot.engine.catalog import CatalogGapError, CatalogLimitError, java, zip_stream
from bot.inventory import SkipKind
from tests.engine.test_catalog_java import CODE, GUAVA, LOG4J, names
from tests.engine.test_catalog_languages import zipped
from tests.fakes.images import layer

Files = dict[str, str | bytes]
FAT: Files = {
    "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\r\nMain-Class: a.B\r\n\r\n",
    **CODE,
    "BOOT-INF/lib/log4j.jar": zipped(LOG4J),
    "BOOT-INF/lib/inner.war": zipped({"WEB-INF/lib/guava.jar": zipped(GUAVA)}),
    "BOOT-INF/lib/nobody.jar": zipped(CODE),
    "static/pixels.bin": bytes(300_000),
}


class Pipe(io.RawIOBase):
    """What cannot be gone back in, so that sizes follow the content."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.written += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


def archive(files: Files, *, piped: bool = False, packed: bool = True, zip64: bool = False) -> bytes:
    target = Pipe() if piped else io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method) as opened:  # type: ignore[arg-type]
        for name, content in files.items():
            with opened.open(name, "w", force_zip64=zip64) as file:
                file.write(content.encode() if isinstance(content, str) else content)
    return bytes(target.written) if isinstance(target, Pipe) else target.getvalue()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def streamed(path: str, data: bytes, size: int = 1000) -> tuple[list[str], str]:
    try:
        found, why = java.parse_stream(path, cut(data, size)), ""
    except CatalogGapError as exc:
        found, why = list(exc.packages), str(exc)
    return [f"{package.name}:{package.version}" for package in found], why


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize(("piped", "packed"), [(False, True), (False, False), (True, True)])
@pytest.mark.parametrize("size", [7, 1000, 1 << 20])
def test_both_ways_find_the_same(piped, packed, zip64, size):
    data = archive(FAT, piped=piped, packed=packed, zip64=zip64)
    found, why = streamed("app/fat.jar", data, size)
    expected, expected_why = names("app/fat.jar", data)
    assert sorted(found) == sorted(expected)
    assert sorted(why.split("; ")) == sorted(expected_why.split("; "))
    assert len(found) == 2


shaded = st.dictionaries(st.sampled_from([*LOG4J, *GUAVA, "a/B.class", "x.txt"]), st.just(""), max_size=4)


@given(shaded, st.booleans(), st.integers(1, 300), st.sampled_from(["a.jar", "guava-31.1.jar", "x.nar"]))
def test_both_ways_name_the_archive_alike(chosen, piped, size, path):
    files: Files = {name: {**LOG4J, **GUAVA}.get(name, "x") for name in chosen}
    data = archive(files, piped=piped)
    if not files:
        return
    assert streamed(path, data, size) == names(path, data)


def test_a_large_archive_in_a_layer_is_read():
    document = scan_layer(
        io.BytesIO(layer({"app/fat.jar": archive(FAT, packed=False), "app/other": "x"})),
        media_type="",
        limits=Limits(file=10_000),
    )
    assert [each.name for each in document.databases[0].packages] == [
        "org.apache.logging.log4j:log4j-core",
        "com.google.guava:guava",
    ]
    assert document.entries == 2
    assert document.diff_id


def test_one_that_is_larger_still_is_named():
    data = archive(FAT, packed=False)
    limits = Limits(file=10_000, streamed=100_000)
    document = scan_layer(io.BytesIO(layer({"app/fat.jar": data})), media_type="", limits=limits)
    [skipped] = document.skipped
    assert (skipped.what, skipped.kind) == ("app/fat.jar", SkipKind.UNCATALOGUED)
    assert "larger than 100,000 bytes" in skipped.why


def test_what_is_no_archive_is_named_where_it_should_be_one():
    assert streamed("a.jar", b"x" * 5000) == ([], "it is no zip archive")
    assert streamed("a.nar", b"x" * 5000) == ([], "")


@pytest.mark.parametrize("end", [30, 120, 900, 4000])
def test_one_that_is_cut_short_says_so_and_what_was_found(end):
    data = archive({**LOG4J, "x.bin": bytes(range(256)) * 40}, packed=False)
    found, why = streamed("a.jar", data[:end])
    assert "cut short" in why
    assert found == (["org.apache.logging.log4j:log4j-core:2.14.1"] if end > 120 else [])


def test_a_directory_that_names_something_else_is_no_proof_of_absence():
    [name] = LOG4J
    other = "x" * len(name)
    data = archive({other: LOG4J[name], **CODE}, packed=False)
    start = data.index(b"PK\1\2")
    lying = data[:start] + data[start:].replace(other.encode(), name.encode())
    assert "where something else is" in streamed("a.jar", lying)[1]


@pytest.mark.parametrize(
    ("flags", "method", "why"),
    [(1, 0, "packed in a way"), (0, 12, "packed in a way"), (8, 0, "does not say where it ends")],
)
def test_members_that_cannot_be_read_are_named(flags, method, why):
    [(name, content)] = LOG4J.items()
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, method, 0, 0, 0, 0, 0, len(name), 0)
    found, said = streamed("a.jar", head + name.encode() + str(content).encode())
    assert (found, why in said) == ([], True)


def test_a_bomb_without_a_size_is_left_in_time(monkeypatch):
    monkeypatch.setattr(zip_stream, "_MOST_INFLATED", 1 << 20)
    data = archive({"x.bin": bytes(4 << 20), **LOG4J}, piped=True)
    assert "larger than" in streamed("a.jar", data, 1 << 16)[1]


def test_nested_ones_are_limited_together(monkeypatch):
    monkeypatch.setattr(java, "_INFLATED_STREAM", 1000)
    assert "larger than 1,000 bytes" in streamed("a.jar", archive(FAT))[1]
    monkeypatch.setattr(java, "_NESTED", 100)
    assert "log4j.jar in it is larger than 100 bytes" in streamed("a.jar", archive(FAT))[1]


def test_what_follows_the_directory_is_not_passed_over():
    """Everybody else reads by the last directory there is."""
    data = archive(GUAVA) + archive(LOG4J)
    assert names("x.jar", data)[0] == ["org.apache.logging.log4j:log4j-core:2.14.1"]
    assert "goes on behind its directory" in streamed("x.jar", data)[1]


def test_a_member_that_is_packed_in_another_way_than_the_directory_says():
    data = archive(LOG4J, packed=False)
    start = data.index(b"PK\1\2")
    lying = data[: start + 10] + b"\x08" + data[start + 11 :]
    assert "where something else is" in streamed("a.jar", lying)[1]


def test_a_comment_behind_the_directory_belongs_to_it():
    data = archive(LOG4J)[:-2] + b"\x03\x00abc"
    assert streamed("a.jar", data) == (["org.apache.logging.log4j:log4j-core:2.14.1"], "")


def test_a_small_archive_of_large_ones_is_left_in_time():
    bomb = archive({f"{number}.jar": bytes(20 << 20) for number in range(4)})
    assert len(bomb) < 100_000
    with pytest.raises(CatalogLimitError, match="larger than 5,"):
        java.parse("a.jar", bomb)
