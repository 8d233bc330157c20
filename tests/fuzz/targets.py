"""Every parser of foreign bytes, in one table: a name, and a call that may raise nothing but what it says.

A parser of yours: one line in `TARGETS`. Package catalogs are there without one.
"""

import io
from collections.abc import Callable, Mapping
from functools import partial

from bot.advisory.osv import BrokenRecord
from bot.dockerfile import DockerfileError
from bot.dockerfile.rules import lint
from bot.engine import LayerDocument, parse_config, scan_layer
from bot.engine.binaries import examine
from bot.engine.catalog import CATALOGS, Catalog, CatalogError, java
from bot.engine.limits import Limits
from bot.engine.os_release import READERS
from bot.engine.secrets import Search
from bot.engine.secrets.config import config_secrets
from bot.feeds.record import read_record
from bot.inventory import ImageConfig
from bot.landing.ignore import read_ignore
from bot.lockfiles import parse_lockfile
from bot.manifests.parse import parse_manifest
from bot.registry.documents import NotAnImage, read_document
from bot.sbom import SbomError, parse_sbom
from tests.lockfiles.seeds import LOCKFILES

Target = Callable[[bytes], object]
#: Small, so that what has no end is found soon.
LIMITS = Limits(compressed=1 << 20, inflated=4 << 20, file=1 << 20, files=2 << 20, entries=5000)
SEARCHES = (Search(b"", "auto"), Search(b"", "pure"))
SEARCHED = ("app/.env", "root/.npmrc", "root/.docker/config.json", "app/settings.py")
MANIFESTS = {
    "compose": "compose.yaml",
    "bake": "docker-bake.hcl",
    "devcontainer": ".devcontainer/devcontainer.json",
    "kubernetes": "deploy/shop.yaml",
    "helm": "charts/shop/values.yaml",
    "workflow": ".github/workflows/ci.yaml",
}
ROOTS = {catalog.name: next(iter(sorted(catalog.roots)), "") for catalog in CATALOGS.values()}


def allowing(*errors: type[Exception]) -> Callable[[Target], Target]:
    """Let a target raise what its parser promises to raise."""

    def wrapped(target: Target) -> Target:
        def call(data: bytes) -> None:
            try:
                target(data)
            except errors:
                pass

        return call

    return wrapped


def _layer(data: bytes) -> None:
    document = scan_layer(io.BytesIO(data), media_type="", limits=LIMITS)
    assert LayerDocument.from_json(document.to_json()) == document


def _catalog(catalog: Catalog, data: bytes) -> None:
    path = ROOTS[catalog.name] or _example(catalog)
    for claim in catalog.owned(path, data) if catalog.owned else ():
        assert claim.package.isprintable()
    for package in catalog.parse(path, data):
        assert package.name
        assert package.name.isprintable()
        assert package.version.isprintable()


def _example(catalog: Catalog) -> str:
    for folder in sorted(catalog.folders) or ["opt/app"]:
        for name in (*sorted(catalog.names), *(f"x.{each}" for each in sorted(catalog.extensions))):
            return f"{folder}/{name}"
    return "opt/app/file"


def _secrets(data: bytes) -> None:
    """Both engines find the same, and tell nothing that would not print."""
    for path in SEARCHED:
        found = [search.find(path, data) for search in SEARCHES]
        assert found[0] == found[1]
        for each in found[0]:
            assert each.line >= 1
            assert each.hint.isprintable()


def _config_secrets(data: bytes) -> None:
    config = parse_config(data)
    if isinstance(config, ImageConfig):
        config_secrets(config, SEARCHES[0])


def _release(data: bytes) -> None:
    for read in READERS.values():
        read(data)


def _lockfile(path: str, data: bytes) -> None:
    lockfile = parse_lockfile(path, data, {}.get)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert lockfile.line >= 1
    assert not (lockfile.problem and lockfile.dependencies)
    for each in lockfile.dependencies:
        assert each.package.purl
        assert 1 <= each.line <= each.end_line <= lines
    for one in lockfile.open:
        assert one.name.isprintable()
        assert one.requirement.isprintable()


def _java_stream(data: bytes) -> None:
    pieces = (data[start : start + 1000] for start in range(0, len(data), 1000))
    for package in java.parse_stream("opt/app/x.jar", pieces):
        assert package.name.isprintable()


def _manifest(path: str, data: bytes) -> None:
    manifest = parse_manifest(path, data)
    assert manifest.line >= 1
    assert not (manifest.problem and (manifest.uses or manifest.builds))


def _ignore(data: bytes) -> None:
    read_ignore(".dockerignore", data)


TARGETS: Mapping[str, Target] = {
    "layer": _layer,
    "layer-document": allowing(ValueError)(LayerDocument.from_json),
    "image-config": parse_config,
    "manifest": allowing(NotAnImage)(lambda data: read_document(data, "sha256:" + "0" * 64)),
    "release": _release,
    "sbom": allowing(SbomError)(parse_sbom),
    "secrets": _secrets,
    "config-secrets": _config_secrets,
    "java-stream": allowing(CatalogError)(_java_stream),
    "executable": lambda data: examine("app/run", iter((data[:100], data[100:])), len(data)),
    **{
        f"catalog-{catalog.name}": allowing(CatalogError)(partial(_catalog, catalog))
        for catalog in CATALOGS.values()
    },
    "dockerfile": allowing(DockerfileError)(lint),
    "dockerignore": _ignore,
    "advisory": allowing(BrokenRecord)(read_record),
    **{f"manifest-{name}": partial(_manifest, path) for name, path in MANIFESTS.items()},
    **{f"lockfile-{name}": partial(_lockfile, path) for name, (path, _) in LOCKFILES.items()},
}
