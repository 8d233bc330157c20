"""SBOMs of every form: the same packages from each, what is no package, and documents that are hostile."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inventory import Release, SkipKind
from bot.sbom import SbomError, parse_sbom
from bot.sbom.purls import parse_purl

LAYER = "sha256:" + "a" * 64
BSDUTILS = ("Debian:12", "bsdutils", "1:2.38.1-5", "util-linux", "2.38.1-5")
LEFT_PAD = ("npm", "left-pad", "1.3.0", "@acme/left-pad", "1.3.0")

TRIVY_CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {
        "component": {
            "type": "container",
            "name": "shop:1",
            "properties": [{"name": "aquasecurity:trivy:DiffID", "value": LAYER}],
        }
    },
    "components": [
        {"type": "operating-system", "name": "debian", "version": "12.11"},
        {"type": "application", "name": "app/package-lock.json"},
        {
            "type": "library",
            "name": "bsdutils",
            "version": "1:2.38.1-5",
            "purl": "pkg:deb/debian/bsdutils@2.38.1-5?arch=amd64&distro=debian-12.11&epoch=1",
            "properties": [
                {"name": "aquasecurity:trivy:SrcName", "value": "util-linux"},
                {"name": "aquasecurity:trivy:SrcRelease", "value": "5"},
                {"name": "aquasecurity:trivy:SrcVersion", "value": "2.38.1"},
                {"name": "aquasecurity:trivy:LayerDiffID", "value": LAYER},
            ],
        },
        {
            "type": "library",
            "group": "@acme",
            "name": "left-pad",
            "version": "1.3.0",
            "purl": "pkg:npm/%40acme/left-pad@1.3.0",
            "properties": [
                {
                    "name": "aquasecurity:trivy:FilePath",
                    "value": "app/node_modules/@acme/left-pad/package.json",
                }
            ],
        },
    ],
}
SYFT_PURL = "pkg:deb/debian/bsdutils@1:2.38.1-5?arch=amd64&distro=debian-12&upstream=util-linux%402.38.1-5"
CYCLONEDX_XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">
  <metadata><tools><components><component type="application"><name>syft</name><version>1</version></component>
  </components></tools><component type="container"><name>shop:1</name></component></metadata>
  <components>
    <component type="library"><name>bsdutils</name><version>1:2.38.1-5</version>
      <purl>{SYFT_PURL.replace("&", "&amp;")}</purl>
      <properties><property name="syft:location:0:path">/var/lib/dpkg/status</property></properties>
      <components><component type="library"><group>@acme</group><name>left-pad</name><version>1.3.0</version>
        <purl>pkg:npm/%40acme/left-pad@1.3.0</purl></component></components>
    </component>
    <component type="operating-system"><name>debian</name><version>12</version></component>
  </components>
</bom>"""
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "name": "shop:1",
    "packages": [
        {
            "name": "shop:1",
            "SPDXID": "SPDXRef-Image",
            "versionInfo": LAYER,
            "primaryPackagePurpose": "CONTAINER",
            "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:oci/shop@sha256:a"}],
        },
        {"name": "debian", "versionInfo": "12.11", "primaryPackagePurpose": "OPERATING-SYSTEM"},
        {
            "name": "bsdutils",
            "versionInfo": "1:2.38.1-5",
            "sourceInfo": "built package from: util-linux 2.38.1-5",
            "primaryPackagePurpose": "LIBRARY",
            "externalRefs": [
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x:x:1"},
                {
                    "referenceType": "purl",
                    "referenceLocator": "pkg:deb/debian/bsdutils@2.38.1-5?distro=debian-12.11&epoch=1",
                },
            ],
            "annotations": [{"comment": f"LayerDiffID: {LAYER}"}],
        },
        {
            "name": "left-pad",
            "versionInfo": "1.3.0",
            "sourceInfo": "acquired package info from installed node module manifest file: /app/package.json",
            "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/%40acme/left-pad@1.3.0"}],
        },
    ],
    "relationships": [
        {
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relatedSpdxElement": "SPDXRef-Image",
            "relationshipType": "DESCRIBES",
        }
    ],
}
SPDX_TAGS = f"""SPDXVersion: SPDX-2.3
DocumentName: shop:1
DocumentComment: <text>PackageName: not a package
PackageVersion: 1</text>
##### Package
PackageName: shop:1
SPDXID: SPDXRef-Image
PrimaryPackagePurpose: CONTAINER
PackageVersion: 1

PackageName: bsdutils
PackageVersion: 1:2.38.1-5
ExternalRef: SECURITY cpe23Type cpe:2.3:a:x:x:1
ExternalRef: PACKAGE-MANAGER purl {SYFT_PURL}
PackageName: left-pad
ExternalRef: PACKAGE_MANAGER purl pkg:npm/%40acme/left-pad@1.3.0
PackageVersion: 1.3.0
FileName: ./x
PackageVersion: 9
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image
"""
SPDX3 = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "SpdxDocument", "name": "shop:1"},
        {"type": "software_Package", "name": "bsdutils", "software_packageUrl": SYFT_PURL},
        {
            "type": "software_Package",
            "name": "left-pad",
            "externalIdentifier": [
                {"externalIdentifierType": "packageUrl", "identifier": "pkg:npm/%40acme/left-pad@1.3.0"}
            ],
        },
        {"type": "Relationship", "relationshipType": "contains"},
    ],
}
SYFT = {
    "schema": {"version": "16.0.18"},
    "descriptor": {"name": "syft"},
    "distro": {"id": "debian", "versionID": "12", "prettyName": "Debian GNU/Linux 12"},
    "source": {
        "type": "image",
        "metadata": {"userInput": "shop:1", "layers": [{"digest": "sha256:0"}, {"digest": LAYER}]},
    },
    "artifacts": [
        {
            "name": "bsdutils",
            "version": "1:2.38.1-5",
            "type": "deb",
            "purl": "pkg:deb/debian/bsdutils@1:2.38.1-5?distro=debian-12",
            "locations": [{"path": "/var/lib/dpkg/status", "layerID": LAYER}],
            "metadata": {"source": "util-linux", "sourceVersion": "2.38.1-5"},
        },
        {"name": "@acme/left-pad", "version": "1.3.0", "purl": "pkg:npm/%40acme/left-pad@1.3.0"},
    ],
}
DOCUMENTS = {
    "CycloneDX 1.6": json.dumps(TRIVY_CYCLONEDX),
    "CycloneDX 1.6 XML": CYCLONEDX_XML,
    "SPDX 2.3": json.dumps(SPDX),
    "SPDX 2.3 tags": SPDX_TAGS,
    "SPDX 3": json.dumps(SPDX3),
    "Syft 16.0.18": json.dumps(SYFT),
}


@pytest.mark.parametrize("form", DOCUMENTS)
def test_every_form_gives_the_same_packages(form):
    found = parse_sbom(DOCUMENTS[form].encode())
    packages = [entry.package for entry in found.packages]
    assert [
        (each.ecosystem, each.name, each.version, each.source_name, each.source_version) for each in packages
    ] == [BSDUTILS, LEFT_PAD]
    assert form.startswith(found.form)
    assert found.name == "shop:1"
    assert found.release is not None
    assert (found.release.id, found.release.version_id.partition(".")[0]) == ("debian", "12")
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("form", "layer", "digest", "evidence"),
    [
        ("CycloneDX 1.6", 0, LAYER, ""),
        ("CycloneDX 1.6 XML", 0, "", "var/lib/dpkg/status"),
        ("SPDX 2.3", 0, LAYER, ""),
        ("Syft 16.0.18", 1, LAYER, "var/lib/dpkg/status"),
    ],
)
def test_where_a_package_was_found(form, layer, digest, evidence):
    entry = parse_sbom(DOCUMENTS[form].encode()).packages[0]
    assert (entry.layer, entry.layer_digest, entry.evidence) == (layer, digest, evidence)


@pytest.mark.parametrize(
    ("purl", "name", "version", "source", "release"),
    [
        (
            "pkg:deb/ubuntu/libc6@2.35?distro=ubuntu-22.04",
            "libc6",
            "2.35",
            ("libc6", "2.35"),
            ("ubuntu", "22.04"),
        ),
        ("pkg:deb/debian/a@1?distro=bookworm", "a", "1", ("a", "1"), ("debian", "")),
        ("pkg:deb/debian/a@1?upstream=b", "a", "1", ("b", "1"), None),
        ("pkg:apk/alpine/ssl@3.1-r0?distro=3.20.3", "ssl", "3.1-r0", ("ssl", "3.1-r0"), ("alpine", "3.20.3")),
        (
            "pkg:apk/wolfi/ssl@3.1-r0?distro=wolfi-20230201",
            "ssl",
            "3.1-r0",
            ("ssl", "3.1-r0"),
            ("wolfi", "20230201"),
        ),
        (
            "pkg:rpm/rhel/libcurl@7.76.1-26.el9?epoch=1&upstream=curl-7.76.1-26.el9.src.rpm&distro=rhel-9.3",
            "libcurl",
            "1:7.76.1-26.el9",
            ("curl", "7.76.1-26.el9"),
            ("rhel", "9.3"),
        ),
        (
            "pkg:maven/org.slf4j/slf4j-api@1.7.36",
            "org.slf4j:slf4j-api",
            "1.7.36",
            ("org.slf4j:slf4j-api", "1.7.36"),
            None,
        ),
        (
            "pkg:golang/github.com/a/b@v3.1.0#v3",
            "github.com/a/b/v3",
            "v3.1.0",
            ("github.com/a/b/v3", "v3.1.0"),
            None,
        ),
        ("pkg:pypi/Flask_Login@0.6", "flask-login", "0.6", ("flask-login", "0.6"), None),
        ("pkg:bitnami/redis@7.2.3-1?arch=amd64", "redis", "7.2.3-1", ("redis", "7.2.3-1"), None),
    ],
)
def test_package_urls(purl, name, version, source, release):
    found = parse_purl(purl)
    assert found is not None
    raw = found.raw
    assert (raw.name, raw.version, (raw.source_name, raw.source_version)) == (name, version, source)
    assert (found.release and (found.release.id, found.release.version_id)) == release


def test_the_stream_of_a_module():
    found = parse_purl("pkg:rpm/rhel/nodejs@18-1?modularitylabel=nodejs:18:8090020230718:rhel8")
    assert found is not None
    assert found.raw.module == "nodejs:18"


@pytest.mark.parametrize(
    "purl",
    [
        "",
        "curl",
        "pkg:",
        "pkg:github/curl/curl@8",
        "pkg:oci/shop@1",
        "pkg:generic/curl@8?download_url=https://x",
    ],
)
def test_what_names_nothing_installed(purl):
    assert parse_purl(purl) is None


def test_what_cannot_be_named_is_said():
    components = [
        {"type": "library", "name": "inhouse", "version": "1"},
        {"type": "library", "name": "curl", "version": "1", "purl": "pkg:github/curl/curl@1"},
        {"type": "file", "name": "etc/passwd"},
        {"type": "library", "name": "a", "purl": "pkg:npm/a@1"},
    ]
    found = parse_sbom(json.dumps({"bomFormat": "CycloneDX", "components": components}).encode())
    assert [entry.package.name for entry in found.packages] == ["a"]
    assert [(skip.why, skip.kind) for skip in found.skipped] == [
        ("without a package URL, such as inhouse", SkipKind.UNCATALOGUED),
        ("of a kind that is not known (pkg:github), such as curl", SkipKind.UNCATALOGUED),
    ]


def test_an_empty_document_is_not_a_clean_one():
    [skipped] = parse_sbom(b'{"bomFormat": "CycloneDX"}').skipped
    assert skipped.why == "the SBOM lists none"


def test_the_document_s_release_serves_where_a_url_has_none():
    component = {"type": "library", "name": "a", "version": "1", "purl": "pkg:deb/debian/a@1"}
    system = {"type": "operating-system", "name": "debian", "version": "12"}
    found = parse_sbom(json.dumps({"bomFormat": "CycloneDX", "components": [component, system]}).encode())
    assert found.packages[0].package.ecosystem == "Debian:12"
    assert found.release == Release("debian", "12")


ENTITY = (
    b'<!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><name>&a;</name></bom>'
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither CycloneDX, SPDX nor Syft"),
        (b"{}", "neither CycloneDX, SPDX 2 or 3, nor Syft"),
        (b"{", "it is not JSON that can be read, from line 1, column 2 on"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "not all of it is UTF-8"),
        (b'{"a": ' + b"1" * 5000 + b"}", "a number in it is too long"),
        (b"[]", "it is a JSON list"),
        (b"\xff\xfe\x00", "neither CycloneDX, SPDX nor Syft"),
        (b'{"bomFormat": "CycloneDX", "components": "x"}', "its `components` are not a list"),
        (b'{"bomFormat": "CycloneDX", "components": [{"components": {}}]}', "are not a list"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": {}}', "its `packages` are not a list"),
        (b"<a/>", "it is XML, but not CycloneDX"),
        (b"<a", "not XML that can be read, from line 1, column"),
        (b'<?xml version="1.0" encoding="x"?><a/>', "not XML that can be read"),
        (ENTITY, "document type"),
        (b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6">' + b"<a>" * 100, "nested more than"),
        (json.dumps({"bomFormat": "CycloneDX", "components": [{}] * 50_001}).encode(), "more than 50,000"),
        (b" " * ((64 << 20) + 1), "larger than"),
    ],
)
def test_what_is_no_sbom(data, why):
    with pytest.raises(SbomError, match=why):
        parse_sbom(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("form", sorted(set(DOCUMENTS) - {"CycloneDX 1.6 XML"}))
def test_a_document_in_another_encoding(form, encoding):
    assert parse_sbom(DOCUMENTS[form].encode(encoding)) == parse_sbom(DOCUMENTS[form].encode())


def test_xml_in_another_encoding():
    text = CYCLONEDX_XML.replace("UTF-8", "UTF-16")
    assert parse_sbom(text.encode("utf-16")) == parse_sbom(CYCLONEDX_XML.encode())


@pytest.mark.parametrize(
    ("root", "named"),
    [
        ({"bomFormat": "CycloneDX", "specVersion": "9.9"}, "CycloneDX 9.9"),
        ({"bomFormat": "CycloneDX", "specVersion": "1.7"}, ""),
        ({"spdxVersion": "SPDX-2.9"}, "SPDX 2.9"),
        ({"spdxVersion": "SPDX-2.2"}, ""),
        ({"@context": "https://spdx.org/rdf/3.1/spdx-context.jsonld", "@graph": []}, "SPDX 3.1"),
        ({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}, ""),
        ({"@context": "https://spdx.org/rdf/3.0/spdx-context.jsonld", "@graph": []}, ""),
    ],
)
def test_a_version_that_is_not_known_is_a_gap(root, named):
    whys = [skip.why for skip in parse_sbom(json.dumps(root).encode()).skipped]
    expected = (
        [f"{named} is not a version that is known here; it was read as those that are"] if named else []
    )
    assert whys == [*expected, "the SBOM lists none"]


@pytest.mark.parametrize(
    "root",
    [
        {"bomFormat": "CycloneDX", "components": ["x", None]},
        {"bomFormat": "CycloneDX", "components": [{"components": [1]}, 2]},
        {"spdxVersion": "SPDX-2.3", "packages": [1, []]},
        {"artifacts": [1, 2], "descriptor": {}},
    ],
)
def test_what_is_listed_and_is_no_component_is_a_gap(root):
    gap = parse_sbom(json.dumps(root).encode()).skipped[0]
    assert gap.what == "2 components of the SBOM"
    assert gap.why == "without a package URL, such as an entry that is no object"


def test_components_inside_components_without_end():
    text = '{"type":"library","name":"a","purl":"pkg:npm/a@1","components":[' * 300 + "]}" * 300
    found = parse_sbom(f'{{"bomFormat":"CycloneDX","components":[{text}]}}'.encode())
    assert [entry.package.name for entry in found.packages] == ["a"]


@given(st.sampled_from(sorted(DOCUMENTS)), st.integers(0, 1000), st.binary(max_size=20))
def test_damaged_documents(form, at, noise):
    whole = DOCUMENTS[form].encode()
    at = at * len(whole) // 1000
    with suppress(SbomError):
        for entry in parse_sbom(whole[:at] + noise + whole[at + len(noise) :]).packages:
            assert entry.package.name.isprintable()
            assert entry.package.version.isprintable()
            assert entry.evidence.isprintable()


ANY = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just("pkg:npm/a@1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(["CycloneDX 1.6", "SPDX 2.3", "SPDX 3", "Syft 16.0.18"]), st.data())
def test_fields_of_any_type(form, data):
    """Each value of a real document in turn becomes anything."""
    root = json.loads(DOCUMENTS[form])
    place = root
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ANY)
            break
        place = place[key]
    with suppress(SbomError):
        parse_sbom(json.dumps(root).encode())


@pytest.mark.parametrize("id_", [[], {}, 3, None])
def test_an_spdx_package_whose_id_is_no_text(id_):
    root = json.loads(DOCUMENTS["SPDX 2.3"])
    known = len(parse_sbom(json.dumps(root).encode()).packages)
    for item in root["packages"]:
        item["SPDXID"] = id_
    assert len(parse_sbom(json.dumps(root).encode()).packages) >= known
