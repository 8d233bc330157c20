"""Read OSV documents out of directories and zip archives as OSV.dev lays them out, within bounds.

Layout: https://google.github.io/osv.dev/data/. Understood are `<Ecosystem>/all.zip`, `<Ecosystem>.zip`,
`<Ecosystem>/<ID>.json`, and a directory or a zip of `*.json`.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.advisory.osv import MAX_RECORD_BYTES
from bot.feeds.problems import ImportRefused
from bot.feeds.published import PUBLISHED

_ARCHIVE_IN_FOLDER = "all.zip"
#: What may lie beside records and is something else.
NO_RECORDS = frozenset({"kev.json"})
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
#: What damaged archives make the standard library raise.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file."""

    feed: str
    """Empty where the layout does not name one."""
    raw: bytes
    """Empty when it could not be read."""
    name: str = ""
    """The file's name without its ending: in OSV.dev's layout the id of the record."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may cost. OSV.dev's largest ecosystems stay below a quarter of each."""

    documents: int = 1_000_000
    total_bytes: int = 32 << 30
    document_bytes: int = MAX_RECORD_BYTES
    directory_bytes: int = 64 << 20
    """Size of an archive's own table of contents, which is read at once."""


DEFAULT_LIMITS = Limits()


def documents_in(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Document]:
    """Read every document; raises ImportRefused for what is no feed or exceeds a limit."""
    if path.is_dir():
        return _bounded(_in_directory(path, limits), limits)
    if path.is_file():
        return _bounded(documents_in_zip(path, "", limits), limits)
    raise ImportRefused(f"{path} is neither a directory nor a zip archive.")


def documents_in_zip(path: Path, feed: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Document]:
    """Read the documents of one archive, whose feed may be known from its place."""
    try:
        with _GuardedFile(path, limits.directory_bytes) as file, zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".json"):
                    raw = _read_entry(archive, entry, limits.document_bytes)
                    yield Document(feed, raw, PurePosixPath(entry.filename).stem)
    except _UNREADABLE as exc:
        raise ImportRefused(f"{path} is not a zip archive that can be read: {exc}", feed=feed) from exc


def _in_directory(path: Path, limits: Limits) -> Iterator[Document]:
    entries = sorted(path.iterdir())
    archives = [entry for entry in entries if entry.suffix == ".zip" and entry.is_file()]
    folders = [entry for entry in entries if entry.is_dir()]
    if not archives and not folders:
        yield from _files(path, "", limits)
    for archive in archives:
        feed = "" if archive.name == _ARCHIVE_IN_FOLDER else _feed_named(archive.stem)
        yield from documents_in_zip(archive, feed, limits)
    for folder in folders:
        archive = folder / _ARCHIVE_IN_FOLDER
        if archive.is_file():
            yield from documents_in_zip(archive, _feed_named(folder.name), limits)
        else:
            yield from _files(folder, _feed_named(folder.name), limits)


def _feed_named(name: str) -> str:
    """Read `Rocky_Linux` as `Rocky Linux`: file names are often written without spaces."""
    spaced = name.replace("_", " ")
    return spaced if spaced in PUBLISHED else name


def _files(folder: Path, feed: str, limits: Limits) -> Iterator[Document]:
    for file in sorted(folder.glob("*.json")):
        if file.is_file() and file.name not in NO_RECORDS:
            with file.open("rb") as stream:
                raw = _cut(stream.read(limits.document_bytes + 1), limits.document_bytes)
                yield Document(feed, raw, file.stem)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Read one entry, or nothing when it is no record; a damaged one raises, for the archive is damaged then."""
    if entry.compress_type not in _METHODS:
        return b""
    with archive.open(entry) as stream:
        return _cut(stream.read(limit + 1), limit)


def _cut(raw: bytes, limit: int) -> bytes:
    return raw if len(raw) <= limit else b""


def _bounded(documents: Iterator[Document], limits: Limits) -> Iterator[Document]:
    size = 0
    for count, document in enumerate(documents, start=1):
        size += len(document.raw)
        if count > limits.documents or size > limits.total_bytes:
            raise ImportRefused(
                f"There are more than {limits.documents} records or {limits.total_bytes} bytes in it: "
                "this is no advisory feed."
            )
        yield document


class _GuardedFile(io.BufferedReader):
    """A file that refuses to be read in a piece larger than an archive's table of contents may be."""

    def __init__(self, path: Path, limit: int) -> None:
        super().__init__(io.FileIO(path))
        self._limit = limit

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            size = self._limit + 1
        if size > self._limit + 1:
            raise zipfile.BadZipFile("its table of contents is too large")
        return super().read(size)
