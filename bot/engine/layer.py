"""Read one layer in one streaming pass: inflate, walk the tar headers, look into the few files that matter.

Layers and whiteouts follow the OCI image-spec, layer.md. Nothing is ever unpacked, so no name can do harm.
"""

from typing import BinaryIO

from bot.engine.ahead import ahead
from bot.engine.document import LayerDocument
from bot.engine.file_secrets import SecretSearch
from bot.engine.inflate import Blob, inflate
from bot.engine.limits import DEFAULT_LIMITS, LayerError, Limits
from bot.engine.notes import LayerNotes
from bot.engine.reader import Reader
from bot.engine.tar import walk


def scan_layer(
    stream: BinaryIO,
    *,
    media_type: str,
    limits: Limits = DEFAULT_LIMITS,
    secrets: SecretSearch | None = None,
) -> LayerDocument:
    """Say what the layer contains. What could not be read is in `skipped`; only the stream may raise."""
    blob = Blob(stream, limits.compressed)
    notes = LayerNotes(limits, secrets)
    with ahead(inflate(blob, media_type, limits)) as pieces:
        reader = Reader(pieces, limits.inflated)
        diff_id = _read(reader, notes, limits)
    return notes.document(diff_id=diff_id, size=blob.size, inflated=reader.position)


def _read(reader: Reader, notes: LayerNotes, limits: Limits) -> str:
    """Note everything; return the digest of the whole, or nothing when it was not read to its end."""
    try:
        for entry in walk(reader, limits):
            notes.take(entry, reader)
        reader.drain()
        return reader.diff_id
    except LayerError as exc:
        notes.stop(exc)
        return ""
