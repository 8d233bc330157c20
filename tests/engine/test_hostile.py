"""Content that is small as a file and would be large in memory, or long in the reading."""

import io
import struct
import time
import zipfile

import pytest

from bot.engine import LayerDocument, scan_layer, squash
from bot.engine.catalog import CATALOGS, CatalogError, CatalogLimitError, RawPackage, java
from bot.engine.catalog.apk import owned as apk_owned
from bot.engine.catalog.rpm_bdb import read_bdb
from bot.engine.catalog.rpm_header import read_files
from bot.engine.catalog.rpm_sqlite import read_sqlite
from bot.engine.document import Database
from bot.engine.file_secrets import FileSecrets
from bot.engine.limits import Limits
from bot.engine.overlay import Veil
from bot.engine.secrets import Search
from bot.inventory import ImageConfig
from tests.fakes.images import File, HardLink, layer
from tests.fakes.rpm import header, sqlite_db

PACKAGE = '{"name": "a", "version": "1"}'
VALUES = b"[" + b"[]," * 500_001 + b"1]"


@pytest.mark.parametrize("catalog", ["conda", "dotnet", "node", "php"])
def test_json_of_very_many_values_is_not_read(catalog):
    with pytest.raises(CatalogLimitError, match="values"):
        CATALOGS[catalog].parse("a/b.json", VALUES)


def test_an_sbom_of_very_many_values_is_not_read():
    with pytest.raises(CatalogLimitError, match="values"):
        CATALOGS["sbom"].parse("opt/bitnami/a.spdx", VALUES * 2)


@pytest.mark.parametrize("catalog", ["java", "python"])
def test_archives_of_very_many_members_are_not_opened(catalog):
    with pytest.raises(CatalogLimitError, match="files"):
        CATALOGS[catalog].parse("a.egg", b"PK\1\2" * 200_001)


def test_archives_packed_in_other_ways_are_not_inflated():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("META-INF/MANIFEST.MF", "x")
    with pytest.raises(CatalogError, match="packed in a way"):
        java.parse("a.jar", written.getvalue())


def test_a_long_manifest_is_read_as_far_as_it_speaks_of_the_archive():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        signed = b"\n".join(b"Name: a/%d.class\n" % number for number in range(80_000))
        said = b"Implementation-Vendor-Id: org.signed\nImplementation-Version: 1.2\n\n"
        archive.writestr("META-INF/MANIFEST.MF", said + signed)
    assert [each.name for each in java.parse("lib.jar", written.getvalue())] == ["org.signed:lib"]


def test_short_lines_do_not_make_long_paths_without_end():
    data = b"P:a\nV:1\nF:" + b"f" * 100_000 + b"\n" + b"R:x\n" * 100_000
    assert sum(len(claim.paths) for claim in apk_owned("", data)) == 0


@pytest.mark.parametrize("count", [0xFFFFFFFF, 299_999])
def test_a_header_does_not_repeat_a_folder_without_end(count):
    folder = b"/" + b"f" * 1000 + b"\0"
    store = b"a\0" + folder + bytes(4 * 300_000)
    tags = ((1000, 6, 0, 1), (1118, 8, 2, 1), (1117, 8, 1004, count), (1116, 4, 1004, count))
    entries = b"".join(struct.pack(">IIII", *tag) for tag in tags)
    assert read_files(struct.pack(">II", len(tags), len(store)) + entries + store).paths == b""


def test_values_of_one_page_do_not_lie_upon_each_other():
    size, count = 4096, 400
    meta, page = bytearray(size), bytearray(size)
    struct.pack_into("<I", meta, 12, 0x061561)
    struct.pack_into("<I", meta, 20, size)
    struct.pack_into("<IIIHHBB", page, 8, 0, 0, 0, count, 0, 0, 13)
    struct.pack_into(f"<{count}H", page, 26, *(4000 if index % 2 else 900 for index in range(count)))
    with pytest.raises(CatalogError, match="damaged page"):
        list(read_bdb(bytes(meta + page)))


def test_an_honest_database_holds_no_more_than_its_size():
    assert len(list(read_sqlite(sqlite_db([header("a", "1"), header("b", "1")])))) == 2


def test_what_a_layer_hides_is_found_in_many_paths_as_in_few():
    paths = [f"{top}/{number}{end}" for top in "abcd" for number in range(700) for end in ("", "/x", "0")]
    hidden = LayerDocument(whiteouts=("a", "b/1", "b/1/x", "b"), opaque=("c/5",), occupied=("c/5/x", "d/7"))
    many = Veil(hidden).keep(dict.fromkeys(paths))
    assert list(many) == [path for path in dict.fromkeys(paths) if not Veil(hidden).hides(path)]


def test_many_layers_over_many_packages_are_put_together_at_once():
    row = RawPackage("a", "1", "a", "1")
    deep = "/".join(["d"] * 150)
    base = [Database(f"{deep}/{number}.dist-info/METADATA", "python", (row,)) for number in range(4000)]
    upper = LayerDocument(databases=(Database("x", "python", (row,)),), whiteouts=("gone",))
    layers = [("sha256:0", 1, LayerDocument(databases=tuple(base))), *[("sha256:1", 1, upper)] * 127]
    started = time.process_time()
    assert len(squash(layers, ImageConfig()).packages) == 4001
    assert time.process_time() - started < 5


def test_long_paths_of_packages_are_not_kept_without_end():
    files = {f"{'d/' * 100}{number}/node_modules/a/package.json": PACKAGE for number in range(9)}
    document = scan_layer(io.BytesIO(layer(files)), media_type="", limits=Limits(text=1000))
    assert len(document.databases) == 4
    assert ["very long names" in each.why and each.transient for each in document.skipped] == [True]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("var/lib/dpkg/status", f"Package: {'a' * 300}\nVersion: 1\n"),
        ("lib/apk/db/installed", f"P:a\nV:{'1' * 300}\n"),
        ("app/node_modules/a/package.json", f'{{"name": "{"a" * 300}", "version": "1"}}'),
        ("app/x.deps.json", f'{{"libraries": {{"{"a" * 300}/1": {{"type": "package"}}}}}}'),
    ],
)
def test_names_and_versions_that_are_cut_are_said(path, content):
    document = scan_layer(io.BytesIO(layer({path: content})), media_type="")
    assert [len(each.packages) for each in document.databases] == [1]
    assert [(each.what, "too long" in each.why) for each in document.skipped] == [(path, True)]


def test_release_files_are_not_kept_without_end():
    files = {f"{'d/' * 100}{number}/os-release": "ID=debian\n" for number in range(9)}
    document = scan_layer(io.BytesIO(layer(files)), media_type="", limits=Limits(text=1000))
    assert len(document.releases) == 4
    assert ["very long names" in each.why for each in document.skipped] == [True]


def test_paths_of_files_that_were_not_searched_are_not_kept_without_end():
    search = FileSecrets(Search(b""), Limits())
    for number in range(1000):
        search.wants(f"{number:04}.env", 1000, sparse=True)
    assert len(search._missed) == 100
    search.forget("0000.env")
    assert [each.why.split()[0] for each in search.skipped()][::10] == ["0001.env", "989"]


def test_a_hard_link_to_a_program_stays_when_the_first_name_is_deleted():
    program = b"\x7fELF" + bytes(200) + b"nginx version: nginx/1.25.1\0"
    files = {"tmp/nginx": File(program, mode=0o755), "usr/sbin/nginx": HardLink("tmp/nginx")}
    blobs = (layer(files), layer({}, whiteouts=["tmp/nginx"]))
    layers = [("sha256:0", 1, scan_layer(io.BytesIO(blob), media_type="")) for blob in blobs]
    assert [each.evidence for each in squash(layers, ImageConfig()).packages] == ["usr/sbin/nginx"]
