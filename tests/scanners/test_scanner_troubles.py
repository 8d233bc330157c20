"""Troubles of the disk below the scanner: layers are read all the same, or it is said which were not."""

import io
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine import LayerDocument, scan_layer
from bot.engine.inflate import OUTPUT
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

    def __init__(
        self, path: Path, layers: tuple[Descriptor, ...] = (LAYER,), config: bytes = BUILT.config
    ) -> None:
        self._path = path
        self._layers = layers
        self._config = config
        self.asked = 0

    def scope(self, reference: Reference, access: Access) -> str:
        return "anonymous"

    async def manifest(self, image: ResolvedImage, access: Access) -> Manifest:
        return Manifest(BUILT.digest, Descriptor(OCI_CONFIG, "sha256:" + "0" * 64, 1), self._layers)

    async def config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes:
        return self._config

    async def blob(self, reference: Reference, descriptor: Descriptor, access: Access) -> Path:
        self.asked += 1
        return self._path


async def inventory(cache: Path, source: Path | Source) -> Inventory | Skipped:
    scanner = EmbeddedScanner(LayerCache(cache))
    source = Source(source) if isinstance(source, Path) else source
    try:
        return await scanner.inventory(source, IMAGE, Access(""))
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


@pytest.mark.parametrize(("system", "kind"), [("linux", "unreadable"), ("windows", "uncatalogued")])
async def test_a_layer_that_is_not_distributed_is_a_gap_but_in_windows(tmp_path, system, kind):
    foreign = replace(LAYER, media_type="application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")
    config = b'{"os":"%b","rootfs":{"diff_ids":["sha256:x"]}}' % system.encode()
    found = await inventory(tmp_path, Source(tmp_path, (foreign,), config))
    assert isinstance(found, Inventory)
    assert [each.kind for each in found.skipped if "do not distribute" in each.why] == [kind]


async def test_a_layer_that_is_there_many_times_is_read_once(tmp_path):
    (tmp_path / "blob").write_bytes(BLOB)
    source = Source(tmp_path / "blob", (LAYER,) * 9)
    found = await inventory(tmp_path / "layers", source)
    assert isinstance(found, Inventory)
    assert len(found.layers) == 9
    assert source.asked == 1


@pytest.mark.parametrize("most", ["MOST_ITEMS", "MOST_TEXT"])
async def test_what_the_layers_of_an_image_list_is_limited_together(tmp_path, monkeypatch, most):
    monkeypatch.setattr(f"bot.scanners.room.{most}", 1)
    (tmp_path / "blob").write_bytes(BLOB)
    found = await inventory(tmp_path / "layers", tmp_path / "blob")
    assert isinstance(found, Inventory)
    assert found.packages == ()
    assert any("layers of its image list more" in each.why and each.transient for each in found.skipped)


async def test_what_the_layers_of_an_image_inflate_to_is_limited_together(tmp_path, monkeypatch):
    (tmp_path / "blob").write_bytes(BLOB)
    other = replace(LAYER, digest="sha256:" + "1" * 64)
    enough = 2 * (DOCUMENT.inflated + OUTPUT)
    for most, cut in ((enough, 0), (enough - 1, 1)):
        monkeypatch.setattr("bot.scanners.room.MOST_INFLATED", most)
        found = await inventory(tmp_path / str(most), Source(tmp_path / "blob", (LAYER, other)))
        assert isinstance(found, Inventory)
        said = [each.what for each in found.skipped if "layers of its image inflate to more" in each.why]
        assert len(said) == cut
        assert all(each.transient for each in found.skipped if each.what in said)
        kept = list((tmp_path / str(most)).rglob("*.json"))
        assert len(kept) == 2 - cut, "what a limit cut short is not kept"


async def test_layers_that_are_known_inflate_to_nothing(tmp_path, monkeypatch):
    (tmp_path / "blob").write_bytes(BLOB)
    await inventory(tmp_path / "layers", tmp_path / "blob")
    monkeypatch.setattr("bot.scanners.room.MOST_INFLATED", 1)
    found = await inventory(tmp_path / "layers", tmp_path / "blob")
    assert isinstance(found, Inventory)
    assert [each.package.name for each in found.packages] == ["musl"]
