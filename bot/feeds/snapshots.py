"""The advisory index in use, and the last few before it: a verdict is judged again on the snapshot it was made on."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from bot.feeds.index import AdvisoryIndex
from bot.feeds.parsed import ParsedAdvisories
from bot.feeds.problems import IndexUnusable

MOST_KEPT = 4


class Snapshots:
    """Opens indexes by snapshot id. Keeping one costs no space while it is the one in use: it is a hard link."""

    def __init__(self, path: Path, kept: Path) -> None:
        self._path = path
        self._kept = kept
        self._parsed = ParsedAdvisories()

    def open(self, wanted: str = "") -> AdvisoryIndex | None:
        """Open the wanted snapshot if it is still kept, else the one in use; None when there is none.

        Raises IndexUnusable when the one in use is damaged, and the wanted one is not there.
        """
        kept = self._open_kept(wanted) if wanted else None
        if kept is None:
            return self._open_current()
        try:
            current = self._open_current()
        except IndexUnusable:
            return kept
        # With the same content, the one in use was checked later.
        chosen, other = (current, kept) if current and current.snapshot.id == wanted else (kept, current)
        if other is not None:
            other.close()
        return chosen

    def _open_kept(self, wanted: str) -> AdvisoryIndex | None:
        """Open a kept snapshot; one that another version made, or that is damaged, counts as gone."""
        place = self._place(wanted)
        with suppress(OSError):
            # What is asked for again is not the next to go.
            os.utime(place)
        try:
            return AdvisoryIndex.open(place, self._parsed)
        except IndexUnusable:
            return None

    def _open_current(self) -> AdvisoryIndex | None:
        link = self._kept / f"incoming-{uuid4().hex}"
        try:
            self._kept.mkdir(parents=True, exist_ok=True)
            # Linked before it is opened: an update may replace the path at any moment.
            os.link(self._path, link)
        except OSError:
            # Without hard links nothing is kept, and what is there can be used all the same.
            return AdvisoryIndex.open(self._path, self._parsed) if self._path.is_file() else None
        try:
            index = AdvisoryIndex.open(link, self._parsed)
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
