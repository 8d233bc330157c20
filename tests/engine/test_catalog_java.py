"""Java archives: nested, shaded, renamed, without coordinates, damaged."""

import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.catalog import CatalogError, CatalogGapError, CatalogLimitError, java
from bot.engine.catalog.jar_names import parse_file_name
from tests.engine.test_catalog_languages import zipped

CODE: dict[str, str | bytes] = {"a/B.class": "x"}


def properties(group: str, artifact: str, version: str) -> dict[str, str | bytes]:
    path = f"META-INF/maven/{group}/{artifact}/pom.properties"
    return {path: f"#Generated\ngroupId={group}\nartifactId={artifact}\nversion={version}\n"}


def manifest(**attributes: str) -> dict[str, str | bytes]:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in attributes.items()]
    return {"META-INF/MANIFEST.MF": "\r\n".join(["Manifest-Version: 1.0", *lines, "", "Name: x", ""])}


LOG4J = properties("org.apache.logging.log4j", "log4j-core", "2.14.1")
GUAVA = properties("com.google.guava", "guava", "31.1-jre")


def names(path: str, data: bytes) -> tuple[list[str], str]:
    try:
        found, why = java.parse(path, data), ""
    except CatalogGapError as exc:
        found, why = list(exc.packages), str(exc)
    return [f"{package.name}:{package.version}" for package in found], why


@pytest.mark.parametrize(
    ("path", "files", "expected"),
    [
        ("lib/log4j-core-2.14.1.jar", LOG4J, ["org.apache.logging.log4j:log4j-core:2.14.1"]),
        ("app.jar", LOG4J, ["org.apache.logging.log4j:log4j-core:2.14.1"]),
        (
            "fat.jar",
            {**LOG4J, **GUAVA, **CODE},
            ["org.apache.logging.log4j:log4j-core:2.14.1", "com.google.guava:guava:31.1-jre"],
        ),
        (
            "shop.war",
            {"WEB-INF/lib/a.jar": zipped(LOG4J), "WEB-INF/lib/b.ear": zipped({"c.jar": zipped(GUAVA)})},
            ["com.google.guava:guava:31.1-jre", "org.apache.logging.log4j:log4j-core:2.14.1"],
        ),
        (
            "lib/commons-lang3-3.12.0.jar",
            {**manifest(Bundle_SymbolicName="org.apache.commons.lang3", Bundle_Version="3.12.0"), **CODE},
            ["org.apache.commons:commons-lang3:3.12.0"],
        ),
        (
            "x.jar",
            {
                **manifest(
                    Implementation_Vendor_Id="org.acme",
                    Implementation_Title="shop",
                    Implementation_Version="2",
                ),
                **CODE,
            },
            ["org.acme:shop:2"],
        ),
        (
            "lib/spring-core-5.3.20.jar",
            {**manifest(Implementation_Title="spring-core", Implementation_Version="5.3.20"), **CODE},
            ["org.springframework:spring-core:5.3.20"],
        ),
        (
            # One alone that was put in beside the archive's own classes.
            "lib/inject-core-4.2.3.jar",
            {**GUAVA, **manifest(Bundle_SymbolicName="org.acme.inject.core", Bundle_Version="4.2.3"), **CODE},
            ["com.google.guava:guava:31.1-jre", "org.acme.inject:inject-core:4.2.3"],
        ),
        (
            "renamed.jar",
            {**GUAVA, **manifest(Bundle_SymbolicName="com.google.guava", Bundle_Version="31.1"), **CODE},
            ["com.google.guava:guava:31.1-jre"],
        ),
        (
            "lib/inject-servlet.jar",
            {**manifest(Bundle_SymbolicName="org.acme.inject.servlet", Bundle_Version="4.2.3"), **CODE},
            ["org.acme.inject:inject-servlet:4.2.3"],
        ),
        (
            "lib/asm-9.4.jar",
            {**manifest(Bundle_SymbolicName="org.objectweb.asm", Bundle_Version="9.4"), **CODE},
            ["org.ow2.asm:asm:9.4"],
        ),
        (
            "lib/commons-logging-1.2.jar",
            {**manifest(Implementation_Vendor_Id="org.apache"), **CODE},
            ["commons-logging:commons-logging:1.2"],
        ),
        ("resources.jar", {"images/a.png": "x"}, []),
        ("empty.jar", {}, []),
    ],
)
def test_what_an_archive_holds(path, files, expected):
    assert names(path, zipped(files)) == (expected, "")


def test_what_cannot_be_named_is_said_and_hides_nothing():
    inner = {"lib/inject-1.jar": zipped(CODE), "lib/nothing.jar": zipped(CODE), "lib/broken.jar": b"PK?"}
    found, why = names("shop.war", zipped({**inner, "lib/g.jar": zipped(GUAVA)}))
    assert sorted(found) == ["com.google.guava:guava:31.1-jre", "inject:1"]
    assert "inject-1.jar inside it does not say which Maven group it is of" in why
    assert "nothing.jar inside it names no Maven coordinates" in why
    assert "broken.jar inside it: it is not a readable zip archive" in why


def test_a_part_of_java_needs_no_maven_group():
    said = manifest(Specification_Title="Java Platform API Specification", Implementation_Version="17.0.15")
    assert names("opt/java/lib/jrt-fs.jar", zipped({**said, **CODE})) == (["jrt-fs:17.0.15"], "")


@pytest.mark.parametrize("beside", [{}, GUAVA])
def test_the_last_part_of_a_bundle_is_no_artifact(beside):
    """Guice calls itself `com.google.inject`, which is its group."""
    files = {**manifest(Bundle_SymbolicName="org.acme.inject", Bundle_Version="4.2.3"), **CODE, **beside}
    found, why = names("lib/juice.jar", zipped(files))
    assert found == [*(["com.google.guava:guava:31.1-jre"] if beside else []), "juice:4.2.3"]
    assert why == "juice.jar does not say which Maven group it is of"


def test_placeholders_are_no_coordinates():
    files = {**properties("com.acme", "shop", "${project.version}"), **CODE}
    found, why = names("shop.jar", zipped(files))
    assert found == []
    assert "names no Maven coordinates" in why


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("commons-lang3-3.12.0.jar", ("commons-lang3", "3.12.0")),
        ("guava-31.1-jre.jar", ("guava", "31.1-jre")),
        ("log4j-1.2-api-2.17.1.jar", ("log4j-1.2-api", "2.17.1")),
        ("javax.inject-1.jar", ("javax.inject", "1")),
        ("shop-2.0.0-SNAPSHOT.jar", ("shop", "2.0.0-SNAPSHOT")),
        ("shop-1.0-sources.jar", ("shop", "1.0")),
        ("tools.jar", ("", "")),
        ("-1.jar", ("", "")),
    ],
)
def test_file_names(name, expected):
    found = parse_file_name(f"a/{name}")
    assert (found.artifact, found.version) == expected


def test_archives_too_deep_or_too_large_are_said():
    data = zipped(GUAVA)
    for depth in range(7):
        data = zipped({f"{depth}.jar": data})
    found, why = names("a.jar", data)
    assert found == []
    assert "archives deep" in why
    bomb = zipped_bomb(65 << 20)
    with pytest.raises(CatalogLimitError, match="larger than"):
        java.parse("a.jar", bomb)


def zipped_bomb(size: int) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("b.jar", "w") as member:
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return buffer.getvalue()


@given(st.integers(0, 400), st.binary(max_size=12))
def test_damaged_archives(at, noise):
    data = zipped({**LOG4J, "a.jar": zipped(GUAVA), **manifest(Implementation_Title="x")})
    at = at * len(data) // 400
    with suppress(CatalogError):
        for package in java.parse("a.jar", data[:at] + noise + data[at + len(noise) :]):
            assert package.name.isprintable()
