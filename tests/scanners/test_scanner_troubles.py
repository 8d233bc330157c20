"""Troubles of the disk below the scanner: layers are read all the same, or it is said which were not."""

import io
import logging
from pathlib import Path

from bot.engine import LayerDocument, scan_layer
from bot.image import Platform, Reference
from bot.inventory import Inventory, Skipped
from bot.registry import Access, Descriptor, Manifest, ResolvedImage
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.layers import LayerCache
from tests.fakes.images import OCI_CONFIG, image, layer_type

BUILT = image(packages={"musl": "1"})
[(DIGEST, BLOB)] = BUILT.layers
LAYER = Descriptor(layer_type(BLOB), DIGEST, len(BLOB))
DOCUMENT = scan_layer(io.BytesIO(BLOB), media_type=LAYER.media_type)
IMAGE = ResolvedImage(Reference.parse("registry.example/shop:1"), BUILT.digest, BUILT.digest, Platform())


class Source:
    """Has one image, whose layer lies at a path, or should."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def scope(self, reference: Reference, access: Access) -> str:
        return "anonymous"

    async def manifest(self, image: ResolvedImage, access: Access) -> Manifest:
        return Manifest(BUILT.digest, Descriptor(OCI_CONFIG, "sha256:" + "0" * 64, 1), (LAYER,))

    async def config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes:
        return BUILT.config

    async def blob(self, reference: Reference, descriptor: Descriptor, access: Access) -> Path:
        return self._path


async def inventory(cache: Path, blob: Path) -> Inventory | Skipped:
    scanner = EmbeddedScanner(LayerCache(cache))
    try:
        return await scanner.inventory(Source(blob), IMAGE, Access(""))
    finally:
        scanner.close()


async def test_a_layer_that_was_evicted_before_it_was_opened(tmp_path):
    skipped = await inventory(tmp_path / "layers", tmp_path / "gone")
    assert skipped == Skipped(
        f"layer {DIGEST}", "its file could not be read: No such file or directory", transient=True
    )


async def test_a_document_that_cannot_be_kept_is_used_all_the_same(tmp_path):
    (tmp_path / "layers").write_text("no folder can be made here")
    (tmp_path / "blob").write_bytes(BLOB)
    found = await inventory(tmp_path / "layers", tmp_path / "blob")
    assert isinstance(found, Inventory)
    assert [item.package.name for item in found.packages] == ["musl"]


def test_what_cannot_be_kept_is_logged_once(tmp_path, caplog):
    root = tmp_path / "layers"
    root.write_text("no folder can be made here")
    cache = LayerCache(root)
    for _ in range(3):
        cache.keep("anonymous", LAYER, DOCUMENT)
    assert [(record.levelno, str(root) in record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, True)
    ]
    root.unlink()
    cache.keep("anonymous", LAYER, DOCUMENT)
    assert cache.find("anonymous", LAYER) == DOCUMENT


def test_what_was_begun_does_not_stay(tmp_path):
    cache = LayerCache(tmp_path)
    cache.keep("anonymous", LAYER, DOCUMENT)
    [kept] = tmp_path.glob("*/*/*")
    kept.unlink()
    kept.mkdir()
    cache.keep("anonymous", LAYER, DOCUMENT)
    assert list(tmp_path.glob("*/*/*")) == [kept]


def test_a_document_that_is_pruned_while_it_is_read(tmp_path, monkeypatch):
    cache = LayerCache(tmp_path)
    cache.keep("anonymous", LAYER, DOCUMENT)
    read = LayerDocument.from_json

    def read_slowly(text: bytes) -> LayerDocument:
        LayerCache(tmp_path, most=0).prune()
        return read(text)

    monkeypatch.setattr(LayerDocument, "from_json", read_slowly)
    assert cache.find("anonymous", LAYER) == DOCUMENT


def test_a_document_that_vanishes_while_another_is_pruned(tmp_path, monkeypatch):
    cache = LayerCache(tmp_path, most=0)
    cache.keep("anonymous", LAYER, DOCUMENT)
    glob = Path.glob

    def slow_glob(path: Path, pattern: str) -> list[Path]:
        found = list(glob(path, pattern))
        found[0].unlink()
        return found

    monkeypatch.setattr(Path, "glob", slow_glob)
    cache.prune()
