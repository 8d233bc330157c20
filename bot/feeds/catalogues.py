"""Read what is known of exploitation: CISA's catalogue (KEV) and FIRST's scores (EPSS), by CVE.

Formats: https://www.cisa.gov/known-exploited-vulnerabilities-catalog (JSON) and https://www.first.org/epss/data_stats
(CSV, gzipped, with a comment line that tells the day of the scores).
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.feeds.problems import ImportRefused
from bot.feeds.snapshot import CatalogueState
from bot.feeds.tally import moment

MAX_BYTES = 64 << 20
"""As they are sent. Both are a few megabytes."""
_MAX_UNPACKED = 256 << 20
_MAX_ROWS = 4_000_000
_MAX_LINE = 1_000
_CVE = re.compile(r"CVE-([0-9]{4})-([0-9]{4,12})")
_SCORED = re.compile(r"score_date:([0-9T:.+Z-]{10,40})")
_PER_YEAR = 10**12


class Kind(StrEnum):
    """The catalogues there are."""

    KEV = "KEV"
    EPSS = "EPSS"


#: Where `db import` finds them, beside the ecosystems.
FILES = {Kind.KEV: ("kev.json",), Kind.EPSS: ("epss.csv.gz", "epss.csv")}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one catalogue says: CVEs by number, each with its score; of KEV every score is 1."""

    kind: Kind
    scores: Mapping[int, float]
    broken: int = 0
    """Entries that could not be read, and were left out."""
    dated: datetime | None = None
    """The day the catalogue itself names."""

    def state(self, source: str, checked: datetime, etag: str = "") -> CatalogueState:
        """Say what is known of it once it is kept."""
        return CatalogueState(self.kind, source, checked, etag, len(self.scores), self.broken, self.digest)

    @property
    def digest(self) -> str:
        """Name the content, whatever the order of the entries."""
        digest = hashlib.sha256()
        for number in sorted(self.scores):
            digest.update(f"{number}:{self.scores[number]!r}\n".encode())
        return digest.hexdigest()


def number_of(cve: str) -> int | None:
    """Return `CVE-2024-6387` as a number that sorts and packs well; None for what is no CVE."""
    found = _CVE.fullmatch(cve)
    return int(found[1]) * _PER_YEAR + int(found[2]) if found else None


def read_catalogue(kind: Kind, raw: bytes) -> Catalogue:
    """Read a catalogue; raises ImportRefused for what is none, or an empty one."""
    if len(raw) > MAX_BYTES:
        raise ImportRefused(f"The {kind} catalogue has more than {MAX_BYTES} bytes.", feed=kind)
    found = _read_kev(raw) if kind is Kind.KEV else _read_epss(raw)
    if not found.scores:
        raise ImportRefused(f"There is not one CVE in the {kind} catalogue.", feed=kind)
    if found.broken > max(10, len(found.scores) // 100):
        raise ImportRefused(f"{found.broken} entries of the {kind} catalogue cannot be read.", feed=kind)
    return found


def _read_kev(raw: bytes) -> Catalogue:
    try:
        document = json.loads(raw)
        entries, dated = document["vulnerabilities"], document.get("dateReleased")
    except (ValueError, RecursionError, LookupError, TypeError) as exc:
        raise ImportRefused(f"The KEV catalogue cannot be read: {str(exc)[:200]}", feed=Kind.KEV) from None
    if not isinstance(entries, list):
        raise ImportRefused("The KEV catalogue has no list of vulnerabilities.", feed=Kind.KEV)
    names = [entry.get("cveID") if isinstance(entry, dict) else None for entry in entries]
    numbers = [number_of(name.strip()) if isinstance(name, str) else None for name in names]
    known = {number: 1.0 for number in numbers if number is not None}
    broken = sum(number is None for number in numbers)
    return Catalogue(Kind.KEV, known, broken, moment(dated) if isinstance(dated, str) else None)


def _read_epss(raw: bytes) -> Catalogue:
    scores: dict[int, float] = {}
    broken, dated = 0, None
    for count, line in enumerate(_lines(raw)):
        if count > _MAX_ROWS:
            raise ImportRefused(f"The EPSS scores have more than {_MAX_ROWS} rows.", feed=Kind.EPSS)
        if found := _SCORED.search(line) if line.startswith("#") else None:
            dated = moment(found[1])
        if line.startswith(("#", "cve,")) or not line.strip():
            continue
        cve, _, rest = line.partition(",")
        number, score = number_of(cve.strip()), _probability(rest.partition(",")[0])
        if number is None or score is None:
            broken += 1
        else:
            scores[number] = score
    return Catalogue(Kind.EPSS, scores, broken, dated)


def _probability(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _lines(raw: bytes) -> Iterator[str]:
    """Unpack and part into lines, piece by piece: a bomb is left where it exceeds the bound."""
    rest = b""
    for piece in _unpacked(raw):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _MAX_LINE:
            raise ImportRefused(
                f"A line of the EPSS scores is longer than {_MAX_LINE} bytes.", feed=Kind.EPSS
            )
        for line in lines:
            yield line[:_MAX_LINE].decode("ascii", "replace")
    yield rest.decode("ascii", "replace")


def _unpacked(raw: bytes) -> Iterator[bytes]:
    if not raw.startswith(b"\x1f\x8b"):
        yield raw
        return
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    size = 0
    try:
        while not inflate.eof:
            piece = inflate.decompress(raw, 1 << 20)
            raw, size = inflate.unconsumed_tail, size + len(piece)
            if size > _MAX_UNPACKED:
                raise ImportRefused(
                    f"The EPSS scores unpack to more than {_MAX_UNPACKED} bytes.", feed=Kind.EPSS
                )
            if not piece and not raw and not inflate.eof:
                raise ImportRefused("The EPSS scores are cut short.", feed=Kind.EPSS)
            yield piece
    except zlib.error as exc:
        raise ImportRefused(f"The EPSS scores cannot be unpacked: {exc}", feed=Kind.EPSS) from None
