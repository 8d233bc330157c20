"""A real Debian root in Debian's own registry, read with our client and looked into with our engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness import Advisories
from tests.system.conftest import Plimsoll
from tests.system.programs import need, run
from tests.system.real_registry import RealRegistry, docker_registry
from tests.system.root import Entry, Root, dpkg_says, rewritten
from tests.system.token_server import token_server

Allowed = Callable[..., Plimsoll]


def scanned(plimsoll: Plimsoll, reference: str) -> dict[str, Any]:
    # Exit code 3: no advisories are imported here, which is no clean bill.
    return json.loads(plimsoll("scan", reference, "--format", "json", ok=(3,)))


def entries(document: dict[str, Any]) -> set[Entry]:
    names = ("name", "version", "source_name", "source_version", "arch")
    return {tuple(package[name] for name in names) for package in document["packages"]}


def test_packages_are_those_dpkg_sees(
    plimsoll: Allowed, real_registry: RealRegistry, root: Root, pushed: str, tmp_path: Path
) -> None:
    document = scanned(plimsoll(real_registry.host), pushed)
    assert entries(document) == dpkg_says(root.status, tmp_path / "dpkg")
    assert len(document["packages"]) > 50
    assert {package["layer"] for package in document["packages"]} == {0}
    assert document["index_digest"] == root.image.digest


def test_an_upgrade_belongs_to_the_layer_that_made_it(
    plimsoll: Allowed, real_registry: RealRegistry, root: Root, pushed: str, tmp_path: Path
) -> None:
    status = rewritten(root.status, lambda name, source, old: f"{old}+more1" if source == "zlib" else old)
    upgraded = root.with_status(status)
    reference = real_registry.push("library/debian:upgraded", upgraded)
    document = scanned(plimsoll(real_registry.host), reference)
    assert entries(document) == dpkg_says(status, tmp_path / "dpkg")
    came = {package["name"]: (package["layer"], package["layer_digest"]) for package in document["packages"]}
    (base, _), (top, _) = upgraded.layers
    assert came.pop("zlib1g") == (1, top)
    assert set(came.values()) == {(0, base)}


def test_a_registry_that_asks_for_a_password(plimsoll: Allowed, root: Root, tmp_path: Path) -> None:
    need("docker-registry", "skopeo", "perl")
    secret = run("perl", "-e", 'print crypt("sea-level", q($2y$05$abcdefghijklmnopqrstuu))')
    (tmp_path / "htpasswd").write_text(f"reader:{secret}\n")
    auth = f"auth: {{htpasswd: {{realm: test, path: {tmp_path / 'htpasswd'}}}}}"
    with docker_registry(tmp_path / "registry", auth) as registry:
        reference = registry.push("private/debian:12", root.image, "reader:sea-level")
        table = [{"images": f"{registry.host}/private/*", "username": "reader", "password": "sea-level"}]
        (tmp_path / "credentials.json").write_text(json.dumps(table))
        stranger = plimsoll(registry.host)
        assert stranger("scan", reference, ok=(3,)) == ""
        known = plimsoll(registry.host, PLIMSOLL_REGISTRY_CREDENTIALS=str(tmp_path / "credentials.json"))
        assert len(scanned(known, reference)["packages"]) > 50


def test_a_registry_that_asks_for_a_token(
    plimsoll: Allowed, real_registry: RealRegistry, pushed: str, tmp_path: Path
) -> None:
    storage = real_registry.folder / "storage"
    with (
        token_server(tmp_path) as tokens,
        docker_registry(tmp_path / "registry", tokens.section, storage) as registry,
    ):
        reference = f"{registry.host}/library/debian:12"
        document = scanned(plimsoll(registry.host, tokens.host), reference)
        assert len(document["packages"]) > 50
        assert tokens.scopes == {"repository:library/debian:pull"}


def test_no_advisories_for_another_release_is_no_clean_bill(
    plimsoll: Allowed, real_registry: RealRegistry, pushed: str, advisories: Advisories
) -> None:
    advisories.import_now()
    document = json.loads(plimsoll(real_registry.host)("scan", pushed, "--format", "json", ok=(3,)))
    assert not document["conclusive"]
    assert "uncovered" in {skipped["kind"] for skipped in document["skipped"]}
