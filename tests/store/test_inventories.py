"""Inventories once per manifest: which images hold what an advisory is about, and what is forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from bot.advisory import match, match_all, parse_record
from bot.package import Package
from bot.package.language import language_package
from bot.store import Store, images, inventories, open_store
from bot.store.tables import inventory_packages, metadata, owned_packages, package_versions
from tests.advisory.build import deb, entry, record, until
from tests.feeds.layout import osv

RPM = Package(
    "rpm", "almalinux", "openssl-libs", "1:3.0.7-24.el9", "openssl", "3.0.7-24.el9", "", "AlmaLinux:9"
)
OPENSSL = record("DSA-1-1", entry("Debian:12", until("3")), upstream=("CVE-2024-0001",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    yield made
    made.close()


def see(
    store: Store,
    digest: str,
    *packages: Package,
    reference: str = "",
    text: str = "",
    owned: tuple[tuple[Package, Package], ...] = (),
) -> None:
    digests = images.Digests("sha256:i", digest, "linux/amd64")
    seen = images.Sighting(digests, text or repr((packages, owned)), packages, owned)
    store.do_now(lambda c: images.save_sighting(c, 1, reference or digest, "", seen, 1.0))


def affected(store: Store, *advisories) -> dict[str, list[tuple[str, str]]]:
    found = store.do_now(lambda c: inventories.affected(c, advisories))
    return {
        digest: [(match.package.source_name, match.package.version) for match in found.matches(digest)]
        for digest in found.digests
    }


def rows(store: Store, table: sa.Table) -> int:
    return store.do_now(lambda c: c.scalar(sa.select(sa.func.count()).select_from(table)))


def test_the_images_that_hold_an_affected_version_are_found(store: Store) -> None:
    see(store, "sha256:old", deb("2"), deb("2", name="openssl"), deb("1", source="zlib"))
    see(store, "sha256:new", deb("3"))
    see(store, "sha256:other", deb("2", ecosystem="Debian:11"), deb("2", ecosystem=""))
    see(store, "sha256:both", deb("1"), deb("2"))
    assert affected(store, OPENSSL) == {
        "sha256:old": [("openssl", "2")],
        "sha256:both": [("openssl", "1"), ("openssl", "2")],
    }
    assert affected(store, record("DSA-2-1", entry("Debian:12", until("1"), package="curl"))) == {}
    assert affected(store) == {}


def test_packages_of_languages_are_found_by_their_name(store: Store) -> None:
    see(store, "sha256:app", language_package("pypi", "Flask_Login", "0.5"))
    advisory = record("PYSEC-1", entry("PyPI", until("0.6"), package="flask-login"))
    assert affected(store, advisory) == {"sha256:app": [("flask-login", "0.5")]}


@pytest.mark.parametrize(
    ("held", "place", "name", "fixed"),
    [
        (RPM, "AlmaLinux:9", "openssl-libs", "1:3.0.7-25.el9_3"),
        (
            replace(RPM, ecosystem="Red Hat:enterprise_linux:9"),
            "Red Hat:enterprise_linux:9::baseos",
            "openssl-libs",
            "1:3.0.7-25.el9_3",
        ),
        (replace(RPM, ecosystem="Rocky Linux:9"), "Rocky Linux:9", "openssl", "1:3.0.7-25.el9_3"),
        (language_package("nuget", "JSON.NET", "12.0.1"), "NuGet", "Json.Net", "13.0.1"),
        (deb("3", "Ubuntu:22.04"), "Ubuntu:Pro:22.04:LTS", "openssl", "3+esm1"),
        (deb("3", "Ubuntu:22.04"), "Ubuntu:22.04:LTS", "openssl", "4"),
        (language_package("generic", "nodejs", "18.1.0"), "Bitnami", "node", "18.2.0"),
    ],
)
def test_packages_are_found_by_the_name_their_advisories_use(store: Store, held, place, name, fixed) -> None:
    see(store, "sha256:a", held)
    advisory = parse_record(
        osv("X-1", place, name, fixed) | {"upstream": ["CVE-2024-0001"], "modified": "2024-08-30T00:00:00Z"}
    )
    assert len(match([held], [advisory])) == 1, "what a scan finds"
    assert list(affected(store, advisory)) == ["sha256:a"]


GO = language_package("golang", "golang.org/x/net", "0.1")
IN_GO = record("GO-1", entry("Go", until("0.2"), package="golang.org/x/net"))


def test_what_a_package_brought_counts_where_its_distribution_never_spoke_of_that(store: Store) -> None:
    known, unknown = deb("1", source="docker.io"), deb("1", source="agent")
    see(store, "sha256:left", known, owned=((GO, known),))
    see(store, "sha256:nobodys", unknown, owned=((GO, unknown),))
    see(store, "sha256:both", known, GO, owned=((GO, known),))
    see(store, "sha256:released", owned=((GO, replace(known, ecosystem="")),))
    found = store.do_now(
        lambda c: inventories.affected(
            c, [IN_GO], is_known=lambda owner: owner.ecosystem == "Debian:12" and owner.source_name != "agent"
        )
    )
    assert found.digests == ("sha256:both", "sha256:nobodys")
    assert list(affected(store, IN_GO)) == ["sha256:both"], "taken for known unless somebody tells"
    see(store, "sha256:nobodys", unknown)
    store.do_now(inventories.forget_unused)
    assert rows(store, owned_packages) == 2
    assert affected(store, record("DSA-1", entry("Debian:12", until("2"), package="docker.io")))


def test_an_inventory_of_an_older_version_is_known_as_old_until_it_is_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.inventories.VERSION", "0.0")
    see(store, "sha256:a", text="the same")
    see(store, "sha256:b", deb("2"))
    assert store.do_now(lambda c: inventories.affected(c, [])).outdated == 0
    monkeypatch.undo()
    assert store.do_now(lambda c: inventories.affected(c, [OPENSSL])).outdated == 2
    see(store, "sha256:a", deb("2"), text="the same")
    found = store.do_now(lambda c: inventories.affected(c, [OPENSSL]))
    assert (found.digests, found.outdated) == (("sha256:a", "sha256:b"), 1)


def test_who_judges_by_all_that_is_known_may_clear_an_image(store: Store) -> None:
    see(store, "sha256:a", deb("2"))
    tracker = record("DEBIAN-CVE-2024-0001", entry("Debian:12", until("1")), upstream=("CVE-2024-0001",))
    found = store.do_now(
        lambda c: inventories.affected(c, [OPENSSL], lambda packages: match(packages, [OPENSSL, tracker]))
    )
    assert found.digests == ()


def test_another_look_at_an_image_replaces_what_it_held(store: Store) -> None:
    see(store, "sha256:a", deb("2"), reference="shop:1")
    see(store, "sha256:a", deb("2"), reference="shop:2")
    assert rows(store, inventory_packages) == 1
    see(store, "sha256:a", deb("3"), reference="shop:2", text="by another engine")
    assert affected(store, OPENSSL) == {}
    kept = store.do_now(lambda c: images.sighting(c, 1, "shop:1", ""))
    assert kept is not None
    assert kept.inventory == "by another engine"


def test_what_nothing_refers_to_any_more_is_forgotten(store: Store) -> None:
    see(store, "sha256:a", deb("1"), deb("2"), reference="shop:1")
    see(store, "sha256:b", deb("2"), reference="shop:2")
    store.do_now(inventories.forget_unused)
    assert rows(store, package_versions) == 2
    see(store, "sha256:b", deb("2"), reference="shop:1")
    store.do_now(inventories.forget_unused)
    assert (rows(store, package_versions), rows(store, inventory_packages)) == (1, 1)
    assert store.do_now(lambda c: inventories.read(c, "sha256:a")) is None
    assert affected(store, OPENSSL) == {"sha256:b": [("openssl", "2")]}


versions = st.sampled_from("12345")
sources = st.sampled_from(["openssl", "zlib", "curl"])
holdings = st.lists(
    st.builds(lambda version, source: deb(version, source=source), versions, sources), max_size=5
)
advisories = st.builds(
    lambda number, source, fixed: record(
        f"DSA-{number}-1",
        entry("Debian:12", until(fixed), package=source),
        upstream=(f"CVE-2024-000{number}",),
    ),
    st.integers(1, 4),
    sources,
    versions,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(holdings, max_size=4), st.lists(advisories, max_size=4, unique_by=lambda each: each.id))
def test_the_index_finds_what_matching_every_image_finds(store: Store, held, known) -> None:
    for number, packages in enumerate(held):
        see(store, f"sha256:{number}", *packages, text=repr(packages))
    expected = {
        f"sha256:{number}": sorted({(m.package.source_name, m.package.version, m.ids) for m in found})
        for number, packages in enumerate(held)
        if (found := match_all(packages, known).matches)
    }
    found = store.do_now(lambda c: inventories.affected(c, known))
    ours = {f"sha256:{number}" for number in range(len(held))} & set(found.digests)
    assert {
        digest: sorted((m.package.source_name, m.package.version, m.ids) for m in found.matches(digest))
        for digest in ours
    } == expected


def test_the_tables_are_those_postgresql_takes_too() -> None:
    for table in metadata.tables.values():
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
