"""How much of a registry's answers is read, and how long it is waited for."""

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and seconds."""

    manifest: int = 4 * MEGABYTE
    config: int = 8 * MEGABYTE
    blob: int = 2048 * MEGABYTE
    layers: int = 128
    tags: int = 100_000
    tag_page: int = 8 * MEGABYTE
    tag_pages: int = 200
    deadline: float = 60
    """For resolving, a manifest, a config or a list of tags, all retries and pages included."""
    blob_deadline: float = 600
    """For one layer, from when its turn comes."""
    blobs_at_once: int = 8
    attempts: int = 3
    backoff: float = 0.3
    """Before the second attempt; doubles for each further one."""
    longest_wait: float = 10
    """A registry that asks us to wait longer than this is given up on for now."""
