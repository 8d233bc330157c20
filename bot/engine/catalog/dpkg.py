"""Debian's package database: `var/lib/dpkg/status`, and `status.d/*` of distroless images.

See dpkg-query(1), "Package states", and deb-src-control(5) for the form of `Source`.
"""

import re
from collections.abc import Iterator

from bot.engine.catalog.model import Catalog, Claim, RawPackage, field, lists_none
from bot.engine.catalog.stanzas import Stanza, read_packages
from bot.engine.catalog.vendors import deb_vendor

_STATUS = "var/lib/dpkg/status"
_STATUS_D = "var/lib/dpkg/status.d"
_INFO = "var/lib/dpkg/info"
_WANTED = {
    b"Package": "name",
    b"Status": "status",
    b"Version": "version",
    b"Source": "source",
    b"Architecture": "arch",
    b"Maintainer": "maintainer",
    b"Origin": "origin",
    b"Vendor": "vendor",
    b"License": "license",
}
_BUILT = ("maintainer", "origin", "vendor", "license")
#: Everything else has files on disk. What is half-installed or half-configured counts as present: dpkg
#: stopped in the middle, and what it had unpacked by then is there to be attacked.
_ABSENT = frozenset(("not-installed", "config-files"))
_SUM = re.compile(rb"^[0-9a-f]{32} [ *](?:\./)?", re.MULTILINE)
_SOURCE = re.compile(r"(?P<name>[^\s(]+)(?:\s*\((?P<version>[^()]*)\))?")


def claims(path: str) -> bool:
    """`status` and the files directly in `status.d`, but not the checksums distroless keeps beside them."""
    if not path.startswith(_STATUS):
        return False
    directory, _, name = path.rpartition("/")
    return path == _STATUS or (directory == _STATUS_D and not name.endswith(".md5sums"))


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the packages that have files on disk."""
    return read_packages(data, _WANTED, _package)


def _package(stanza: Stanza) -> RawPackage | None:
    name, version = field(stanza.get("name", b"")), field(stanza.get("version", b""))
    if not name or not version or _state(stanza) in _ABSENT:
        return None
    source_name, source_version = _source(field(stanza.get("source", b"")), name, version)
    built = {key: field(stanza[key]) for key in _BUILT if key in stanza}
    arch, vendor = field(stanza.get("arch", b"")), deb_vendor({**built, "version": version})
    return RawPackage(name, version, source_name, source_version, arch, vendor=vendor)


def _state(stanza: Stanza) -> str:
    """The last of the three words of `Status`; entries in `status.d` have no such field and are installed."""
    return field(stanza.get("status", b"installed")).rpartition(" ")[2]


def _source(written: str, name: str, version: str) -> tuple[str, str]:
    """`glibc (2.36-9)` names both, `glibc` has the binary's version, nothing means the package itself."""
    match = _SOURCE.match(written)
    if match is None:
        return name, version
    return match["name"], (match["version"] or "").strip() or version


def claims_list(path: str) -> bool:
    """`info/NAME.list`, `info/NAME:ARCH.list`, and the checksums that distroless keeps instead."""
    directory, _, name = path.rpartition("/")
    return (directory == _INFO and name.endswith(".list")) or (
        directory == _STATUS_D and name.endswith(".md5sums")
    )


def owned(path: str, data: bytes) -> Iterator[Claim]:
    """Every file of one package; a list has a line a path, of checksums only what stands behind each."""
    name, _, kind = path.rpartition("/")[2].rpartition(".")
    yield Claim(name.partition(":")[0], _SUM.sub(b"/", data) if kind == "md5sums" else data)


CATALOG = Catalog(
    name="dpkg",
    type="deb",
    distributions=frozenset(("debian", "ubuntu")),
    roots=(_STATUS, _STATUS_D),
    names=frozenset(("status",)),
    folders=frozenset((_STATUS_D,)),
    claims=claims,
    parse=parse,
)
FILES = Catalog(
    name="dpkg-files",
    type="deb",
    names=frozenset(),
    extensions=frozenset(("list", "md5sums")),
    claims=claims_list,
    parse=lists_none,
    owned=owned,
    only_owned=True,
)
