"""How much of a layer is read before giving up, and the two ways in which reading one can end early."""

from dataclasses import dataclass

GIB = 1 << 30
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one layer. The defaults fit any honest image and keep a hostile one to seconds."""

    compressed: int = 4 * GIB
    inflated: int = 4 * GIB
    members: int = 1_000_000
    """Gzip members; the seekable formats (eStargz) write one for each file."""
    entries: int = 1_000_000
    file: int = 64 * MIB
    """One file that is read as a whole, such as a package database."""
    streamed: int = 1 * GIB
    """One file that is larger than that and can be read in pieces, such as an archive of Java."""
    files: int = 1 * GIB
    """All files that are read as a whole for their packages, together; one at a time is in memory."""
    systems: int = 192 * MIB
    """Package databases of the system, together, and their lists of files: they are read line by line."""
    claims: int = 32 * MIB
    """Paths that packages own, until the end of the layer; beyond it files seem to be owned by none."""
    secrets: int = 1000
    """Places of secrets a layer document keeps."""
    extended_header: int = 1 * MIB
    """One pax header or GNU long name, as in Go's archive/tar."""
    pax_records: int = 4_000_000
    path_length: int = 4096
    path_depth: int = 256
    kept: int = 100_000
    """Items of one kind a layer document keeps: packages of all databases, whiteouts, set-id files."""
    occupied: int = 50_000
    """Executables and links a layer document keeps to tell what they hide; without the rest it hides less."""
    hints: int = 2000
    """Example paths kept for each kind of content that is not looked into."""
    text: int = 16 * MIB
    """Length of all paths a layer document keeps, together; that of packages, names included, once more."""
    unread: int = 100
    """Files that should have been read and could not be; with more, reading stops."""


DEFAULT_LIMITS = Limits()


class Allowance:
    """Something of which there is only so much for a whole layer, or image."""

    def __init__(self, left: int) -> None:
        self._left = left

    @property
    def left(self) -> int:
        """How much there is."""
        return max(0, self._left)

    def take(self, amount: int) -> bool:
        """Use some of it; false when there was not enough left."""
        self._left -= amount
        return self._left >= 0


class LayerError(Exception):
    """Reading this layer ended early; the text says why, for people."""


class DamagedError(LayerError):
    """The bytes are not what a layer is made of, or some of them are missing."""


class LimitError(LayerError):
    """The layer is larger than we are willing to read."""
