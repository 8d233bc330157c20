"""Layers put together: what is left, since which layer, and what is said about the rest."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import LayerDocument, parse_config, scan_layer, squash
from bot.inventory import ImageConfig, Inventory, SkipKind, Skipped
from tests.fakes.images import (
    BuiltImage,
    Directory,
    File,
    HardLink,
    Pipe,
    Symlink,
    apk_installed,
    database,
    dpkg_status,
    image,
    layer,
    os_release,
)
from tests.fakes.rpm import header, sqlite_db

APK = "lib/apk/db/installed"
DPKG = "var/lib/dpkg/status"
MUSL = apk_installed({"musl": "1"})
BASE = dpkg_status({"base-files": "12"})


def documents(built: BuiltImage) -> list[tuple[str, int, LayerDocument]]:
    return [(digest, len(blob), scan_layer(io.BytesIO(blob), media_type="")) for digest, blob in built.layers]


def inventory(built: BuiltImage) -> Inventory:
    return squash(documents(built), parse_config(built.config))


def alpine(*steps: dict[str, str] | bytes) -> Inventory:
    """An Alpine image whose database has these packages after each step; bytes are a layer of its own."""
    first, *rest = [step if isinstance(step, bytes) else database("alpine", step) for step in steps]
    return inventory(image(layers=[{"etc/os-release": os_release("alpine:3.20")}, first, *rest], os=None))


def runs(found: Inventory) -> dict[str, tuple[str, int]]:
    return {item.package.name: (item.package.version, item.layer - 1) for item in found.packages}


def test_packages_of_each_distribution():
    found = inventory(image("debian:12", {"libssl3": ("3.0.14-1", "openssl"), "bash": "5.2"}))
    assert [item.package.purl for item in found.packages] == [
        "pkg:deb/debian/bash@5.2?arch=amd64",
        "pkg:deb/debian/libssl3@3.0.14-1?arch=amd64&upstream=openssl%403.0.14-1",
    ]
    assert {item.package.ecosystem for item in found.packages} == {"Debian:12"}
    assert {item.evidence for item in found.packages} == {DPKG}
    assert found.packages[0].layer_digest == found.layers[0]
    assert found.skipped == ()
    [musl] = inventory(image("alpine:3.20", {"musl": "1.2.5-r0"})).packages
    assert (musl.package.namespace, musl.package.ecosystem) == ("alpine", "Alpine:v3.20")


def test_two_databases_that_disagree_about_a_source_are_both_believed():
    databases = {
        place: apk_installed({"libssl3": ("3.3.0-r0", source), "musl": "1"})
        for place, source in ((APK, "harmless"), (f"usr/{APK}", "openssl"))
    }
    found = inventory(image("alpine:3.20", layers=[databases]))
    assert [(item.package.name, item.package.source_name) for item in found.packages] == [
        ("libssl3", "harmless"),
        ("libssl3", "openssl"),
        ("musl", "musl"),
    ]


def test_sizes_and_layers_come_from_the_manifest():
    built = image(packages={"musl": "1"}, layers=[{"a": "b"}])
    found = inventory(built)
    assert found.layers == tuple(digest for digest, _ in built.layers)
    assert found.size == sum(len(blob) for _, blob in built.layers)


def test_a_package_database_of_another_distribution_has_no_ecosystem():
    found = inventory(image("debian:12", {"bash": "5"}, layers=[{APK: apk_installed({"musl": "1"})}]))
    assert {item.package.type: item.package.ecosystem for item in found.packages} == {
        "deb": "Debian:12",
        "apk": "",
    }


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"a": "1"}, {"a": "1", "b": "1"}], {"a": ("1", 0), "b": ("1", 1)}),
        ([{"a": "1"}, {"a": "2"}], {"a": ("2", 1)}),
        ([{"a": "1"}, {"a": "2"}, {"a": "1"}], {"a": ("1", 2)}),
        ([{"a": "1", "b": "1"}, {"b": "1"}], {"b": ("1", 0)}),
        ([{"a": "1", "b": "1"}, {"b": "1"}, {"a": "1", "b": "1"}], {"a": ("1", 2), "b": ("1", 0)}),
        ([{"a": "1"}, layer({"x": "y"}), {"a": "1", "b": "1"}], {"a": ("1", 0), "b": ("1", 2)}),
        ([{"a": "1"}, layer(whiteouts=[APK])], {}),
        ([{"a": "1"}, layer(whiteouts=["lib/apk"])], {}),
        ([{"a": "1"}, layer(whiteouts=["lib"]), {"a": "1"}], {"a": ("1", 2)}),
        ([{"a": "1"}, layer(opaque=["lib/apk"])], {}),
        ([{"a": "1"}, layer(opaque=[""])], {}),
        ([{"a": "1"}, layer({APK: apk_installed({"b": "1"})}, opaque=["lib/apk/db"])], {"b": ("1", 1)}),
        ([{"a": "1"}, layer({APK: apk_installed({"a": "1"})}, whiteouts=[APK])], {"a": ("1", 0)}),
        ([{"a": "1"}, layer({APK: apk_installed({"a": "1"})}, opaque=["lib"])], {"a": ("1", 0)}),
        ([{"a": "1"}, layer(opaque=["lib/apk/db/installed"])], {"a": ("1", 0)}),
        ([{"a": "1"}, layer(whiteouts=["lib/apk/db/install"])], {"a": ("1", 0)}),
        ([{"a": "1"}, layer({"lib": "a file now"})], {}),
        ([{"a": "1"}, layer({"lib/apk": Symlink("/nowhere")})], {}),
        ([{"a": "1"}, layer({APK: Directory()})], {}),
        ([{"a": "1"}, layer({"lib": Directory(), "lib/apk": Directory()})], {"a": ("1", 0)}),
        ([{"a": "1"}, layer({"lib/apk/db": Directory()})], {"a": ("1", 0)}),
        (
            [{"a": "1"}, layer({"lib": Symlink("usr/lib"), f"usr/{APK}": apk_installed({"a": "1"})})],
            {"a": ("1", 0)},
        ),
    ],
)
def test_attribution(steps, expected):
    assert runs(alpine(*steps)) == expected


versions = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3)


@given(st.lists(versions, min_size=1, max_size=6))
def test_a_run_begins_where_the_package_was_last_absent(steps):
    found = runs(alpine(*steps))
    assert {name: version for name, (version, _) in found.items()} == steps[-1]
    for name, (version, began) in found.items():
        assert all(step.get(name) == version for step in steps[began:])
        assert began == 0 or steps[began - 1].get(name) != version


def test_distroless_keeps_one_file_a_package():
    def status(name: str, version: str = "1") -> dict[str, str]:
        return {f"var/lib/dpkg/status.d/{name}": f"Package: {name}\nVersion: {version}\n"}

    base = {
        "usr/lib/os-release": os_release("debian:12"),
        **status("tzdata"),
        **status("libc6"),
        **status("x"),
    }
    upper = [status("libc6", "2"), layer(whiteouts=["var/lib/dpkg/status.d/x"]), status("tzdata")]
    found = inventory(image(None, layers=[base, *upper]))
    assert {item.package.name: (item.package.version, item.layer) for item in found.packages} == {
        "tzdata": ("1", 0),
        "libc6": ("2", 1),
    }


@pytest.mark.parametrize(
    ("upper", "left"),
    [
        (layer({"x": "y"}), ("bin/ping", "bin/su")),
        (layer({"bin/su": File("", 0o755)}), ("bin/ping",)),
        (layer({"bin/su": Symlink("busybox")}), ("bin/ping",)),
        (layer({"bin/su": File("", 0o4711)}), ("bin/ping", "bin/su")),
        (layer({"bin": Symlink("usr/bin")}), ()),
        (layer(whiteouts=["bin/ping"]), ("bin/su",)),
        (layer(opaque=["bin"]), ()),
        (layer({"sbin/x": HardLink("bin/su")}), ("bin/ping", "bin/su")),
    ],
)
def test_set_id_files(upper, left):
    base = {"bin/su": File("", 0o4755), "bin/ping": File("", 0o2755)}
    found = inventory(image(None, layers=[base, upper])).set_id_files
    assert tuple(file.path for file in found) == left


def test_the_release_a_later_layer_wrote_counts():
    found = inventory(
        image("debian:12", {"a": "1"}, layers=[{"usr/lib/os-release": os_release("debian:13")}])
    )
    assert found.packages[0].package.ecosystem == "Debian:13"


def test_older_release_files_serve_where_os_release_is_gone():
    files = {"etc/alpine-release": "3.20.3\n", APK: apk_installed({"musl": "1"})}
    assert inventory(image(None, layers=[files])).packages[0].package.ecosystem == "Alpine:v3.20"


def skips(found: Inventory) -> list[tuple[str, str, SkipKind]]:
    return [(skipped.what, skipped.why, skipped.kind) for skipped in found.skipped]


def test_content_that_is_not_looked_into_is_named_once_a_kind():
    files = {f"usr/lib/R/library/{name}/DESCRIPTION": "" for name in ("foo", "bar")}
    [skipped] = skips(inventory(image(packages={"musl": "1"}, layers=[{**files, "usr/x/DESCRIPTION": ""}])))
    assert skipped == (
        "R packages in usr/lib/R/library",
        "not looked at yet (2, such as usr/lib/R/library/bar)",
        SkipKind.UNCATALOGUED,
    )


@pytest.mark.parametrize(
    ("upper", "left"),
    [
        (layer(whiteouts=["app/a/Package.resolved"]), ["(1, such as app/b/Package.resolved)"]),
        (layer(whiteouts=["app"]), []),
        (layer(opaque=["app"]), []),
        (layer({"app": Symlink("elsewhere")}), []),
        (layer({"c/Package.resolved": ""}, opaque=["app"]), ["(1, such as c/Package.resolved)"]),
    ],
)
def test_hints_go_away_with_their_files(upper, left):
    found = inventory(
        image(
            packages={"musl": "1"},
            layers=[{"app/a/Package.resolved": "", "app/b/Package.resolved": ""}, upper],
        )
    )
    assert [skipped.why.removeprefix("not looked at yet ") for skipped in found.skipped] == left


def test_hints_beyond_what_is_kept_stay():
    built = image(
        packages={"musl": "1"},
        layers=[{f"a/{n}/Package.resolved": "" for n in range(2001)}, layer(whiteouts=["a"])],
    )
    [skipped] = inventory(built).skipped
    assert "more than 2,000" in skipped.why


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, []),
        ({"srv": Directory()}, []),
        ({"server": "binary"}, [("operating system packages", "no package database found")]),
        (
            {"etc/os-release": os_release("debian:12")},
            [("operating system packages of Debian GNU/Linux 12", "no package database found")],
        ),
        (
            {"etc/os-release": os_release("debian:12"), DPKG: ""},
            [("operating system packages of Debian GNU/Linux 12", "its package database lists none")],
        ),
    ],
)
def test_an_image_without_packages(files, expected):
    found = inventory(image(None, layers=[files]))
    assert skips(found) == [(what, why, SkipKind.UNCATALOGUED) for what, why in expected]


def test_scratch_has_nothing_to_say():
    assert inventory(image(None)) == Inventory(config=parse_config(image(None).config))


def test_an_rpm_image_is_named_once():
    [skipped] = skips(
        inventory(image(None, layers=[{"var/lib/rpm/rpmdb.sqlite": "x", "etc/os-release": "ID=rocky"}]))
    )
    assert skipped[0].startswith("var/lib/rpm/rpmdb.sqlite in layer 1 of 1")


def test_an_rpm_database_behind_the_link_of_its_folder():
    link = {
        "var/lib/rpm": Symlink("../../usr/lib/sysimage/rpm"),
        "etc/os-release": "ID=rocky\nVERSION_ID=9.3",
    }
    built = image(None, layers=[{**link, "usr/lib/sysimage/rpm/rpmdb.sqlite": sqlite_db([header("bash")])}])
    [package] = inventory(built).packages
    assert package.package.purl == "pkg:rpm/rocky/bash@1.0-1.el9?arch=x86_64"
    assert skips(inventory(built)) == []


def test_an_unread_layer_is_named():
    built = image(packages={"musl": "1"}, layers=[b"BZh91AY&SY"])
    [(what, why, kind)] = skips(inventory(built))
    assert what.startswith("layer 2 of 2 (sha256:")
    assert "bzip2" in why
    assert kind is SkipKind.UNREADABLE


def test_an_unread_database_is_named_until_it_is_replaced():
    broken = {"etc/os-release": os_release("alpine:3.20"), APK: "nothing in here"}
    [(what, _, kind)] = skips(inventory(image(None, layers=[broken])))
    assert what.startswith(f"{APK} in layer 1 of 1 (sha256:")
    assert kind is SkipKind.UNREADABLE
    assert skips(inventory(image(None, layers=[broken, database("alpine", {"musl": "1"})]))) == []


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"var/lib/dpkg": Symlink("/data/dpkg")}, ["var/lib/dpkg"]),
        ({DPKG: Symlink("../other")}, [DPKG]),
        ({"lib/apk/db": Symlink("/../../up")}, ["lib/apk/db"]),
        ({APK: Symlink(f"/usr/{APK}"), f"usr/{APK}": MUSL}, []),
        ({f"{DPKG}.d/x": Symlink("/opt/x"), f"{DPKG}.d/base": BASE, "opt/x": BASE}, [f"{DPKG}.d/x"]),
        ({f"{DPKG}.d/x": Symlink("base"), f"{DPKG}.d/base": BASE}, []),
        ({"var/lib": Symlink("/data/lib"), "data/lib/dpkg/status": BASE, APK: MUSL}, ["var/lib"]),
        ({"var/lib": Symlink("/"), "dpkg/status": BASE, APK: MUSL}, ["var/lib"]),
        ({"var": Symlink("data"), "data/lib/dpkg/status.d/base": BASE, APK: MUSL}, ["var"]),
        ({"var": Symlink("data"), "data/lib/dpkg/statistics": BASE, APK: MUSL}, []),
        ({"lib/apk": Symlink("/data/apk"), "data/apk/db/installed": MUSL, DPKG: BASE}, ["lib/apk"]),
        ({"lib": Symlink("usr/lib"), f"usr/{APK}": MUSL}, []),
        ({"lib": Symlink("usr/lib"), DPKG: BASE}, []),
        ({"lib": Symlink("../usr/lib"), DPKG: BASE}, []),
    ],
)
def test_a_database_behind_a_link_is_named(files, named):
    found = inventory(image(None, layers=[{"etc/os-release": os_release("alpine:3.20"), **files}]))
    unread = [skipped.what for skipped in found.skipped if skipped.kind is SkipKind.UNREADABLE]
    assert [what.partition(" in ")[0] for what in unread] == named


@pytest.mark.parametrize("place", [APK, "lib/apk/db", DPKG, f"{DPKG}.d/x"])
def test_a_pipe_in_the_place_of_a_database_is_named(place):
    files = {"etc/os-release": os_release("alpine:3.20"), f"usr/{APK}": MUSL, place: Pipe()}
    [(what, why, kind)] = skips(inventory(image(None, layers=[files])))
    assert what.startswith(f"{place} in layer")
    assert (why, kind) == ("it is a device or a pipe, not a file", SkipKind.UNREADABLE)


@pytest.mark.parametrize("path", ["var/lib/dpkg", "var/lib"])
@pytest.mark.parametrize("lower", [Symlink("/opt/other"), Pipe()])
def test_a_directory_in_the_place_of_a_link_holds_the_database_itself(path, lower):
    built = image("debian:12", None, layers=[{path: lower, "opt/other/dpkg/status": BASE}])
    files = {path: Directory(), DPKG: dpkg_status({"bash": "5"})}
    found = inventory(image(base=built, layers=[layer(files, whiteouts=["opt"])]))
    assert [item.package.name for item in found.packages] == ["bash"]
    assert skips(found) == []


def test_an_image_without_packages_is_named_even_when_its_directories_are_merged():
    [(what, why, _)] = skips(inventory(image(None, layers=[{"lib": Symlink("usr/lib"), "server": "x"}])))
    assert (what, why) == ("operating system packages", "no package database found")


def test_layers_that_are_not_those_of_the_configuration():
    built, other = image(packages={"musl": "1"}), image(packages={"musl": "2"})
    [(what, why, kind)] = skips(squash(documents(built), parse_config(other.config)))
    assert what.startswith("layer 1 of 1")
    assert "the image configuration names" in why
    assert kind is SkipKind.UNREADABLE


def test_more_layers_than_the_configuration_names():
    built = image(packages={"musl": "1"}, layers=[{"a": "b"}])
    config = parse_config(built.config)
    assert isinstance(config, ImageConfig)
    [(what, why, _)] = skips(squash(documents(built), replace(config, diff_ids=config.diff_ids[:1])))
    assert (what, why) == ("layers", "the manifest has 2, the image configuration names 1")


def test_a_configuration_that_was_not_read_is_passed_on():
    unread = parse_config(b"not json")
    assert isinstance(unread, Skipped)
    found = squash(documents(image(packages={"musl": "1"})), unread)
    assert found.skipped == (unread,)
    assert len(found.packages) == 1


@pytest.mark.parametrize(
    "upper",
    [
        layer(whiteouts=["var/lib/dpkg", "etc/os-release"]),
        layer({APK: MUSL}, whiteouts=[DPKG]),
    ],
)
def test_a_system_whose_database_is_deleted_is_named_whatever_else_is_there(upper):
    base = {
        "etc/os-release": os_release("debian:12"),
        DPKG: BASE,
        "app/node_modules/a/package.json": '{"name":"a","version":"1"}',
    }
    [(what, why, kind)] = skips(inventory(image(None, layers=[base, upper])))
    assert (what, kind) == ("operating system packages", SkipKind.UNCATALOGUED)
    assert "a layer deletes the package database (dpkg)" in why


def test_a_database_that_comes_back_is_not_missed():
    upper = [layer(whiteouts=["var/lib/dpkg"]), {DPKG: BASE}]
    base = {"etc/os-release": os_release("debian:12"), DPKG: BASE}
    assert skips(inventory(image(None, layers=[base, *upper]))) == []
