"""Images of package databases alone: RPM's, written by rpm itself, Alpine's, and SBOMs that images bring along."""

import json
import lzma
import os
import sqlite3
import struct
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.specimens.model import Specimen
from bench.specimens.workshop import Workshop, of
from tests.fakes.images import BuiltImage, apk_installed, image, os_release
from tests.fakes.rpm import ndb

_DATA = Path(os.environ.get("PLIMSOLL_DATA", "../shared/data"))
#: (name, epoch, version, release), as those distributions ship them.
_RHEL = (
    ("bash", 0, "5.1.8", "9.el9"),
    ("glibc", 0, "2.34", "125.el9_5.1"),
    ("openssl-libs", 1, "3.2.2", "6.el9_5"),
    ("systemd-libs", 0, "252", "46.el9_5.2"),
    ("curl-minimal", 0, "7.76.1", "31.el9"),
    ("krb5-libs", 0, "1.21.1", "4.el9_5"),
    ("python3-libs", 0, "3.9.21", "1.el9_5"),
    ("shadow-utils", 2, "4.9", "10.el9_5"),
    ("vim-minimal", 2, "8.2.2637", "21.el9"),
    ("nodejs", 1, "18.20.4", "1.module+el9.4.0+22195+c221878e"),
)
_FEDORA = (
    ("bash", 0, "5.2.32", "1.fc41"),
    ("glibc", 0, "2.40", "17.fc41"),
    ("openssl-libs", 1, "3.2.2", "9.fc41"),
    ("dnf5", 0, "5.2.8.1", "2.fc41"),
    ("kernel-headers", 0, "6.12.4", "200.fc41"),
)
_SUSE = (
    ("bash", 0, "4.4", "150400.27.3.2"),
    ("glibc", 0, "2.38", "150600.14.17.2"),
    ("libopenssl3", 0, "3.1.4", "150600.5.21.1"),
    ("zypper", 0, "1.14.79", "150600.10.13.1"),
)
_AMAZON = (
    ("bash", 0, "4.2.46", "34.amzn2"),
    ("glibc", 0, "2.26", "64.amzn2.0.3"),
    ("openssl-libs", 1, "1.0.2k", "24.amzn2.0.14"),
    ("python", 0, "2.7.18", "1.amzn2.0.9"),
    ("yum", 0, "3.4.3", "158.amzn2.0.7"),
)
_SYSTEMS = {
    "rhel": 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.5"\n',
    "fedora": 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=41\n',
    "suse": 'NAME="SLES"\nID="sles"\nID_LIKE="suse"\nVERSION_ID="15.6"\n',
    "amazon": 'NAME="Amazon Linux"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n',
}
#: Berkeley DB's own library writes what Amazon Linux 2 and CentOS 7 have: a number for each header, 0 for the last.
_BERKELEY = """
use DB_File; use Fcntl;
my $form = DB_File::HASHINFO->new; $form->{bsize} = 4096;
tie(my %packages, 'DB_File', $ARGV[1], O_CREAT|O_RDWR, 0644, $form) or die $!;
open(my $file, '<:raw', $ARGV[0]) or die $!; local $/; my $all = <$file>;
my ($at, $number) = (0, 0);
while ($at < length $all) {
  my $length = unpack('N', substr($all, $at, 4));
  $packages{pack('V', ++$number)} = substr($all, $at + 4, $length); $at += 4 + $length;
}
$packages{pack('V', 0)} = pack('V', $number);
"""
Entry = tuple[str, int, str, str]


def _rpm(system: str, packages: Sequence[Entry], form: str, place: str) -> Callable[[Workshop], BuiltImage]:
    def make(shop: Workshop) -> BuiltImage:
        root = shop.tree(f"rpm-{system}")
        (root / "etc").mkdir()
        (root / "etc/os-release").write_text(_SYSTEMS[system] + f'PRETTY_NAME="{system} image"\n')
        if system == "amazon":
            (root / "etc/system-release").write_text("Amazon Linux release 2 (Karoo)\n")
        written = _written(shop, system, packages)
        (root / place).parent.mkdir(parents=True)
        (root / place).write_bytes(
            written.read_bytes() if form == "sqlite" else _converted(shop, written, form)
        )
        return of(root)

    return make


def _written(shop: Workshop, system: str, packages: Sequence[Entry]) -> Path:
    """Build packages of these names and install them into a database of rpm's own."""
    folder = shop.tree(f"rpm-build-{system}")
    rest = "".join(_subpackage(*entry) for entry in packages[1:])
    first = packages[0]
    spec = f"Name: {first[0]}\n{_fields(*first[1:])}{_ABOUT}%description\nx\n{rest}\n%files\n"
    (folder / "all.spec").write_text(spec)
    # A label of its own ends in what this machine's rpm adds to releases.
    places = ("-D", f"_topdir {folder}", "-D", f"_rpmdir {folder}", "-D", "dist %{nil}")
    shop.run("rpmbuild", "-bb", "--quiet", "--target", "x86_64", *places, str(folder / "all.spec"))
    database = ("--root", str(folder), "--dbpath", "/db", "-D", "_db_backend sqlite")
    built = sorted(str(path) for path in folder.glob("**/*.rpm"))
    shop.run("rpm", *database, "-i", "--justdb", "--nodeps", "--ignorearch", "--ignoreos", *built)
    return folder / "db/rpmdb.sqlite"


_ABOUT = "Summary: x\nLicense: MIT\n"


def _fields(epoch: int, version: str, release: str) -> str:
    return f"Version: {version}\nRelease: {release}\n" + (f"Epoch: {epoch}\n" if epoch else "")


def _subpackage(name: str, epoch: int, version: str, release: str) -> str:
    # A part has its parent's epoch unless it says its own.
    fields = f"Version: {version}\nRelease: {release}\nEpoch: {epoch}\n"
    return f"%package -n {name}\n{fields}{_ABOUT}%description -n {name}\nx\n%files -n {name}\n"


def _converted(shop: Workshop, written: Path, form: str) -> bytes:
    """The same headers in one of the older forms, which this machine's rpm cannot write."""
    with closing(sqlite3.connect(written)) as database:
        headers = [blob for (blob,) in database.execute("SELECT blob FROM Packages")]
    if form == "ndb":
        return ndb(headers)
    folder = shop.tree("berkeley")
    (folder / "headers").write_bytes(b"".join(struct.pack(">I", len(each)) + each for each in headers))
    shop.run("perl", "-e", _BERKELEY, str(folder / "headers"), str(folder / "Packages"))
    return (folder / "Packages").read_bytes()


def _alpine(shop: Workshop) -> BuiltImage:
    """A real database, byte for byte."""
    text = (_DATA / "images/apk-installed-3.20.3.txt").read_text()
    files = {"etc/os-release": os_release("alpine:3.20.3"), "etc/alpine-release": "3.20.3\n"}
    return image(os=None, layers=[{**files, "lib/apk/db/installed": text}])


def _alpine_list(name: str, place: str) -> Callable[[Workshop], BuiltImage]:
    """The list of a real image, written as apk writes it."""

    def make(shop: Workshop) -> BuiltImage:
        lists: dict[str, Any] = json.loads(
            lzma.decompress((_DATA / "images/image-packages.json.xz").read_bytes())
        )
        version = name.rpartition(":")[2]
        packages = {
            each["name"]: (each["version"], each.get("source") or each["name"])
            for each in lists[name]["packages"]
        }
        files = {"etc/os-release": os_release(name), "etc/alpine-release": f"{version}\n"}
        return image(os=None, layers=[{**files, place: apk_installed(packages)}])

    return make


def _bitnami(shop: Workshop) -> BuiltImage:
    """A Debian root with a program and the list of it that Bitnami's images bring."""
    root = shop.debian("bitnami", "libc6", "zlib1g")
    place = root / "opt/bitnami/redis"
    place.mkdir(parents=True)
    listed = [
        _spdx("redis", "7.4.1-0", "pkg:bitnami/redis@7.4.1-0?arch=amd64&distro=debian-12"),
        _spdx("gosu", "1.17.0-3", "pkg:bitnami/gosu@1.17.0-3?arch=amd64&distro=debian-12"),
    ]
    (place / ".spdx-redis.spdx").write_text(_document("redis", listed))
    return of(root)


def _wolfi(shop: Workshop) -> BuiltImage:
    """Wolfi's database, and an SBOM for each package as its builder writes it."""
    packages = {
        "wolfi-baselayout": "20230201-r15",
        "ca-certificates-bundle": "20241010-r2",
        "glibc": "2.40-r4",
        "libcrypto3": ("3.4.0-r5", "openssl"),
        "libssl3": ("3.4.0-r5", "openssl"),
        "zlib": "1.3.1-r5",
        "python-3.13-base": ("3.13.1-r0", "python-3.13"),
    }
    files: dict[str, Any] = {
        "etc/os-release": 'ID=wolfi\nNAME="Wolfi"\nPRETTY_NAME="Wolfi"\nVERSION_ID="20230201"\n',
        "usr/lib/apk/db/installed": apk_installed(packages),
    }
    for name, written in packages.items():
        version = written if isinstance(written, str) else written[0]
        purl = f"pkg:apk/wolfi/{name}@{version}?arch=x86_64&distro=wolfi"
        files[f"var/lib/db/sbom/{name}-{version}.spdx.json"] = _document(name, [_spdx(name, version, purl)])
    return image(os=None, layers=[files])


def _spdx(name: str, version: str, purl: str) -> dict[str, Any]:
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return {
        "SPDXID": f"SPDXRef-Package-{name}",
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "externalRefs": [reference],
    }


def _document(name: str, packages: Sequence[dict[str, Any]]) -> str:
    return json.dumps(
        {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": name,
            "documentNamespace": f"https://example.org/{name}",
            "creationInfo": {"created": "2024-12-01T00:00:00Z", "creators": ["Tool: specimen"]},
            "documentDescribes": [packages[0]["SPDXID"]],
            "packages": list(packages),
        }
    )


SPECIMENS = (
    Specimen(
        "rpm-rhel", "RPM's SQLite database, RHEL 9", _rpm("rhel", _RHEL, "sqlite", "var/lib/rpm/rpmdb.sqlite")
    ),
    Specimen(
        "rpm-fedora",
        "the same below usr, Fedora 41",
        _rpm("fedora", _FEDORA, "sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"),
    ),
    Specimen(
        "rpm-suse",
        "RPM's ndb database, SLES 15",
        _rpm("suse", _SUSE, "ndb", "usr/lib/sysimage/rpm/Packages.db"),
    ),
    Specimen(
        "rpm-amazon",
        "RPM's Berkeley database, Amazon Linux 2",
        _rpm("amazon", _AMAZON, "bdb", "var/lib/rpm/Packages"),
    ),
    Specimen("alpine-3.20", "Alpine's database, byte for byte", _alpine),
    Specimen(
        "alpine-3.12",
        "Alpine's list of an old release",
        _alpine_list("alpine:3.12.12", "lib/apk/db/installed"),
    ),
    Specimen(
        "alpine-usr",
        "Alpine's list below usr, as apk 3 keeps it",
        _alpine_list("alpine:3.19.4", "usr/lib/apk/db/installed"),
    ),
    Specimen("bitnami", "an SBOM beside a program on Debian", _bitnami),
    Specimen("wolfi", "Wolfi's database and its SBOMs", _wolfi),
)
