"""One layer: what is noted of it, what is not, and that nothing in it does harm."""

import gzip
import io
import tarfile
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import ENGINE_VERSION, LayerDocument, Limits, scan_layer
from bot.engine.document import Hint
from bot.engine.limits import DEFAULT_LIMITS
from bot.inventory import Release, SkipKind, Skipped
from tests.fakes.images import Directory, File, HardLink, Symlink, apk_installed, diff_id, layer

APK = "lib/apk/db/installed"
OPENSSL = apk_installed({"openssl": "3.3.1-r0"})


def scan(blob: bytes, limits: Limits = DEFAULT_LIMITS, media_type: str = "") -> LayerDocument:
    return scan_layer(io.BytesIO(blob), media_type=media_type, limits=limits)


def names(document: LayerDocument) -> list[str]:
    return [package.name for database in document.databases for package in database.packages]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_what_is_noted(compression):
    blob = layer(
        {
            APK: OPENSSL,
            "etc/os-release": Symlink("../usr/lib/os-release"),
            "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.20.3\n",
            "usr/bin/su": File("x", mode=0o4755),
            "usr/bin/wall": File("x", mode=0o2755),
            "usr/bin/env": File("x", mode=0o755),
            "usr/share/doc": Directory(),
            "app/Package.resolved": "{}",
        },
        whiteouts=["etc/gone", "top"],
        opaque=["srv/cache"],
        compression=compression,
    )
    document = scan(blob)
    assert document.diff_id == diff_id(blob)
    assert document.size == len(blob)
    assert (document.entries, document.files) == (11, 7)
    assert names(document) == ["openssl"]
    assert document.releases == (("usr/lib/os-release", Release("alpine", "3.20.3")),)
    assert document.set_id == (("usr/bin/su", 0o4755, ""), ("usr/bin/wall", 0o2755, ""))
    assert (document.whiteouts, document.opaque) == (("etc/gone", "top"), ("srv/cache",))
    assert {"etc/os-release", "usr/bin/env", "usr/bin/su"} <= set(document.occupied)
    assert APK not in document.occupied, "a database hides what is below it without that"
    assert document.hints == (Hint("Swift packages", ("app/Package.resolved",)),)
    assert document.skipped == ()
    assert document.cacheable
    assert LayerDocument.from_json(document.to_json()) == document


def test_go_binaries_are_told_by_their_content():
    content = b"\x7fELF" + bytes(100) + b"Go\0\0" + bytes(400_000) + b"\xff Go buildinf:" + bytes(1000)
    document = scan(layer({"app/server": File(content, mode=0o755), "app/notes": content}))
    [skipped] = document.skipped
    assert (skipped.what, skipped.kind) == ("app/server", SkipKind.UNCATALOGUED)


def test_a_document_of_another_engine_is_not_read():
    text = LayerDocument().to_json().replace(f'"engine":{ENGINE_VERSION}', '"engine":0')
    with pytest.raises(ValueError, match="engine 0 wrote it"):
        LayerDocument.from_json(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", f'{{"engine":{ENGINE_VERSION},"layer":{{}}}}', "[" * 100_000]
)
def test_a_damaged_document_is_not_read(text):
    with pytest.raises(ValueError, match="not a layer document"):
        LayerDocument.from_json(text)


@pytest.mark.parametrize(
    ("files", "packages"),
    [
        ({"./" + APK: OPENSSL}, ["openssl"]),
        ({"/" + APK: OPENSSL}, ["openssl"]),
        ({"x/../" + APK: OPENSSL}, ["openssl"]),
        ({"../" + APK: OPENSSL}, []),
        ({APK: OPENSSL, "usr/" + APK: HardLink(APK)}, ["openssl", "openssl"]),
        ({APK: Symlink("/data/db")}, []),
        ({APK: Directory()}, []),
        ({APK: OPENSSL, "./" + APK: Directory()}, []),
        ({APK: OPENSSL, "./" + APK: Symlink("x")}, []),
        ({APK: OPENSSL, "./" + APK: apk_installed({"musl": "1"})}, ["musl"]),
        ({APK: Symlink("x"), "./" + APK: OPENSSL}, ["openssl"]),
        ({"lib": Symlink("/evil"), APK: OPENSSL}, ["openssl"]),
    ],
)
def test_places_of_a_database(files, packages):
    assert names(scan(layer(files))) == packages


@pytest.mark.parametrize(
    ("blob", "what", "why", "transient"),
    [
        (layer({"a": "b" * 5000})[:-20], "", "cut short", False),
        (layer({"a": "b" * 5000}, compression="none")[:3000], "", "cut short", False),
        (b"neither gzip nor tar" * 100, "", "header", False),
        (b"\x28\xb5\x2f\xfd....", "", "zstd", False),
        (layer({"../up": "x", "../../up": "x"}), "", "2 of its files have names", False),
        (layer({"a" * 5000: "x"}), "", "1 of its files have names", False),
        (layer({APK: "no package here"}), APK, "no package entry", False),
        (layer({APK: OPENSSL * 20_001}), APK, "more than 20,000 packages", True),
        (layer({"x": "1", APK: HardLink("x")}), APK, "hard link", False),
        (layer({"x": "1", "etc/os-release": HardLink("x")}), "etc/os-release", "hard link", False),
    ],
)
def test_what_was_not_read_is_named(blob, what, why, transient):
    document = scan(blob)
    [skipped] = document.skipped
    assert (skipped.what, skipped.kind, skipped.transient) == (what, SkipKind.UNREADABLE, transient)
    assert why in skipped.why
    assert document.cacheable is not transient
    assert LayerDocument.from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(compressed=100), ""),
        (Limits(inflated=2000), ""),
        (Limits(entries=3), ""),
        (Limits(members=0), ""),
        (Limits(file=10), APK),
        (Limits(files=10), ""),
        (Limits(kept=1), ""),
        (Limits(text=10), ""),
        (Limits(occupied=1), ""),
    ],
)
def test_limits_are_told_and_never_cached(limits, what):
    blob = layer({APK: OPENSSL, "a": File("x", 0o4755), "b": File("x", 0o4755)}, whiteouts=["c", "d"])
    document = scan(blob, limits)
    assert [(skipped.what, skipped.transient) for skipped in document.skipped] == [(what, True)]
    assert not document.cacheable


def test_files_that_could_not_be_read_are_counted():
    blob = layer({f"var/lib/dpkg/status.d/{n}": "junk" for n in range(9)})
    skipped = scan(blob, Limits(unread=5)).skipped
    assert [item.what for item in skipped] == ["", *(f"var/lib/dpkg/status.d/{n}" for n in range(5))]
    assert skipped[0].transient


def test_links_in_the_place_of_a_database_are_counted():
    blob = layer({f"var/lib/dpkg/status.d/{n}": Symlink("/opt/x") for n in range(9)})
    document = scan(blob, Limits(unread=5))
    assert len(document.links) == 5
    assert [(item.what, item.transient) for item in document.skipped] == [("", True)]


def test_what_was_read_before_the_damage_is_kept():
    blob = layer({APK: OPENSSL, "z": bytes(range(256)) * 3000}, compression="none")
    document = scan(blob[: len(blob) // 2])
    assert names(document) == ["openssl"]
    assert document.diff_id == ""


def test_more_hints_than_are_kept():
    blob = layer({f"app/{n}/Package.resolved": "" for n in range(5)})
    [found] = scan(blob, Limits(hints=3)).hints
    assert (len(found.units), found.more) == (3, True)
    [found] = scan(blob, Limits(text=0)).hints
    assert (len(found.units), found.more) == (1, True)


def test_executables_beyond_the_limit_are_not_kept_and_databases_are():
    blob = layer(
        {**{f"bin/{n}": File("", 0o755) for n in range(9)}, "usr/lib/apk": Symlink("x"), APK: OPENSSL}
    )
    document = scan(blob, Limits(occupied=3))
    assert "usr/lib/apk" in document.occupied
    assert len(document.occupied) == 4


def test_a_sparse_database_is_named():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("GNUSparseFile.1/installed")
        info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": APK}
        info.size = 512
        archive.addfile(info, io.BytesIO(bytes(512)))
    assert [skipped.what for skipped in scan(buffer.getvalue()).skipped] == [APK]


def test_a_bomb_is_cut_in_little_memory():
    bomb = gzip.compress(bytes(30_000_000))
    tracemalloc.start()
    document = scan(bomb, Limits(inflated=20_000_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [skipped.transient for skipped in document.skipped] == [True]
    assert peak < 5_000_000


def test_names_that_do_not_print_are_escaped():
    document = scan(layer({"bin/\x1b[2J\n": File("", 0o4755)}))
    assert document.set_id == (("bin/\\x1b[2J\\n", 0o4755, ""),)


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh...", ".wh..wh.plnk", ".wh..wh.aufs"])
def test_whiteouts_that_mean_nothing(name):
    document = scan(layer({f"etc/{name}": ""}))
    assert (document.whiteouts, document.opaque, document.files) == ((), (), 0)


GOOD = layer({APK: OPENSSL, "etc/os-release": "ID=alpine", "a.jar": "x"}, whiteouts=["b"], compression="none")


@given(st.integers(0, len(GOOD)), st.binary(max_size=20), st.integers(0, len(GOOD)), st.booleans())
def test_hostile_layers_never_raise(at, patch, cut, packed):
    data = (GOOD[:at] + patch + GOOD[at + len(patch) :])[:cut]
    document = scan(gzip.compress(data, 1) if packed else data)
    assert LayerDocument.from_json(document.to_json()) == document
    assert document.diff_id or document.skipped


@given(st.binary(max_size=200))
def test_noise_never_raises(data):
    for start in (b"", b"\x1f\x8b\x08\0\0\0\0\0\0\xff"):
        document = scan(start + data)
        assert all(isinstance(skipped, Skipped) for skipped in document.skipped)


def test_no_thread_outlives_the_layer_it_inflates():
    blob = gzip.compress(layer({"big": bytes(20_000_000), APK: OPENSSL}, compression="none"), 1)
    assert names(scan(blob)) == ["openssl"]
    assert "inflates to more than" in scan(blob, Limits(inflated=9_000_000)).skipped[0].why
    assert "cut short" in scan(blob[:-9], Limits()).skipped[0].why
    assert "inflate" not in [thread.name for thread in threading.enumerate()]
