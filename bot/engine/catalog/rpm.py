"""RPM's package database, in the three forms it has had, and the list that images without RPM keep instead.

The form is told by the first bytes. See https://rpm.org/docs/ and the files beside this one.
"""

from collections.abc import Iterator
from itertools import islice

from bot.engine.catalog import rpm_bdb, rpm_ndb, rpm_sqlite
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, Claim, RawPackage, field
from bot.engine.catalog.rpm_header import named, read_files, read_header
from bot.engine.catalog.stanzas import MOST
from bot.engine.catalog.vendors import settled

_FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
_NAMES = ("rpmdb.sqlite", "Packages.db", "Packages")
_PATHS = tuple(f"{folder}/{name}" for folder in _FOLDERS for name in _NAMES)
#: `rpm -qa` of the image that one without RPM was made of, as Azure Linux's distroless images keep it.
_MANIFEST = "var/lib/rpmmanifest/container-manifest-2"
_MANIFEST_FIELDS = 10
DISTRIBUTIONS = frozenset(
    (
        *("rhel", "centos", "fedora", "almalinux", "rocky", "ol", "eurolinux", "scientific", "cloudlinux"),
        *("rhcos", "amzn", "azurelinux", "mariner", "photon", "openeuler", "mageia", "openmandriva"),
        *("sles", "sled", "sles_sap", "sle-micro", "sl-micro", "suse-linux-micro", "suse"),
        *("opensuse", "opensuse-leap", "opensuse-tumbleweed", "opensuse-microos", "opensuse-leap-micro"),
        *("anolis", "alinux", "opencloudos", "tencentos", "virtuozzo", "circle"),
    )
)


def claims(path: str) -> bool:
    """Exactly the database, or the list, in any of its places."""
    return path in _PATHS or path == _MANIFEST


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the packages, without the keys of signers that RPM keeps among them."""
    if path == _MANIFEST:
        return _manifest(data)
    found = []
    for number, header in enumerate(_headers(data)):
        if number >= MOST:
            raise CatalogLimitError(f"it lists more than {MOST:,} packages")
        if (package := read_header(header)) is not None:
            found.append(package)
    return settled(found)


def owned(path: str, data: bytes) -> Iterator[Claim]:
    """The files of each package."""
    if path != _MANIFEST:
        try:
            yield from (read_files(header) for header in islice(_headers(data), MOST))
        except CatalogError:
            # Whoever asks for the packages hears of it.
            return


def _headers(data: bytes) -> Iterator[bytes]:
    if data.startswith(rpm_sqlite.MAGIC):
        return rpm_sqlite.read_sqlite(data)
    if data.startswith(rpm_ndb.MAGIC):
        return rpm_ndb.read_ndb(data)
    if rpm_bdb.is_bdb(data):
        return rpm_bdb.read_bdb(data)
    if not data.strip(b"\0\n "):
        return iter(())
    raise CatalogError("it has content, but no package entry: no form of RPM's database begins like this")


def _manifest(data: bytes) -> list[RawPackage]:
    found: list[RawPackage] = []
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        fields = [field(part) for part in line.split(b"\t", _MANIFEST_FIELDS)]
        if len(fields) < _MANIFEST_FIELDS or not fields[0] or not fields[1]:
            raise CatalogError(
                "it has content, but no package entry: it is not the list of an image without RPM"
            )
        if len(found) >= MOST:
            raise CatalogLimitError(f"it lists more than {MOST:,} packages")
        epoch = int(fields[8]) if fields[8].isascii() and fields[8].isdigit() else 0
        found.append(named(fields[0], fields[1], epoch, fields[7], fields[9]))
    return found


CATALOG = Catalog(
    name="rpm",
    type="rpm",
    distributions=DISTRIBUTIONS,
    roots=(*_PATHS, _MANIFEST),
    names=frozenset((*_NAMES, _MANIFEST.rpartition("/")[2])),
    claims=claims,
    parse=parse,
    owned=owned,
)
