"""Match packages against advisories: by distribution release and source package, with OSV's own evaluation.

Pure. Records about the same flaw become one match; what could not be compared is returned beside the matches.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.advisory.ecosystem import is_newer, normalized, split
from bot.advisory.flaws import Flaws, is_tracker_entry
from bot.advisory.judge import Claim, Judgement, judge, make_claim
from bot.advisory.model import Advisory, Affected, Match
from bot.advisory.rating import rate
from bot.advisory.severity import Rating, Severity
from bot.inventory import Skipped
from bot.package import Package
from bot.package.versions import NotComparable

_MAX_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found, and the packages about which something could not be told."""

    matches: tuple[Match, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def match(packages: Iterable[Package], advisories: Iterable[Advisory]) -> list[Match]:
    """Return the flaws of the packages, in a fixed order. See `match_all` for what could not be compared."""
    return list(match_all(packages, advisories).matches)


def match_all(packages: Iterable[Package], advisories: Iterable[Advisory]) -> Matches:
    """Return the flaws of the packages, and a `Skipped` for each package that could not be compared."""
    wanted = sorted(set(packages))
    book = _Book(advisories, {_place(package) for package in wanted})
    matches: list[Match] = []
    skipped: list[Skipped] = []
    for package in wanted:
        claims, unclear = _claims(package, book)
        matches += _matches(package, claims, book)
        if unclear:
            more = f" (and {len(unclear) - 1} more records)" if len(unclear) > 1 else ""
            skipped.append(Skipped(f"package {package.name} {package.version}", unclear[0] + more))
    return Matches(tuple(sorted(matches, key=lambda m: (m.package, m.ids))), tuple(skipped))


def _place(package: Package) -> tuple[str, str]:
    """Return the channel and the source package: where all releases' entries about it are kept together."""
    return split(package.ecosystem)[0], package.source_name


class _Book:
    """The records that can matter for some packages, by place and by flaw."""

    def __init__(self, advisories: Iterable[Advisory], places: set[tuple[str, str]]) -> None:
        records = _latest(advisories)
        self.flaws = Flaws(records)
        self.entries: dict[tuple[str, str], list[tuple[Advisory, Affected]]] = defaultdict(list)
        self.relatives: dict[str, list[Advisory]] = defaultdict(list)
        self._fixed_in: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for record in records:
            if not self.flaws.bundles(record):
                self.relatives[self.flaws.of(record)[0]].append(record)
            for affected in record.affected:
                place = split(affected.ecosystem)[0], affected.package
                if place in places:
                    self._enter(place, record, affected)

    def _enter(self, place: tuple[str, str], record: Advisory, affected: Affected) -> None:
        self.entries[place].append((record, affected))
        if any(kind == "fixed" for span in affected.ranges for kind, _ in span.events):
            for flaw in self.flaws.of(record):
                self._fixed_in[*place, flaw].add(affected.ecosystem)

    def fixed_later(self, package: Package, flaw: str) -> bool:
        """Whether a newer release of the same channel has a fix for the flaw in the same source package."""
        releases = self._fixed_in.get((*_place(package), flaw), ())
        return any(is_newer(release, package.ecosystem) for release in releases)


def _latest(advisories: Iterable[Advisory]) -> list[Advisory]:
    """Return the records that hold, each id once: two feeds may carry the same one."""
    latest: dict[str, Advisory] = {}
    for record in advisories:
        if record.id not in latest or latest[record.id].modified < record.modified:
            latest[record.id] = record
    return [record for _, record in sorted(latest.items()) if not record.withdrawn]


def _claims(package: Package, book: _Book) -> tuple[dict[str, list[Claim]], list[str]]:
    """Return the claims about each flaw in the package's release, and why others could not be evaluated."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    unclear: list[str] = []
    release = normalized(package.ecosystem)
    for record, affected in book.entries[_place(package)]:
        if normalized(affected.ecosystem) != release:
            continue
        try:
            tracked = is_tracker_entry(record)
            claim = make_claim(record, affected, package.source_version, from_tracker=tracked)
        except NotComparable as exc:
            unclear.append(f"{record.id} could not be compared: {exc}")
            continue
        for flaw in book.flaws.of(record):
            claims[flaw].append(claim)
    return claims, unclear


def _matches(package: Package, claims: dict[str, list[Claim]], book: _Book) -> Iterator[Match]:
    for flaw, said in claims.items():
        judgement = judge(said, fixed_later=book.fixed_later(package, flaw))
        if judgement is not None:
            yield _to_match(package, flaw, judgement, book)


def _to_match(package: Package, flaw: str, judgement: Judgement, book: _Book) -> Match:
    records = list({claim.record.id: claim.record for claim in judgement.hits}.values())
    alone = {record.id for record in records if not book.flaws.bundles(record)}
    names = book.flaws.names(flaw) | alone
    explaining = sorted(records, key=lambda record: (record.id not in alone, record.id))
    return Match(
        package=package,
        ids=tuple(sorted(names, key=lambda name: (not name.startswith("CVE-"), name))),
        records=tuple(sorted(record.id for record in records)),
        fix_state=judgement.state,
        fixed_version=judgement.fixed_version,
        rating=_rating(flaw, judgement, book),
        summary=next(filter(None, map(_summary, explaining)), ""),
        url=next((url for record in explaining for url in record.references), ""),
    )


def _rating(flaw: str, judgement: Judgement, book: _Book) -> Rating:
    """Rate by the records about this flaw alone, else by what is said of a whole bundle."""
    pairs = [(claim.record, claim.affected) for claim in judgement.hits]
    alone = [pair for pair in pairs if not book.flaws.bundles(pair[0])]
    rating = rate(alone, book.relatives[flaw])
    return rating if rating.severity is not Severity.UNKNOWN else rate(pairs)


def _summary(record: Advisory) -> str:
    text = record.summary or record.details
    return " ".join(text[: 4 * _MAX_SUMMARY].split())[:_MAX_SUMMARY]
