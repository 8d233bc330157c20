"""RPM's databases in all their forms, the fields of a header, and files that are none of them."""

import shutil
import sqlite3
import struct
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from bot.engine.catalog import CatalogError, CatalogLimitError, RawPackage, rpm
from tests.fakes.rpm import bdb, header, ndb, sqlite_db

PATH = "var/lib/rpm/Packages"
FILES = [f"/usr/share/openssl/{number:04}" for number in range(500)]
HEADERS = [
    header("openssl-libs", "3.0.7", "18.el9", epoch=1, source="openssl-3.0.7-18.el9.src.rpm", files=FILES),
    header("nodejs", "18.20.2", "1.module+el8", epoch=0, module="nodejs:18:8090020240:a75119d5"),
    header("gpg-pubkey", "fd431d51", "4ae0493b", arch="(none)"),
    header("basesystem", "11", "13.el9", arch="noarch", files=["/bin/sh", "/etc/x"]),
]
PACKAGES = [
    RawPackage("openssl-libs", "1:3.0.7-18.el9", "openssl", "1:3.0.7-18.el9", "x86_64"),
    RawPackage("nodejs", "18.20.2-1.module+el8", "nodejs", "18.20.2-1.module+el8", "x86_64", "nodejs:18"),
    RawPackage("basesystem", "11-13.el9", "basesystem", "11-13.el9", "noarch"),
]
FORMS = {"sqlite": sqlite_db, "ndb": ndb, "bdb": bdb, "big-endian bdb": lambda each: bdb(each, ">")}


@pytest.mark.parametrize("form", FORMS)
class TestEveryForm:
    def test_packages(self, form):
        assert sorted(rpm.parse(PATH, FORMS[form](HEADERS))) == sorted(PACKAGES)

    def test_an_empty_database_is_one(self, form):
        assert rpm.parse(PATH, FORMS[form]([])) == []

    def test_files(self, form):
        owned = {name: paths.split(b"\n") for name, paths in rpm.owned(PATH, FORMS[form](HEADERS))}
        assert owned["openssl-libs"] == [path.encode() for path in FILES]
        assert owned["basesystem"] == [b"/bin/sh", b"/etc/x"]

    def test_what_is_cut_short_is_refused(self, form):
        data = FORMS[form](HEADERS)
        with pytest.raises(CatalogError):
            rpm.parse(PATH, data[: len(data) // 2])
        assert list(rpm.owned(PATH, data[:100])) == []

    def test_packages_are_limited(self, form, monkeypatch):
        monkeypatch.setattr(rpm, "MOST", 2)
        with pytest.raises(CatalogLimitError):
            rpm.parse(PATH, FORMS[form](HEADERS))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("openssl-3.0.7-18.el9.src.rpm", ("openssl", "2:3.0.7-18.el9")),
        ("kernel-rt-5.14-1.nosrc.rpm", ("kernel-rt", "2:5.14-1")),
        ("(none)", ("a", "2:1.0-1.el9")),
        ("odd.src.rpm", ("a", "2:1.0-1.el9")),
    ],
)
def test_sources(source, expected):
    [package] = rpm.parse(PATH, ndb([header("a", epoch=2, source=source)]))
    assert (package.source_name, package.source_version) == expected


def test_the_list_of_an_image_without_rpm():
    line = "\t".join(
        (
            "glibc",
            "2.35-7.azl3",
            "1",
            "1",
            "Microsoft",
            "(none)",
            "9",
            "x86_64",
            "0",
            "glibc-2.35-7.azl3.src.rpm",
        )
    )
    assert rpm.parse("var/lib/rpmmanifest/container-manifest-2", f"{line}\n".encode()) == [
        RawPackage("glibc", "2.35-7.azl3", "glibc", "2.35-7.azl3", "x86_64")
    ]
    with pytest.raises(CatalogError, match="not the list"):
        rpm.parse("var/lib/rpmmanifest/container-manifest-2", b"glibc 2.35\n")


@pytest.mark.parametrize(
    "content",
    [
        b"something else",
        b"SQLite format 3\0",
        b"SQLite format 3\0" + bytes(4096),
        b"RpmP",
        b"RpmP" + struct.pack("<IIII", 1, 0, 1, 0) + bytes(5000),
        b"RpmP" + struct.pack("<IIII", 0, 0, 1 << 31, 0) + bytes(5000),
        bdb(HEADERS)[:20] + struct.pack("<I", 1 << 31) + bdb(HEADERS)[24:],
        ndb([b"\xff" * 16]),
        ndb([struct.pack(">II", 1 << 30, 1 << 30)]),
        ndb([header("")]),
    ],
)
def test_what_is_none_is_refused(content):
    with pytest.raises(CatalogError):
        rpm.parse(PATH, content)


def test_a_page_that_removed_packages_left_empty():
    data = bytearray(bdb([header("a"), header("b")]))
    struct.pack_into("<H", data, 2 * 4096 + 20, 0)
    assert [package.name for package in rpm.parse(PATH, bytes(data))] == ["b"]


def test_pages_that_go_round_in_circles_end():
    data = bytearray(bdb([header("a", files=FILES * 3)]))
    struct.pack_into("<I", data, 3 * 4096 + 16, 3)
    with pytest.raises(CatalogError, match="lead nowhere"):
        rpm.parse(PATH, bytes(data))


def test_damage_that_is_no_text():
    data = sqlite_db(HEADERS)
    with pytest.raises(CatalogError, match="damaged"):
        rpm.parse(PATH, data.replace(b"CREATE TABLE Packages", b"CREATE TABL\xf0 Packages"))


def test_packages_of_ndb_that_lie_upon_each_other_end():
    data = bytearray(ndb([header("a", files=FILES)]))
    for slot in range(3, 256):
        data[slot * 16 : slot * 16 + 16] = data[32:48]
    with pytest.raises(CatalogError, match="upon each other"):
        rpm.parse(PATH, bytes(data))


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i AS blob FROM n",
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob AS (randomblob(1000)))",
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob TEXT)",
        "CREATE TABLE Other (blob BLOB)",
    ],
)
def test_a_hostile_schema_is_refused(schema):
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(schema.replace("randomblob(1000)", "hex(hnum)"))
        if "TABLE Packages" in schema:
            database.execute("INSERT INTO Packages (hnum) VALUES (1)")
        database.commit()
        data = database.serialize()
    with pytest.raises(CatalogError):
        rpm.parse(PATH, data)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="rpmbuild is not installed")
def test_rpm_says_the_same(tmp_path):
    build(tmp_path, "Name: nodejs\nVersion: 18.20.2\nRelease: 1\nEpoch: 1\nModularityLabel: nodejs:18:8:a7\n")
    root = tmp_path / "root"
    run_rpm(root, "sqlite", "-i", "--justdb", "--nodeps", *map(str, tmp_path.glob("*/*.rpm")))
    written = root / "db" / "rpmdb.sqlite"
    packages = [RawPackage("nodejs", "1:18.20.2-1", "nodejs", "1:18.20.2-1", "noarch", "nodejs:18")]
    assert rpm.parse(PATH, written.read_bytes()) == packages
    assert [claim.paths for claim in rpm.owned(PATH, written.read_bytes())] == [b"/usr/bin/nodejs"]
    with closing(sqlite3.connect(written)) as database:
        headers = [blob for (blob,) in database.execute("SELECT blob FROM Packages")]
    (root / "db" / "Packages").write_bytes(bdb(headers))
    assert rpm.parse(PATH, bdb(headers)) == rpm.parse(PATH, ndb(headers)) == packages
    said = run_rpm(root, "bdb_ro", "-qa", "--qf", "%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{SOURCERPM}")
    assert said == "nodejs 1:18.20.2-1 nodejs-18.20.2-1.src.rpm"


def build(folder: Path, fields: str) -> None:
    """Make a package with one file."""
    install = "%install\nmkdir -p %{buildroot}/usr/bin\ntouch %{buildroot}/usr/bin/%{name}\n"
    spec = f"{fields}Summary: x\nLicense: x\nBuildArch: noarch\n%description\nx\n{install}%files\n/usr/bin/%{{name}}\n"
    (folder / "one.spec").write_text(spec)
    places = ["-D", f"_topdir {folder}", "-D", f"_rpmdir {folder}"]
    subprocess.run(
        ["rpmbuild", "-bb", "--quiet", *places, folder / "one.spec"], capture_output=True, check=True
    )


def run_rpm(root: Path, backend: str, *arguments: str) -> str:
    """Run rpm on a database of its own."""
    root.mkdir(exist_ok=True)
    command = ["rpm", "--root", str(root), "--dbpath", "/db", "-D", f"_db_backend {backend}", *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
