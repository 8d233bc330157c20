"""The embedded scanner: manifest, configuration, one pass over each layer that is not known yet, squash."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bot.engine import LayerDocument, parse_config, scan_layer, squash
from bot.engine.config import unread
from bot.engine.inflate import is_foreign
from bot.engine.secrets import Search
from bot.engine.secrets.config import config_secrets
from bot.engine.squash import Layer
from bot.inventory import ImageConfig, ImageSecret, Inventory, SkipKind, Skipped
from bot.registry.model import Access, Descriptor, ResolvedImage
from bot.scanners.layers import LayerCache
from bot.scanners.port import Looked, Source
from bot.scanners.room import TOO_LARGE, Room

T = TypeVar("T")


class EmbeddedScanner:
    """Scans layers in threads of its own, at most `at_once` together: the rest of the bot stays responsive."""

    def __init__(self, layers: LayerCache, at_once: int = 2, secrets: Search | None = None) -> None:
        """`secrets` also tells the documents of `layers` from those of another key."""
        self._layers = layers
        self._secrets = secrets
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="scan")

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return "embedded"

    @property
    def reports(self) -> bool:
        """It lists what is there; which flaws that has is for the advisory index to say."""
        return False

    async def look(self, source: Source, image: ResolvedImage, access: Access) -> Looked | Skipped:
        """Look into an image, as every scanner does."""
        found = await self.inventory(source, image, access)
        return found if isinstance(found, Skipped) else Looked(found)

    async def inventory(self, source: Source, image: ResolvedImage, access: Access) -> Inventory | Skipped:
        """Look into an image; what could not be read of it is said in the inventory, or instead of it."""
        manifest = await source.manifest(image, access)
        if isinstance(manifest, Skipped):
            return manifest
        config = await source.config(image.reference, manifest, access)
        if isinstance(config, Skipped):
            return config
        said = await self._in_thread(lambda: parse_config(config))
        foreign = _foreign(said)
        room = Room()

        async def read(layer: Descriptor) -> LayerDocument | Skipped:
            if is_foreign(layer.media_type):
                return foreign
            document = await self._layer(source, image, layer, access, room)
            return document if isinstance(document, Skipped) else room.keep(document)

        # An image may have one layer many times.
        distinct = list(dict.fromkeys(manifest.layers))
        read_layers = await asyncio.gather(*(read(layer) for layer in distinct))
        found = dict(zip(distinct, read_layers, strict=True))
        documents: list[Layer] = []
        for layer in manifest.layers:
            document = found[layer]
            if isinstance(document, Skipped):
                return document
            documents.append((layer.digest, layer.size, document))
        return await self._in_thread(lambda: self._put_together(documents, said))

    def _put_together(self, layers: Sequence[Layer], config: ImageConfig | Skipped) -> Inventory:
        inventory = squash(layers, config)
        skipped = (*inventory.skipped, *unread(inventory.config))
        if self._secrets is None:
            return replace(inventory, skipped=skipped)
        of_config = config_secrets(inventory.config, self._secrets)
        secrets = (_in_layer(each, inventory.layers) for each in of_config.found)
        return replace(
            inventory,
            secrets=(*inventory.secrets, *secrets),
            skipped=(*skipped, *of_config.skipped),
        )

    async def _layer(
        self, source: Source, image: ResolvedImage, layer: Descriptor, access: Access, room: Room
    ) -> LayerDocument | Skipped:
        scope = source.scope(image.reference, access)
        if known := await self._in_thread(lambda: self._layers.find(scope, layer)):
            return known
        path = await source.blob(image.reference, layer, access)
        if isinstance(path, Skipped):
            return path
        try:
            return await self._in_thread(lambda: self._scan(path, scope, layer, room))
        except OSError as exc:
            why = f"its file could not be read: {exc.strerror}"
            return Skipped(f"layer {layer.digest}", why, transient=True)

    def _scan(self, path: Path, scope: str, layer: Descriptor, room: Room) -> LayerDocument:
        limits = room.limits()
        if limits is None:
            return TOO_LARGE
        with path.open("rb") as stream:
            document = scan_layer(stream, media_type=layer.media_type, limits=limits, secrets=self._secrets)
        document = room.charge(document)
        self._layers.keep(scope, layer, document)
        return document

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let running scans end."""
        self._pool.shutdown(wait=True)


def _foreign(config: ImageConfig | Skipped) -> LayerDocument:
    """Say of a layer that registries do not distribute it: nothing new of Windows, and a gap in any other image."""
    windows = isinstance(config, ImageConfig) and config.os == "windows"
    kind = SkipKind.UNCATALOGUED if windows else SkipKind.UNREADABLE
    why = "registries do not distribute it, so it was not looked into"
    return LayerDocument(skipped=(Skipped("", why, kind),))


def _in_layer(secret: ImageSecret, layers: Sequence[str]) -> ImageSecret:
    """Name the layer that a line of the history made."""
    if secret.layer is None or secret.layer >= len(layers):
        return replace(secret, layer=None)
    return replace(secret, layer_digest=layers[secret.layer])
