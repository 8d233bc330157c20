"""The advisory index in use, and the last few before it: a verdict is judged again on the snapshot it was made on."""

import os
from pathlib import Path
from uuid import uuid4

from bot.feeds.index import AdvisoryIndex

MOST_KEPT = 4


class Snapshots:
    """Opens indexes by snapshot id. Keeping one costs no space while it is the one in use: it is a hard link."""

    def __init__(self, path: Path, kept: Path) -> None:
        self._path = path
        self._kept = kept

    def open(self, wanted: str = "") -> AdvisoryIndex | None:
        """Open the wanted snapshot if it is still kept, else the one in use; None when there is none.

        Raises IndexUnusable for a damaged file.
        """
        place = self._place(wanted) if wanted else None
        if place is not None and place.is_file():
            return AdvisoryIndex.open(place)
        return self._open_current()

    def _open_current(self) -> AdvisoryIndex | None:
        self._kept.mkdir(parents=True, exist_ok=True)
        link = self._kept / f"incoming-{uuid4().hex}"
        try:
            # Linked before it is opened: an update may replace the path at any moment.
            os.link(self._path, link)
        except FileNotFoundError:
            return None
        try:
            index = AdvisoryIndex.open(link)
            os.utime(link)
            os.replace(link, self._place(index.snapshot.id))
        finally:
            link.unlink(missing_ok=True)
        self._prune()
        return index

    def _place(self, snapshot: str) -> Path:
        return self._kept / f"{''.join(char for char in snapshot if char.isalnum() or char in '-_')}.db"

    def _prune(self) -> None:
        kept = sorted(self._kept.glob("*.db"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[MOST_KEPT:]:
            path.unlink(missing_ok=True)
