"""Match packages against advisories: by the places records about them are kept, with OSV's own evaluation.

Pure. Records about the same flaw become one match; what could not be compared is returned beside the matches.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from bot.advisory.ecosystem import distribution, is_newer, normalized, split
from bot.advisory.flaws import Flaws, is_tracker_entry, names_no_flaw
from bot.advisory.judge import Claim, Judgement, judge, make_claim
from bot.advisory.model import Advisory, Affected, Match
from bot.advisory.modules import Stream, is_modular, speaks_of, stream_of
from bot.advisory.places import Place, comes_from_elsewhere, places
from bot.advisory.ranges import smallest_safe
from bot.advisory.rating import rate, rate_by_hits, rate_by_others
from bot.advisory.severity import Rating
from bot.inventory import SkipKind, Skipped
from bot.package import Package
from bot.package.versions import NotComparable

_MAX_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found, and the packages about which something could not be told."""

    matches: tuple[Match, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What the records say of the packages with the same places."""

    judgements: list[tuple[str, Judgement]]
    """(flaw, judgement) pairs."""
    unclear: list[str]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the records that hit say of a flaw, whichever the package and its version."""

    ids: tuple[str, ...]
    records: tuple[str, ...]
    rating: Rating
    summary: str
    url: str


def match(packages: Iterable[Package], advisories: Iterable[Advisory]) -> list[Match]:
    """Return the flaws of the packages, in a fixed order. See `match_all` for what could not be compared."""
    return list(match_all(packages, advisories).matches)


def match_all(packages: Iterable[Package], advisories: Iterable[Advisory]) -> Matches:
    """Return the flaws of the packages, and a `Skipped` for each package that could not be compared."""
    wanted = sorted(set(packages))
    found = {package: places(package) for package in wanted}
    book = _Book(advisories, found.values())
    opinions: dict[tuple[tuple[Place, ...], Stream], _Opinion] = {}
    matches: list[Match] = []
    skipped: list[Skipped] = []
    for package, own in found.items():
        if any(comes_from_elsewhere(place) and book.has(place) for place in own):
            skipped.append(_foreign(package))
            continue
        # Binaries of one source package are one question.
        key = own, stream_of(package)
        if key not in opinions:
            opinions[key] = _judge(*key, book)
        matches += [_to_match(package, flaw, said, book) for flaw, said in opinions[key].judgements]
        if unclear := opinions[key].unclear:
            more = f" (and {len(unclear) - 1} more records)" if len(unclear) > 1 else ""
            skipped.append(Skipped(f"package {package.name} {package.version}", unclear[0] + more))
    return Matches(tuple(sorted(matches, key=lambda m: (m.package, m.ids))), tuple(skipped))


def safe_upgrade(package: Package, advisories: Iterable[Advisory]) -> str:
    """Return the smallest known version above a package's that no record about it affects; empty without any."""
    (place, *_) = places(package) or (None,)
    if place is None:
        return ""
    entries = [
        affected
        for record in _latest(advisories)
        for affected in record.affected
        if (normalized(affected.ecosystem), affected.package) == (place.ecosystem, place.name)
    ]
    try:
        return smallest_safe(entries, place.version)
    except NotComparable:
        return ""


def _foreign(package: Package) -> Skipped:
    why = (
        f"somebody else than {distribution(package.ecosystem)} built it, whose advisories do not speak of it"
    )
    return Skipped(f"package {package.name} {package.version}", why, SkipKind.UNADVISED)


class _Book:
    """The records that can matter for some packages, by place and by flaw."""

    def __init__(self, advisories: Iterable[Advisory], wanted: Iterable[tuple[Place, ...]]) -> None:
        records = _latest(advisories)
        names = {(split(place.ecosystem)[0], place.name) for own in wanted for place in own}
        self.flaws = Flaws(records)
        self._relatives: dict[str, list[Advisory]] = defaultdict(list)
        self._elsewhere: dict[str, Rating | None] = {}
        self._entries: dict[tuple[str, str], list[tuple[Advisory, Affected]]] = defaultdict(list)
        self._fixed_in: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._told: dict[tuple[str, tuple[int, ...]], _Told] = {}
        for record in records:
            if not self.flaws.bundles(record):
                self._relatives[self.flaws.of(record)[0]].append(record)
            for affected in record.affected:
                channel = split(affected.ecosystem)[0]
                if (channel, affected.package) in names:
                    self._enter(channel, record, affected)

    def _enter(self, channel: str, record: Advisory, affected: Affected) -> None:
        self._entries[normalized(affected.ecosystem), affected.package].append((record, affected))
        if any(kind == "fixed" for span in affected.ranges for kind, _ in span.events):
            for flaw in self.flaws.of(record):
                self._fixed_in[channel, affected.package, flaw].add(affected.ecosystem)

    def has(self, place: Place) -> bool:
        """Whether there is any record about a place."""
        return (place.ecosystem, place.name) in self._entries

    def entries(self, place: Place) -> list[tuple[Advisory, Affected]]:
        """Return what the records say of a place."""
        return self._entries.get((place.ecosystem, place.name), [])

    def told(self, flaw: str, hits: tuple[Claim, ...]) -> _Told:
        """Return what the records say of a flaw, put together once for all packages and versions they hit."""
        # The entries live as long as the book, so each is known by where it is.
        key = flaw, tuple(id(claim.affected) for claim in hits)
        if key not in self._told:
            self._told[key] = _told(flaw, hits, self)
        return self._told[key]

    def rated_elsewhere(self, flaw: str) -> Rating | None:
        """Return the rating of a flaw by all records about it alone; there may be a hundred, of as many packages."""
        if flaw not in self._elsewhere:
            self._elsewhere[flaw] = rate_by_others(self._relatives[flaw])
        return self._elsewhere[flaw]

    def fixed_later(self, own: Iterable[Place], flaw: str) -> bool:
        """Whether a newer release of the same channel has a fix for the flaw in the same source package."""
        return any(
            is_newer(release, place.ecosystem)
            for place in own
            if not place.sold
            for release in self._fixed_in.get((split(place.ecosystem)[0], place.name, flaw), ())
        )


def _latest(advisories: Iterable[Advisory]) -> list[Advisory]:
    """Return the records that hold, each id once: two feeds may carry the same one."""
    latest: dict[str, Advisory] = {}
    for record in advisories:
        if record.id not in latest or latest[record.id].modified < record.modified:
            latest[record.id] = record
    return [
        record for _, record in sorted(latest.items()) if not record.withdrawn and not names_no_flaw(record)
    ]


def _judge(own: tuple[Place, ...], stream: Stream, book: _Book) -> _Opinion:
    """Weigh what the records say of a package's places, and why others could not be evaluated."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    unclear: list[str] = []
    for place in own:
        for claim in _settled(_claims(place, stream, book, unclear)):
            for flaw in book.flaws.of(claim.record):
                claims[flaw].append(claim)
    judged = ((flaw, judge(said, partial(book.fixed_later, own, flaw))) for flaw, said in claims.items())
    return _Opinion([(flaw, judgement) for flaw, judgement in judged if judgement is not None], unclear)


def _claims(place: Place, stream: Stream, book: _Book, unclear: list[str]) -> list[Claim]:
    """Return what the entries about a place say; what could not be told goes to `unclear`."""
    made: list[Claim] = []
    for record, affected in book.entries(place):
        try:
            if speaks_of(record, affected, stream):
                made.append(make_claim(record, affected, place, from_tracker=is_tracker_entry(record)))
        except NotComparable as exc:
            unclear.append(f"{record.id} could not be compared: {exc}")
    return made


def _settled(claims: list[Claim]) -> Iterator[Claim]:
    """Leave out what another build of the same update mends: AlmaLinux lists every build of a module it made."""
    mended = {claim.record.id for claim in claims if claim.has_fix and is_modular(claim.affected)}
    return (claim for claim in claims if not (claim.affects and claim.record.id in mended))


def _to_match(package: Package, flaw: str, judgement: Judgement, book: _Book) -> Match:
    told = book.told(flaw, judgement.hits)
    return Match(
        package=package,
        ids=told.ids,
        records=told.records,
        fix_state=judgement.state,
        fixed_version=judgement.fixed_version,
        rating=told.rating,
        summary=told.summary,
        url=told.url,
    )


def _told(flaw: str, hits: tuple[Claim, ...], book: _Book) -> _Told:
    records = list({claim.record.id: claim.record for claim in hits}.values())
    alone = {record.id for record in records if not book.flaws.bundles(record)}
    names = book.flaws.names(flaw) | alone
    explaining = sorted(records, key=lambda record: (record.id not in alone, record.id))
    return _Told(
        ids=tuple(sorted(names, key=lambda name: (not name.startswith("CVE-"), name))),
        records=tuple(sorted(record.id for record in records)),
        rating=_rating(flaw, hits, book),
        summary=next(filter(None, map(_summary, explaining)), ""),
        url=next((url for record in explaining for url in record.references), ""),
    )


def _rating(flaw: str, hits: tuple[Claim, ...], book: _Book) -> Rating:
    """Rate by the records about this flaw alone, else by what is said of a whole bundle."""
    pairs = [(claim.record, claim.affected) for claim in hits]
    alone = [pair for pair in pairs if not book.flaws.bundles(pair[0])]
    return rate_by_hits(alone) or book.rated_elsewhere(flaw) or rate(pairs)


def _summary(record: Advisory) -> str:
    text = record.summary or record.details
    return " ".join(text[: 4 * _MAX_SUMMARY].split())[:_MAX_SUMMARY]
