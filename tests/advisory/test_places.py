"""Under which names, in which ecosystems and for which versions records are looked for."""

from dataclasses import replace

import pytest

from bot.advisory import FixState, match, match_all, matchable, owners, places, safe_upgrade
from bot.advisory.ecosystem import canonical, is_newer, normalized, split
from bot.inventory import InstalledPackage, SkipKind
from bot.package import Package
from bot.package.language import language_package
from tests.advisory.build import deb, entry, record, span, until

OPEN = until()


def rpm(version: str, ecosystem: str, name: str = "openssl-libs", module: str = "") -> Package:
    source = version.partition(":")[2] or version
    return Package("rpm", "os", name, version, "openssl", source, "x86_64", ecosystem, module)


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (deb("1"), [("Debian:12", "openssl", "1")]),
        (deb("1", "Ubuntu:22.04"), [("Ubuntu:22.04", "openssl", "1"), ("Ubuntu:Pro:22.04", "openssl", "1")]),
        (rpm("1:3-1", "AlmaLinux:9"), [("AlmaLinux:9", "openssl-libs", "1:3-1")]),
        (
            rpm("1:3-1", "Red Hat:enterprise_linux:9"),
            [("Red Hat:enterprise_linux:9", "openssl-libs", "1:3-1")],
        ),
        # The epoch is that of the binary package: the source's file name has none.
        (rpm("1:3-1", "Rocky Linux:9"), [("Rocky Linux:9", "openssl", "1:3-1")]),
        (
            rpm("3-1", "SUSE:Linux Enterprise Server 15 SP6"),
            [("SUSE:Linux Enterprise Server 15 SP6", "openssl", "3-1")],
        ),
        (
            rpm("3-1", "Photon OS:5.0"),
            [("Photon OS:5.0", "openssl-libs", "3-1"), ("Photon OS:5.0", "openssl", "3-1")],
        ),
        (language_package("pypi", "Flask_Login", "1"), [("PyPI", "flask-login", "1")]),
        (language_package("nuget", "Newtonsoft.Json", "1"), [("NuGet", "newtonsoft.json", "1")]),
        (language_package("npm", "@babel/core", "1"), [("npm", "@babel/core", "1")]),
        (language_package("golang", "github.com/a/B/v2", "v2.0.1"), [("Go", "github.com/a/B/v2", "v2.0.1")]),
        (language_package("golang", "stdlib", "go1.21.3"), [("Go", "stdlib", "go1.21.3")]),
        (language_package("generic", "httpd", "2.4.57"), [("Bitnami", "apache", "2.4.57")]),
        (language_package("generic", "python", "3.12.1"), [("Bitnami", "python", "3.12.1")]),
        (language_package("generic", "busybox", "1.36.1"), []),
        (replace(deb("1"), ecosystem=""), []),
    ],
)
def test_places(package: Package, expected: list[tuple[str, str, str]]) -> None:
    assert [(place.ecosystem, place.name, place.version) for place in places(package)] == expected


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("Ubuntu:22.04:LTS", "Ubuntu:22.04"),
        ("Ubuntu:Pro:22.04:LTS", "Ubuntu:Pro:22.04"),
        ("Red Hat:enterprise_linux:9::appstream", "Red Hat:enterprise_linux:9"),
        ("Red Hat:enterprise_linux:10.1", "Red Hat:enterprise_linux:10"),
        ("Red Hat:rhel_eus:9.2::baseos", "Red Hat:rhel_eus:9.2"),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP6", "SUSE:Linux Enterprise Server 15 SP6"),
        ("SUSE:Linux Enterprise Server 15 SP5-LTSS", "SUSE:Linux Enterprise Server 15 SP5-LTSS"),
        ("Maven:https://maven.google.com", "Maven"),
        ("Packagist:https://packages.drupal.org/8", "Packagist"),
        ("npm", "npm"),
    ],
)
def test_one_name_for_each_release(written: str, one: str) -> None:
    assert normalized(written) == one
    assert normalized(one) == one


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Debian:12", "Debian:sid"),
        ("SUSE:Linux Enterprise Server 15 SP5", "SUSE:Linux Enterprise Module for Basesystem 15 SP6"),
        ("SUSE:Linux Enterprise Server 15", "SUSE:Linux Enterprise Server 15 SP1"),
        ("openSUSE:Leap 15.5", "openSUSE:Leap 15.6"),
        ("openEuler:22.03-LTS", "openEuler:22.03-LTS-SP1"),
        ("openEuler:22.03-LTS-SP3", "openEuler:24.03-LTS"),
        ("Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:10.0"),
        ("Alpine:v3.9", "Alpine:v3.20"),
    ],
)
def test_newer_releases(older: str, newer: str) -> None:
    assert is_newer(newer, older)
    assert not is_newer(older, newer)


def test_products_are_channels_of_their_own() -> None:
    assert split("openSUSE:Leap 15.6") == ("openSUSE:Leap", "15.6")
    assert split("SUSE:Linux Enterprise Server 15 SP6") == ("SUSE:Linux Enterprise Server", "15 SP6")
    assert not is_newer("SUSE:Linux Enterprise Micro 16.0", "SUSE:Linux Enterprise Server 15 SP6")
    assert not is_newer("SUSE:Linux Enterprise Server 15 SP5-LTSS", "SUSE:Linux Enterprise Server 15 SP4")


def test_names_are_compared_as_their_ecosystem_does() -> None:
    assert canonical("PyPI", "Zope.Interface") == canonical("PyPI", "zope_interface")
    assert canonical("NuGet", "JSON.NET") == canonical("NuGet", "json.net")
    assert canonical("Packagist", "Symfony/HTTP-Kernel") == canonical("Packagist", "symfony/http-kernel")
    assert canonical("npm", "JSONStream") != canonical("npm", "jsonstream")
    assert canonical("Go", "github.com/A/b") != canonical("Go", "github.com/a/b")
    assert canonical("Debian:12", "R-base") == "R-base"


def brought(by: Package, place: str = "usr/lib/python3/dist-packages/x") -> list[InstalledPackage]:
    language = language_package("pypi", "requests", "2.28")
    return [
        InstalledPackage(by, 0, "", "var/lib/dpkg/status"),
        InstalledPackage(language, 0, "", place, by.name),
    ]


def test_what_a_package_of_the_system_brought_is_left_to_it() -> None:
    flask = InstalledPackage(language_package("pypi", "flask", "2"), 0, "", "b")
    system = deb("1")
    assert matchable([*brought(system), flask]) == [system, flask.package]


@pytest.mark.parametrize(
    ("owner", "place"),
    [
        (deb("18.20.4-1nodesource1"), "usr/lib/node_modules/npm/package.json"),
        (deb("5:27.3.1-1~debian.12~bookworm"), "usr/bin/docker"),
        (rpm("1:20.1-1.fc40", "Rocky Linux:9"), "usr/lib/python3.9/site-packages/x"),
        (deb("1"), "opt/agent/lib/x"),
        (deb("1"), "usr/local/lib/x"),
    ],
)
def test_what_somebody_else_brought_is_matched(owner: Package, place: str) -> None:
    assert len(matchable(brought(owner, place))) == 2


def test_who_speaks_for_a_package_is_told_with_it() -> None:
    system, brought_by_it = packages = brought(deb("1"))
    assert owners(packages) == [(system.package, None), (brought_by_it.package, system.package)]
    assert [owner for _, owner in owners(brought(deb("1"), "opt/agent/lib/x"))] == [None, None]


def test_what_a_package_brought_that_is_gone_or_unknown_to_its_distribution_is_matched() -> None:
    packages = brought(deb("1"))
    assert len(matchable(packages[1:])) == 1
    assert len(matchable(packages, lambda owner: False)) == 2
    assert len(matchable(packages, lambda owner: owner == packages[0].package)) == 1


@pytest.mark.parametrize(
    ("version", "hit"),
    [
        ("1.8.0_202", True),
        ("1.8.0_202-b08", True),
        ("1.8.0_241", False),
        ("1.8.0_333", True),
        ("8.0.202", True),
        ("11.0.2", False),
    ],
)
def test_old_java_is_known_under_both_of_its_numbers(version: str, hit: bool) -> None:
    said = [
        record(
            "BIT-java-1", entry("Bitnami", until("8.0.241", "8.0.0"), package="java"), aliases=("CVE-1-1",)
        ),
        record("BIT-java-2", entry("Bitnami", until("1.8.0-334", "1.8.0-333"), package="java")),
    ]
    assert bool(match([language_package("generic", "java", version)], said)) is hit


def test_binary_packages_are_matched_by_name_and_version_of_their_own() -> None:
    advisory = record(
        "ALSA-2024:0001",
        entry("AlmaLinux:9", until("1:3.0.7-25.el9_3"), package="openssl-libs"),
        related=("CVE-2024-0001",),
        urgency="important",
    )
    (found,) = match([rpm("1:3.0.7-24.el9", "AlmaLinux:9")], [advisory])
    assert (found.ids, found.fixed_version) == (("CVE-2024-0001", "ALSA-2024:0001"), "1:3.0.7-25.el9_3")
    assert not match([rpm("1:3.0.7-24.el9", "AlmaLinux:9", name="openssl")], [advisory])
    assert not match([rpm("1:3.0.7-25.el9_3", "AlmaLinux:9")], [advisory])


def test_an_update_that_mends_no_flaw_is_no_flaw() -> None:
    affected = entry("AlmaLinux:9", until("2-1"), package="openssl-libs")
    package = rpm("1-1", "AlmaLinux:9")
    assert not match([package], [record("ALBA-2024:0001", affected)])
    assert match([package], [record("ALBA-2024:0001", affected, related=("CVE-2024-0001",))])
    assert match([package], [record("ALSA-2024:0001", affected)])


def test_a_repository_of_red_hat_is_its_release() -> None:
    advisory = record(
        "RHSA-2024:1",
        entry("Red Hat:enterprise_linux:9::baseos", until("2-1"), package="openssl-libs"),
        entry("Red Hat:rhel_eus:9.2::baseos", until("3-1"), package="openssl-libs"),
        upstream=("CVE-2024-0001",),
    )
    (found,) = match([rpm("1-1", "Red Hat:enterprise_linux:9")], [advisory])
    assert found.fixed_version == "2-1"
    assert not match([rpm("2-1", "Red Hat:enterprise_linux:9")], [advisory])


def test_what_somebody_else_built_is_not_compared() -> None:
    advisory = record("ALSA-2024:1", entry("AlmaLinux:9", until("2-1.el9"), package="openssl-libs"))
    found = match_all(
        [rpm("1-1.el9.ngx", "AlmaLinux:9"), rpm("1-1.el9.ngx", "AlmaLinux:9", name="own")], [advisory]
    )
    assert not found.matches
    (skipped,) = found.skipped
    assert (skipped.what, skipped.kind) == ("package openssl-libs 1-1.el9.ngx", SkipKind.UNADVISED)


NODE = [
    record(
        "ALSA-2023:0018",
        entry("AlmaLinux:8", until("1:18.14.2-2.module_el8.7.0+3525+6ad1fb2b"), package="nodejs"),
        # AlmaLinux lists each build it made of one update.
        entry("AlmaLinux:8", until("1:18.14.2-2.module_el8.7.0+9999+6ad1fb2b"), package="nodejs"),
        summary="Important: nodejs:18 security update",
        related=("CVE-2023-0018",),
    ),
    record(
        "ALSA-2023:0016",
        entry("AlmaLinux:8", until("1:16.19.1-1.module_el8.7.0+3529+aaaaaaaa"), package="nodejs"),
        summary="Moderate: nodejs:16 security update",
        related=("CVE-2023-0016",),
    ),
    record(
        "ALSA-2023:0001",
        entry("AlmaLinux:8", until("1:20.1.0-1.el8"), package="nodejs"),
        summary="Moderate: nodejs security update",
        related=("CVE-2023-0001",),
    ),
]


@pytest.mark.parametrize(
    ("version", "module", "flaws"),
    [
        ("1:18.9.0-1.module_el8.7.0+1+aaaaaaaa", "nodejs:18", ["CVE-2023-0018"]),
        ("1:18.14.2-2.module_el8.7.0+3525+6ad1fb2b", "nodejs:18", []),
        ("1:16.9.0-1.module_el8.7.0+1+aaaaaaaa", "nodejs:16", ["CVE-2023-0016"]),
        ("1:10.9.0-1.module_el8.7.0+1+aaaaaaaa", "nodejs:10", []),
        ("1:10.9.0-1.el8", "", ["CVE-2023-0001"]),
    ],
)
def test_a_stream_is_judged_by_its_own_records(version: str, module: str, flaws: list[str]) -> None:
    found = match_all([rpm(version, "AlmaLinux:8", name="nodejs", module=module)], NODE)
    assert [one.ids[0] for one in found.matches] == flaws
    assert not found.skipped


def test_a_package_that_hides_its_stream_cannot_be_told() -> None:
    found = match_all([rpm("1:16.9.0-1.module_el8.7.0+1+aaaaaaaa", "AlmaLinux:8", name="nodejs")], NODE)
    assert not found.matches
    (skipped,) = found.skipped
    assert "does not say which module stream" in skipped.why


@pytest.mark.parametrize(
    ("summary", "details", "hit"),
    [
        ("Important: varnish security update", "", True),  # it names no stream, so it may mean ours
        ("Important: varnish security update", "The varnish:6 module …", True),
        ("Important: varnish security update", "The varnish:7 module; see https://example.test", False),
        ("Important: perl:5.26 and varnish:6 security update", "varnish:7", True),
    ],
)
def test_where_a_record_names_its_stream(summary: str, details: str, hit: bool) -> None:
    affected = entry("Rocky Linux:8", until("6.0.8-3.module+el8.9.0+1+a"), package="openssl")
    advisory = record("RLSA-2023:1", affected, summary=summary, details=details)
    package = rpm("6.0.6-2.module+el8.3.0+1+a", "Rocky Linux:8", module="varnish:6")
    assert bool(match([package], [advisory])) is hit


def test_publishers_of_a_language_are_equals() -> None:
    ghsa = record(
        "GHSA-aaaa-bbbb-cccc",
        entry("PyPI", span(("introduced", "2.0"), ("last_affected", "2.2")), package="flask"),
        aliases=("CVE-2024-0001",),
    )
    pysec = record("PYSEC-2024-1", entry("PyPI", until("1.5"), package="flask"), aliases=("CVE-2024-0001",))
    (found,) = match([language_package("pypi", "Flask", "2.1")], [ghsa, pysec])
    assert (found.records, found.fix_state) == (("GHSA-aaaa-bbbb-cccc",), FixState.NOT_FIXED)


def test_the_smallest_safe_upgrade_is_free_of_all_flaws() -> None:
    one = record("GHSA-1", entry("npm", until("4.17.12"), package="lodash"))
    two = record(
        "GHSA-2", entry("npm", until("4.17.19", introduced="4.17.0"), until("3.0.2"), package="lodash")
    )
    other = record("GHSA-3", entry("npm", until("9.0.0"), package="left-pad"))
    gone = record("GHSA-4", entry("npm", until("9.9.9"), package="lodash"), withdrawn="2024-01-01T00:00:00Z")
    package = language_package("npm", "lodash", "4.17.4")
    assert safe_upgrade(package, [one, two, other, gone]) == "4.17.19"
    assert safe_upgrade(package, [one, two, record("GHSA-5", entry("npm", OPEN, package="lodash"))]) == ""
    assert safe_upgrade(package, []) == ""
    assert safe_upgrade(language_package("npm", "lodash", "latest"), [one]) == ""
    assert safe_upgrade(language_package("generic", "busybox", "1"), [one]) == ""
