"""Open zip archives of strangers: what `zipfile` would build in memory is bounded before it begins to.

See the ZIP File Format Specification (APPNOTE.TXT), 4.3.12, of which each member has one entry.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from bot.engine.catalog.model import CatalogError, CatalogLimitError

MEMBERS = 200_000
"""Members of an archive and of those stored in it."""
_ENTRY = b"PK\x01\x02"
#: The only ways in which archives of Java and Python pack anything.
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever goes wrong with it is a CatalogError."""
    if data.count(_ENTRY) > MEMBERS:
        raise CatalogLimitError(f"it holds more than {MEMBERS:,} files")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield archive
    except CatalogError:
        raise
    except Exception as exc:
        # zipfile raises what it likes for damaged archives: struct.error, NotImplementedError, RuntimeError, ...
        raise CatalogError("it is not a readable zip archive") from exc


def inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Return the first bytes of a member, `most` of them; the size that it claims may be a lie."""
    if member.compress_type not in _METHODS:
        raise CatalogError(f"{member.filename[-200:]} in it is packed in a way that is not read")
    with archive.open(member) as file:
        return file.read(most)
