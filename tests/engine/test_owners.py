"""What belongs to the system's packages, and what an image says of languages, executables and secrets."""

import io
from dataclasses import replace

import pytest

from bot.engine import LayerDocument, Limits, parse_config, scan_layer, squash
from bot.engine import catalog as catalogs
from bot.engine.catalog import Catalog, CatalogError, Claim, RawPackage
from bot.engine.catalog.apk import owned as apk_owned
from bot.engine.catalog.dpkg import owned as dpkg_owned
from bot.engine.owners import owners
from bot.engine.secrets.model import SecretFinding
from bot.inventory import Inventory, SkipKind
from bot.severity import Severity
from tests.fakes.images import BuiltImage, File, HardLink, Symlink, dpkg_status, image, layer

STATUS = "var/lib/dpkg/status"
LIST = "var/lib/dpkg/info/python3-yaml:amd64.list"
YAML = "usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA"


def parse(path: str, data: bytes) -> list[RawPackage]:
    name, _, version = data.decode().strip().partition(" ")
    if not version:
        raise CatalogError("it names no version")
    return [RawPackage(name, version, name, version)]


PYTHON = Catalog("test-python", "pypi", lambda path: path.endswith(".dist-info/METADATA"), parse)


@pytest.fixture(autouse=True)
def _python(monkeypatch):
    """A catalog of a language, as simple as one can be."""
    monkeypatch.setitem(catalogs.CATALOGS, PYTHON.name, PYTHON)
    monkeypatch.setitem(catalogs._BY_NAME, "METADATA", (PYTHON,))


class Search:
    """Finds the word `secret`."""

    def wants(self, path: str, size: int) -> bool:
        return size < 1000

    def misses(self, path: str, size: int) -> bool:
        return path.endswith(".env") and size >= 1000

    def find(self, path: str, data: bytes, given_up: list[str]) -> list[SecretFinding]:
        lines = enumerate(data.split(b"\n"), 1)
        return [
            SecretFinding("word", "A word", Severity.HIGH, path, number, "s…", "f" * 8)
            for number, line in lines
            if b"secret" in line
        ]


def scan(blob: bytes, limits: Limits | None = None, search: Search | None = None) -> LayerDocument:
    document = scan_layer(io.BytesIO(blob), media_type="", limits=limits or Limits(), secrets=search)
    assert LayerDocument.from_json(document.to_json()) == document
    return document


def inventory(built: BuiltImage, search: Search | None = None) -> Inventory:
    documents = [(digest, len(blob), scan(blob, search=search)) for digest, blob in built.layers]
    return squash(documents, parse_config(built.config))


def debian(*layers: dict, **packages: str) -> BuiltImage:
    status = {STATUS: dpkg_status(packages or {"python3-yaml": "6.0-3"})}
    return image(None, layers=[{"etc/os-release": "ID=debian\nVERSION_ID=12", **status}, *layers])


def found(inventory: Inventory, type_: str = "pypi") -> list[tuple[str, str, str, int]]:
    return [
        (item.package.name, item.evidence, item.owner, item.layer)
        for item in inventory.packages
        if item.package.type == type_
    ]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("bin/su", b"/bin/su"),
        ("bin/su", b"/usr/bin/su"),
        ("usr/bin/su", b"/bin/su"),
        ("usr/lib64/x.so", b"/lib64/x.so"),
        ("var/su", b"/var/su"),
    ],
)
def test_merged_folders_have_two_names(path, written):
    claims = [Claim("other", b"/usr/opt/su\n/su"), Claim("util", b"/.\n" + written)]
    assert owners(claims, [path, "etc/x"]) == {path: "util"}


def test_lists_of_files():
    assert list(dpkg_owned(LIST, b"/.\n/usr\n")) == [("python3-yaml", b"/.\n/usr\n")]
    sums = b"d41d8cd98f00b204e9800998ecf8427e  usr/bin/a\nd41d8cd98f00b204e9800998ecf8427e  ./b\n"
    assert list(dpkg_owned("var/lib/dpkg/status.d/base.md5sums", sums)) == [("base", b"/usr/bin/a\n/b\n")]
    installed = b"P:a\nF:\nR:top\nF:usr/bin\nR:x\nZ:Q1\nR:y\n\nP:b\nF:etc\n\nP:c\nF:etc\nR:z"
    assert list(apk_owned("", installed)) == [("a", b"/top\n/usr/bin/x\n/usr/bin/y"), ("c", b"/etc/z")]


def test_owners_of_packages_and_set_id_files():
    files = {LIST: f"/.\n/{YAML}\n/bin/su\n", YAML: "pyyaml 6.0", "usr/bin/su": File("x", mode=0o4755)}
    seen = inventory(debian({**files, "opt/x.dist-info/METADATA": "six 1"}))
    assert found(seen) == [("pyyaml", YAML, "python3-yaml", 1), ("six", "opt/x.dist-info/METADATA", "", 1)]
    assert [(each.path, each.owner) for each in seen.set_id_files] == [("usr/bin/su", "python3-yaml")]


def test_a_copy_keeps_its_owner_and_a_change_does_not():
    base = {LIST: f"/{YAML}\n/bin/su\n", YAML: "pyyaml 6.0", "bin/su": File("x", mode=0o4755)}
    copied = inventory(debian(base, {YAML: "pyyaml 6.0", "bin/su": File("x", mode=0o4755)}))
    assert found(copied) == [("pyyaml", YAML, "python3-yaml", 1)]
    assert [each.owner for each in copied.set_id_files] == ["python3-yaml"]
    changed = inventory(debian(base, {YAML: "pyyaml 5.0", "bin/su": File("x", mode=0o6755)}))
    assert found(changed) == [("pyyaml", YAML, "", 2)]
    assert [each.owner for each in changed.set_id_files] == [""]


def test_each_copy_is_evidence():
    one, two = "a/x.dist-info/METADATA", "b/x.dist-info/METADATA"
    seen = inventory(debian({one: "six 1", two: "six 1"}, {two: "six 1"}))
    assert found(seen) == [("six", one, "", 1), ("six", two, "", 1)]


def test_lists_are_limited():
    blob = layer({LIST: f"/{YAML}\n", YAML: "pyyaml 6"})
    document = scan(blob, Limits(claims=5))
    assert [each.owner for each in document.databases] == [""]
    assert ["owned by none" in each.why for each in document.skipped] == [True]
    assert scan(blob).skipped == ()
    assert [each.owner for each in scan(blob).databases] == ["python3-yaml"]


def test_applications_without_a_system_are_an_image():
    seen = inventory(image(None, layers=[{"app/x.dist-info/METADATA": "six 1"}]))
    assert [each.package.purl for each in seen.packages] == ["pkg:pypi/six@1"]
    assert seen.skipped == ()


def test_applications_do_not_stand_for_a_system():
    seen = inventory(
        image(None, layers=[{"app/x.dist-info/METADATA": "six 1", "etc/os-release": "ID=debian"}])
    )
    assert [(each.what, each.kind) for each in seen.skipped] == [
        ("operating system packages of debian", SkipKind.UNCATALOGUED)
    ]


def test_what_is_not_understood_of_a_language_stops_nothing():
    broken = {f"a{number}/x.dist-info/METADATA": "broken" for number in range(150)}
    links = {"b/x.dist-info/METADATA": HardLink("nowhere"), "c/x.dist-info/METADATA": Symlink("../a")}
    document = scan(layer({**broken, **links, "d/x.dist-info/METADATA": "six 1"}))
    assert [each.packages[0].name for each in document.databases] == ["six"]
    assert {each.kind for each in document.skipped} == {SkipKind.UNCATALOGUED}
    assert len(document.skipped) == 101
    assert "51 more files" in document.skipped[-1].why
    assert document.cacheable


def test_a_hard_link_is_another_copy():
    document = scan(
        layer({"a.dist-info/METADATA": "six 1", "b.dist-info/METADATA": HardLink("a.dist-info/METADATA")})
    )
    assert [each.path for each in document.databases] == ["a.dist-info/METADATA", "b.dist-info/METADATA"]


def test_a_list_of_packages_in_the_image_repeats_nothing(monkeypatch):
    def sbom(path: str, data: bytes) -> list[RawPackage]:
        return [
            RawPackage("python3-yaml", "6.0-3", "pyyaml", "6.0-3", "amd64", type="deb"),
            RawPackage("left", "1", "left", "1", type="deb"),
            RawPackage("@babel/core", "7", "@babel/core", "7", type="npm"),
        ]

    catalog = Catalog("test-sbom", "generic", lambda path: True, sbom)
    monkeypatch.setitem(catalogs.CATALOGS, catalog.name, catalog)
    monkeypatch.setitem(catalogs._BY_NAME, "sbom.json", (catalog,))
    seen = inventory(debian({"opt/sbom.json": "{}"}))
    assert found(seen, "deb") == [("left", "opt/sbom.json", "", 1), ("python3-yaml", STATUS, "", 0)]
    assert [each.package.purl for each in seen.packages if each.package.type == "npm"] == [
        "pkg:npm/%40babel/core@7"
    ]


def test_a_list_of_files_of_what_is_not_installed_excuses_nothing():
    fake = LIST.replace("python3-yaml", "nothing")
    seen = inventory(
        debian({fake: f"/{YAML}\n/bin/su\n", YAML: "pyyaml 6.0", "bin/su": File("x", mode=0o4755)})
    )
    assert found(seen) == [("pyyaml", YAML, "", 1)]
    assert [each.owner for each in seen.set_id_files] == [""]


def test_what_other_vendors_put_aside_is_not_excused():
    place = "opt/vendor/x.dist-info/METADATA"
    assert found(inventory(debian({LIST: f"/{place}\n", place: "six 1"}))) == [("six", place, "", 1)]


OPENSSL = "var/lib/dpkg/info/openssl.list"
PROGRAM = "usr/bin/openssl"


def program() -> dict[str, str | File]:
    """A program that says its version, and the list of the package that brings it."""
    text = b"\x7fELF" + bytes(300) + b"OpenSSL 3.0.19 27 Jan 2026\0"
    return {OPENSSL: f"/{PROGRAM}\n", PROGRAM: File(text, mode=0o755)}


def test_a_program_is_told_by_the_package_that_brings_it():
    assert found(inventory(debian(program(), openssl="3.0.19-1")), "generic") == []


@pytest.mark.parametrize(
    "upper",
    [
        {STATUS: dpkg_status({"bash": "5"})},
        layer({}, whiteouts=["var/lib/dpkg"]),
        layer({}, opaque=["var/lib/dpkg"]),
        {STATUS: Symlink("/nowhere")},
        {STATUS: "no database"},
        {STATUS: ""},
    ],
    ids=["not listed", "deleted", "emptied", "elsewhere", "unreadable", "empty"],
)
def test_a_program_whose_package_is_no_longer_listed_is_listed_itself(upper):
    seen = inventory(debian(program(), upper, openssl="3.0.19-1"))
    assert found(seen, "generic") == [("openssl", PROGRAM, "", 1)]


VENDORED = dpkg_status({"python3-yaml": "6.0-3"}).replace(
    "Priority", "Maintainer: A <a@docker.com>\nPriority"
)


def test_what_the_package_of_a_vendor_brings_is_not_excused():
    files = {
        **program(),
        LIST: f"/{YAML}\n/{PROGRAM}\n/bin/su\n/usr/share/a.key\n",
        YAML: "pyyaml 6.0",
        "bin/su": File("x", mode=0o4755),
        "usr/share/a.key": "secret",
        STATUS: VENDORED,
    }
    seen = inventory(debian(files), Search())
    assert found(seen) == [("pyyaml", YAML, "", 1)]
    assert found(seen, "generic") == [("openssl", PROGRAM, "", 1)]
    assert [(each.path, each.owner) for each in seen.set_id_files] == [("bin/su", "python3-yaml")]
    assert [each.path for each in seen.secrets] == ["usr/share/a.key"]


@pytest.mark.parametrize(("path", "told"), [("usr/share/a.key", False), ("var/www/a.key", True)])
def test_what_is_not_the_same_on_every_system_is_not_excused(path, told):
    files = {LIST: f"/{path}\n", path: "secret", STATUS: dpkg_status({"python3-yaml": "6.0-3"})}
    seen = inventory(debian(files), Search())
    assert [each.path for each in seen.secrets] == ([path] if told else [])


def test_who_built_a_package_begins_no_new_run():
    seen = inventory(debian({STATUS: VENDORED}))
    assert found(seen, "deb") == [("python3-yaml", STATUS, "", 0)]


def test_long_lists_are_looked_at_in_pieces():
    paths = b"".join(b"/usr/share/%d\n" % number for number in range(200_000))
    wanted = ["usr/share/0", "usr/share/65535", "usr/share/199999", "usr/share/200000"]
    assert sorted(owners([Claim("long", paths)], wanted)) == sorted(wanted[:3])


def test_a_system_known_from_an_sbom_alone_is_not_looked_into(monkeypatch):
    listed = [RawPackage("bash", "5", "bash", "5", type="deb")]
    catalog = Catalog("test-sbom", "generic", lambda path: True, lambda path, data: listed)
    monkeypatch.setitem(catalogs.CATALOGS, catalog.name, catalog)
    monkeypatch.setitem(catalogs._BY_NAME, "sbom.json", (catalog,))
    files = {"etc/os-release": "ID=debian\nVERSION_ID=12", "opt/sbom.json": "{}"}
    [skipped] = inventory(image(None, layers=[files])).skipped
    assert "only an SBOM" in skipped.why


class TestSecrets:
    def test_where_they_stand(self):
        first = {
            "app/.env": "x\nsecret",
            "app/gone": "secret",
            "usr/share/owned.key": "secret",
            LIST: "/usr/share/owned.key\n",
            STATUS: dpkg_status({"python3-yaml": "6.0-3"}),
        }
        seen = inventory(debian(first, layer({}, whiteouts=["app/gone"])), Search())
        assert [(each.path, each.line, each.layer, each.deleted) for each in seen.secrets] == [
            ("app/.env", 2, 1, False),
            ("app/gone", 1, 1, True),
        ]
        assert seen.secrets[0].layer_digest == seen.layers[1]

    def test_files_of_databases_are_searched_too(self):
        document = scan(
            layer({YAML: "secret 1", "run": File("#!/bin/sh\nsecret", mode=0o755)}), search=Search()
        )
        assert [each.path for each in document.secrets] == ["run", YAML]
        assert [each.packages[0].name for each in document.databases] == ["secret"]

    def test_a_later_entry_of_the_name_replaces_the_first(self):
        first = layer({"a": "secret"}, compression="none")[:1024]
        document = scan(first + layer({"a": "nothing"}, compression="none"), search=Search())
        assert document.secrets == ()

    def test_files_too_large_to_be_searched_are_named(self):
        document = scan(layer({f"{number}/.env": "x" * 1000 for number in range(12)}), search=Search())
        assert [each.what for each in document.skipped[8:]] == ["", "", ""]
        assert "7/.env was not searched for secrets to its end: its 1,000 bytes" in document.skipped[9].why
        assert "2 more files" in document.skipped[-1].why
        assert {each.kind for each in document.skipped} == {SkipKind.UNCATALOGUED}

    def test_they_are_limited(self):
        document = scan(layer({"a": "secret\n" * 9, "b": "secret"}), Limits(secrets=4), Search())
        assert len(document.secrets) == 4
        assert "6 are not listed" in document.skipped[0].why

    def test_a_file_with_more_of_them_than_are_told_is_named(self):
        class Many(Search):
            def find(self, path: str, data: bytes, given_up: list[str]) -> list[SecretFinding]:
                given_up.append("test-token")
                return super().find(path, data, given_up)

        [skipped] = scan(layer({"a": "secret"}), search=Many()).skipped
        assert skipped.why == (
            "a was not searched for secrets to its end: "
            "it has more places that look like secrets than are judged (test-token)"
        )
        assert skipped.kind is SkipKind.UNCATALOGUED

    def test_lists_excuse_neither_configuration_nor_what_is_not_installed(self):
        lists = {LIST: "/etc/redis.conf\n/usr/share/a\n", LIST.replace("python3", "no"): "/usr/share/b\n"}
        files = {"etc/redis.conf": "secret", "usr/share/a": "secret", "usr/share/b": "secret"}
        seen = inventory(debian({**lists, **files, STATUS: dpkg_status({"python3-yaml": "6"})}), Search())
        assert [each.path for each in seen.secrets] == ["etc/redis.conf", "usr/share/b"]

    def test_a_copy_of_what_a_distribution_ships_is_excused_too(self):
        files = {LIST: "/usr/share/a\n", "usr/share/a": "secret", STATUS: dpkg_status({"python3-yaml": "6"})}
        assert inventory(debian(files, {"usr/share/a": "\nsecret"}), Search()).secrets == ()

    def test_one_that_is_overwritten_is_deleted_and_still_in_its_layer(self):
        class Two(Search):
            def find(self, path: str, data: bytes, given_up: list[str]) -> list[SecretFinding]:
                found = super().find(path, data, given_up)
                return [replace(each, fingerprint=data.decode()) for each in found]

        seen = inventory(debian({"a": "secret 1"}, {"a": "secret 2"}), Two())
        assert [(each.fingerprint, each.layer, each.deleted) for each in seen.secrets] == [
            ("secret 1", 1, True),
            ("secret 2", 2, False),
        ]

    def test_a_file_too_large_to_be_searched_is_still_named_when_it_is_deleted(self):
        seen = inventory(debian({"a/.env": "x" * 1000}, layer({}, whiteouts=["a/.env"])), Search())
        assert ["a/.env was not searched" in each.why for each in seen.skipped] == [True]
