"""Packages of languages: which files are read, what identifies a package, what is none."""

import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.catalog import CATALOGS, CatalogError, catalog_for

LANGUAGES = sorted(
    name for name, catalog in CATALOGS.items() if not catalog.is_system and not catalog.only_owned
)


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read(path: str, content: object) -> list[tuple[str, str]]:
    catalog = catalog_for(path)
    assert catalog is not None
    data = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else b""
    return [
        (package.name, package.version)
        for package in catalog.parse(path, data or json.dumps(content).encode())
        if package.source_name == package.name
    ]


@pytest.mark.parametrize(
    ("path", "catalog"),
    [
        ("usr/lib/p/foo-1.dist-info/METADATA", "python"),
        ("usr/lib/p/foo.egg-info/PKG-INFO", "python"),
        ("usr/lib/p/foo-1.egg-info", "python"),
        ("usr/lib/p/foo-1-py3.11.egg/EGG-INFO/PKG-INFO", "python"),
        ("usr/lib/p/foo-1-py3.11.egg", "python"),
        ("src/PKG-INFO", None),
        ("usr/share/doc/METADATA", None),
        ("opt/conda/conda-meta/numpy-1.json", "conda"),
        ("conda-meta/numpy-1.json", "conda"),
        ("opt/conda/conda-meta/history", None),
        ("app/node_modules/express/package.json", "node"),
        ("node_modules/@types/node/package.json", "node"),
        ("a/node_modules/b/node_modules/c/package.json", "node"),
        ("app/node_modules/.pnpm/ms@2.1.3/node_modules/ms/package.json", "node"),
        ("usr/local/lib/node_modules/npm/package.json", "node"),
        ("app/node_modules/express/lib/package.json", None),
        ("app/node_modules/@types/package.json", None),
        ("app/my_node_modules/express/package.json", "node"),
        ("opt/yarn-v1.22.22/package.json", "node"),
        ("usr/share/nodejs/@types/node/package.json", "node"),
        ("package.json", "node"),
        ("app/my-package.json", None),
        ("opt/app.jar", "java"),
        ("opt/app.war", "java"),
        ("usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.8.gemspec", "ruby"),
        ("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec", "ruby"),
        ("src/my.gemspec", None),
        ("usr/lib/ruby/gems/3.1.0/gems/rack-2.2.8/rack.gemspec", None),
        ("app/vendor/composer/installed.json", "php"),
        ("app/installed.json", None),
        ("app/Shop.deps.json", "dotnet"),
        ("app/deps.json", None),
        ("opt/java/openjdk/release", "runtime"),
        ("opt/bitnami/redis/.spdx-redis.spdx", "sbom"),
        ("opt/bitnami/redis/redis.cdx.json", "sbom"),
        ("var/lib/db/sbom/curl-8.5.0-r0.spdx.json", "sbom"),
        ("usr/local/share/sbom/app.cdx.json", "sbom"),
        ("srv/x.spdx.json", None),
    ],
)
def test_places(path, catalog):
    found = catalog_for(path)
    assert (found and found.name) == catalog


METADATA = "Metadata-Version: 2.1\nName: Flask_Login\nVersion: 0.6.3\n\nName: not-this\n"


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("p/x.dist-info/METADATA", METADATA, [("flask-login", "0.6.3")]),
        ("p/x.dist-info/METADATA", METADATA.replace("\n", "\r\n"), [("flask-login", "0.6.3")]),
        ("p/x.egg-info", "name: zope.interface\nVERSION: 5\n", [("zope-interface", "5")]),
        ("p/x.egg", zipped({"EGG-INFO/PKG-INFO": METADATA}), [("flask-login", "0.6.3")]),
        ("conda-meta/a.json", {"name": "numpy", "version": "1.26.4"}, [("numpy", "1.26.4")]),
        ("conda-meta/a.json", {"name": "a", "version": "1", "channel": "pypi"}, []),
        ("node_modules/x/package.json", {"name": "@a/x", "version": "v1.0.0"}, [("@a/x", "1.0.0")]),
        ("node_modules/x/package.json", {"type": "module"}, []),
        ("node_modules/x/package.json", {"name": "x", "version": "1", "private": True}, [("x", "1")]),
        # Elsewhere: what was unpacked there, such as yarn in Node's images, or the application, which is private.
        ("opt/yarn-v1.22.22/package.json", {"name": "yarn", "version": "1.22.22"}, [("yarn", "1.22.22")]),
        ("app/package.json", {"name": "shop", "version": "1.0.0", "private": True}, []),
        # Debian builds lodash of its sources, whose root is private.
        (
            "usr/share/nodejs/lodash/package.json",
            {"name": "lodash", "version": "4", "private": True},
            [("lodash", "4")],
        ),
        ("app/template/package.json", "{{ not JSON }}", []),
        ("node_modules/x/package.json", {"name": "x", "version": 1}, []),
        ("node_modules/x/package.json", b"\xef\xbb\xbf" + b'{"name":"x","version":"1"}', [("x", "1")]),
        (
            "vendor/composer/installed.json",
            {"packages": [{"name": "Monolog/Monolog", "version": "3.5.0"}], "dev": True},
            [("monolog/monolog", "3.5.0")],
        ),
        ("vendor/composer/installed.json", [{"name": "a/b", "version": "v1"}, {}, 3], [("a/b", "v1")]),
        (
            "app/Shop.deps.json",
            {
                "libraries": {
                    "Shop/1.0.0": {"type": "project"},
                    "Newtonsoft.Json/13.0.3": {"type": "package"},
                    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"},
                    "broken": {"type": "package"},
                }
            },
            [("Newtonsoft.Json", "13.0.3"), ("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1")],
        ),
        (
            # A package that brings no file for the program's target was there to build it.
            "app/Part.deps.json",
            {
                "runtimeTarget": {"name": "net8.0/linux-x64"},
                "targets": {
                    "net8.0": {},
                    "net8.0/linux-x64": {
                        "Build.Tasks/1.0": {"dependencies": {"Json": "2.0"}},
                        "Json/2.0": {"runtime": {"lib/Json.dll": {}}},
                        "Words/3.0": {"resources": {"de/Words.dll": {}}},
                        "Sqlite/4.0": {"runtimeTargets": {"sqlite.so": {}}},
                        "Core/5.0": {"native": {"core.so": {}}},
                        "Odd/6.0": 5,
                    },
                },
                "libraries": {
                    f"{name}/{number}.0": {"type": "package"}
                    for number, name in enumerate(
                        ["Build.Tasks", "Json", "Words", "Sqlite", "Core", "Odd", "More"], 1
                    )
                },
            },
            [
                ("Json", "2.0"),
                ("Words", "3.0"),
                ("Sqlite", "4.0"),
                ("Core", "5.0"),
                ("Odd", "6.0"),
                ("More", "7.0"),
            ],
        ),
        (
            "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
            {"libraries": {"Microsoft.NETCore.App/8.0": {"type": "project"}}},
            [("Microsoft.NETCore.App", "8.0.1")],
        ),
        (
            "specifications/rack.gemspec",
            "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.8 ruby lib\n\nGem::Specification.new do |s|\n"
            '  s.name = "rack".freeze\n  s.version = "2.2.8"\n',
            [("rack", "2.2.8")],
        ),
        (
            "specifications/default/json-2.gemspec",
            "Gem::Specification.new do |spec|\n  spec.name = 'json'\n"
            "  spec.version = Gem::Version.new('2.6.1')\n  spec.required_rubygems_version = '>= 0'\n",
            [("json", "2.6.1")],
        ),
        ("jdk/release", 'IMPLEMENTOR="x"\nJAVA_VERSION="17.0.9"\n', [("java", "17.0.9")]),
        ("etc/release", "Acme Linux 3\n", []),
    ],
)
def test_what_is_read(path, content, expected):
    assert read(path, content) == expected


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("p/x.dist-info/METADATA", "Name: x\n\nVersion: 1\n"),
        ("p/x.egg", b"PK no zip"),
        ("p/x.egg", zipped({"other": ""})),
        ("conda-meta/a.json", "{}"),
        ("node_modules/x/package.json", "[" * 100_000),
        ("node_modules/x/package.json", "[]"),
        ("vendor/composer/installed.json", "{}"),
        ("app/x.deps.json", '{"libraries": []}'),
        ("specifications/x.gemspec", 's.name = "#{evil}"\ns.version = VERSION\n'),
        ("usr/local/share/sbom/x.spdx", "something else"),
    ],
)
def test_what_cannot_be_understood_is_said(path, content):
    with pytest.raises(CatalogError):
        read(path, content)


def test_names_that_would_not_print_or_end():
    name = "a\x1b[31m\u202eb"
    assert read("node_modules/x/package.json", {"name": name, "version": "1"}) == [("a[31mb", "1")]
    assert read("node_modules/x/package.json", {"name": "a" * 300, "version": "1"}) == [("a" * 256, "1")]


@pytest.mark.parametrize("name", LANGUAGES)
@settings(max_examples=25)
@given(data=st.data())
def test_hostile_content(name, data):
    """Whatever the bytes: packages that can be shown, or a CatalogError."""
    catalog = CATALOGS[name]
    word = st.sampled_from(["name", "version", "libraries", "packages", "type", "purl", "package"])
    value = st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(word, inner, max_size=4),
        max_leaves=8,
    )
    content = data.draw(
        st.binary(max_size=80)
        | value.map(lambda found: json.dumps(found).encode())
        | st.lists(st.sampled_from(["Name: a\n", "Version: 1", "\n", "s.name = 'a'\n", "\0"])).map(
            lambda lines: "".join(lines).encode()
        )
    )
    with suppress(CatalogError):
        for package in catalog.parse(f"opt/x.{data.draw(st.sampled_from(['jar', 'egg', 'json']))}", content):
            assert package.name
            assert package.name.isprintable()
            assert package.version.isprintable()
