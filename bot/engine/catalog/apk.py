"""Alpine's package database: `lib/apk/db/installed`, below `usr` where `/lib` was merged into it.

See the Alpine wiki, "Apk spec", "Installed Database V2": one letter, a colon, the value.
"""

import re
from collections.abc import Iterator

from bot.engine.catalog.model import MOST_OWNED, Catalog, Claim, RawPackage, field
from bot.engine.catalog.stanzas import Stanza, read_packages

_PATHS = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
#: What says who owns what, and the empty lines between packages.
_LINES = re.compile(rb"^(?:([FRP]):(.*)|\n+)", re.MULTILINE)
#: Bytes that a path in a list takes besides its own.
_OVERHEAD = 40
_WANTED = {b"P": "name", b"V": "version", b"A": "arch", b"o": "source"}


def claims(path: str) -> bool:
    """Exactly the installed database, in either place."""
    return path in _PATHS


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the packages, without those of `apk add --virtual`, which are a list and hold no file."""
    return read_packages(data, _WANTED, _package)


def _package(stanza: Stanza) -> RawPackage | None:
    name, version = field(stanza.get("name", b"")), field(stanza.get("version", b""))
    if not name or not version or name.startswith("."):
        return None
    source = field(stanza.get("source", b"")) or name
    return RawPackage(name, version, source, version, field(stanza.get("arch", b"")))


def owned(path: str, data: bytes) -> Iterator[Claim]:
    """The files of each package: `F:` names a directory, and each `R:` after it a file there.

    A short line says a long path, so there is an end to them.
    """
    package, folder, left = "", b"/", MOST_OWNED
    paths: list[bytes] = []
    for match in _LINES.finditer(data):
        tag, value = match[1], match[2]
        if tag == b"R":
            paths.append(folder + value)
            left -= len(folder) + len(value) + _OVERHEAD
            if left < 0:
                return
        elif tag == b"F":
            folder = b"/" + value + b"/" if value else b"/"
        elif tag == b"P":
            package = field(value)
        else:
            if paths:
                yield Claim(package, b"\n".join(paths))
            package, folder, paths = "", b"/", []
    if paths:
        yield Claim(package, b"\n".join(paths))


CATALOG = Catalog(
    name="apk",
    type="apk",
    distributions=frozenset(("alpine", "wolfi", "chainguard")),
    roots=_PATHS,
    names=frozenset(("installed",)),
    claims=claims,
    parse=parse,
    owned=owned,
)
