"""Layer documents on disk, keyed by access scope, descriptor and engine version: a known layer costs nothing.

The scope is part of the key, so a document made with one credential says nothing to those without it. So are
the media type and size that a manifest declares: the same bytes declared as something else may be unreadable,
and whether they are must not depend on which image was read first.
"""

import hashlib
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.engine import ENGINE_VERSION, LayerDocument
from bot.registry.model import Descriptor

log = logging.getLogger(__name__)

MOST_DOCUMENTS = 200_000
PRUNE_EVERY = 1000


class LayerCache:
    """One folder of documents. What a limit cut short is never kept.

    Several threads use it, and nothing depends on it: without room on the disk, layers are read anew each time.
    """

    def __init__(self, root: Path, most: int = MOST_DOCUMENTS, searched: str = "") -> None:
        """`searched` names the rules and the key secrets are searched with: another search finds others."""
        self._root = root
        self._most = most
        self._searched = searched
        self._writes = 0
        self._failing = False

    def find(self, scope: str, layer: Descriptor) -> LayerDocument | None:
        """Return the document of a layer, None when it is not known in this scope or no longer readable."""
        path = self._path(scope, layer)
        try:
            document = LayerDocument.from_json(path.read_bytes())
        except (OSError, ValueError):
            return None
        with suppress(OSError):
            os.utime(path)
        return document

    def keep(self, scope: str, layer: Descriptor, document: LayerDocument) -> None:
        """Store a document, where the disk lets us; a crash leaves the old one or none."""
        if not document.cacheable:
            return
        try:
            _write(self._path(scope, layer), document.to_json())
            self._writes += 1
            if self._writes % PRUNE_EVERY == 0:
                self.prune()
        except OSError as exc:
            if not self._failing:
                log.warning("layers are read anew each time, since %s cannot be written: %s", self._root, exc)
            self._failing = True
        else:
            self._failing = False

    def prune(self) -> None:
        """Drop the documents used longest ago beyond the limit."""
        files = sorted(self._root.glob("*/*/*.json"), key=_used, reverse=True)
        for path in files[self._most :]:
            path.unlink(missing_ok=True)

    def _path(self, scope: str, layer: Descriptor) -> Path:
        algorithm, _, encoded = layer.digest.partition(":")
        declared = _hash(f"{layer.size} {layer.media_type} {self._searched}")
        name = f"{algorithm}-{encoded}.{declared}.{ENGINE_VERSION}.json"
        return self._root / _hash(scope) / encoded[:2] / name


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _used(path: Path) -> float:
    """Return when a document was last used; 0 when another thread just dropped it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
