"""Layer documents on disk, keyed by access scope, descriptor and engine version: a known layer costs nothing.

The scope is part of the key, so a document made with one credential says nothing to those without it. So are
the media type and size that a manifest declares: the same bytes declared as something else may be unreadable,
and whether they are must not depend on which image was read first.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from bot.engine import ENGINE_VERSION, LayerDocument
from bot.registry.model import Descriptor

MOST_DOCUMENTS = 200_000
PRUNE_EVERY = 1000


class LayerCache:
    """One folder of documents. What a limit cut short is never kept."""

    def __init__(self, root: Path, most: int = MOST_DOCUMENTS) -> None:
        self._root = root
        self._most = most
        self._writes = 0

    def find(self, scope: str, layer: Descriptor) -> LayerDocument | None:
        """Return the document of a layer, None when it is not known in this scope or no longer readable."""
        path = self._path(scope, layer)
        try:
            document = LayerDocument.from_json(path.read_bytes())
        except (OSError, ValueError):
            return None
        os.utime(path)
        return document

    def keep(self, scope: str, layer: Descriptor, document: LayerDocument) -> None:
        """Store a document; a crash leaves the old one or none."""
        if not document.cacheable:
            return
        path = self._path(scope, layer)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(document.to_json())
        os.replace(name, path)
        self._writes += 1
        if self._writes % PRUNE_EVERY == 0:
            self.prune()

    def prune(self) -> None:
        """Drop the documents used longest ago beyond the limit."""
        files = sorted(self._root.glob("*/*/*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files[self._most :]:
            path.unlink(missing_ok=True)

    def _path(self, scope: str, layer: Descriptor) -> Path:
        algorithm, _, encoded = layer.digest.partition(":")
        declared = _hash(f"{layer.size} {layer.media_type}")
        name = f"{algorithm}-{encoded}.{declared}.{ENGINE_VERSION}.json"
        return self._root / _hash(scope) / encoded[:2] / name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
