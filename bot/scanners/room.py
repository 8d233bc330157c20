"""What all layers of one image may take together; one alone is bounded by the engine.

Known layers are not inflated again, so the next look at an image that was too large comes further.
"""

from dataclasses import replace
from threading import Lock

from bot.engine import LayerDocument, Limits
from bot.engine.inflate import OUTPUT
from bot.engine.limits import DEFAULT_LIMITS, GIB, MIB, Allowance
from bot.inventory import Skipped

#: Uncompressed bytes; those for learning on graphics cards have ten gigabytes.
MOST_INFLATED = 32 * GIB
#: What their documents list, as it is in memory at once; images have a few thousand things in a megabyte of names.
MOST_ITEMS = 300_000
MOST_TEXT = 64 * MIB


class Room:
    """What is left of it. Several threads take from it."""

    def __init__(self) -> None:
        self._inflated = Allowance(MOST_INFLATED)
        self._items = Allowance(MOST_ITEMS)
        self._text = Allowance(MOST_TEXT)
        self._lock = Lock()

    def limits(self) -> Limits | None:
        """Give the bounds for reading one more layer; None when there is nothing left for it."""
        left = min(self._inflated.left, DEFAULT_LIMITS.inflated)
        return replace(DEFAULT_LIMITS, inflated=left) if left else None

    def charge(self, document: LayerDocument) -> LayerDocument:
        """Count what reading a layer took, and say in its document where that was too much."""
        with self._lock:
            # The piece in which a layer ends, or was cut, is not counted in it.
            fits = self._inflated.take(document.inflated + OUTPUT)
        return document if fits else replace(document, skipped=(*document.skipped, *TOO_LARGE.skipped))

    def keep(self, document: LayerDocument) -> LayerDocument:
        """Return a document that may be kept in memory, or say instead of it that there are too many."""
        fits = self._items.take(document.items) and self._text.take(document.text)
        return document if fits else _TOO_MUCH


TOO_LARGE = LayerDocument(
    skipped=(
        Skipped("", f"the layers of its image inflate to more than {MOST_INFLATED:,} bytes", transient=True),
    )
)
_TOO_MUCH = LayerDocument(
    skipped=(
        Skipped(
            "",
            f"the layers of its image list more than {MOST_ITEMS:,} things, or very long names",
            transient=True,
        ),
    )
)
