"""Match packages against an index: the one call a review or a scan makes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from bot.advisory import Match, Matches, match_all, matchable, safe_upgrade
from bot.feeds.catalogues import Kind
from bot.feeds.index import AdvisoryIndex
from bot.feeds.published import OF_DISTRIBUTIONS, UNADVISED_DISTRIBUTIONS
from bot.feeds.snapshot import Coverage
from bot.inventory import InstalledPackage, SkipKind, Skipped
from bot.package import Package


def find_matches(index: AdvisoryIndex, packages: Iterable[Package]) -> Matches:
    """Match the packages of covered releases, with what is known of exploitation.

    The others are named as uncovered or unadvised, never as clean.
    """
    packages = list(packages)
    coverage = {ecosystem: index.covers(ecosystem) for ecosystem in {each.ecosystem for each in packages}}
    covered = [package for package in packages if coverage[package.ecosystem].covered]
    others = [package for package in packages if not coverage[package.ecosystem].covered]
    found = match_all(covered, index.advisories_for(covered))
    return Matches(with_exploitation(index, found.matches), (*_uncovered(others, coverage), *found.skipped))


def find_hits(index: AdvisoryIndex, ids: Iterable[str], packages: Iterable[Package]) -> tuple[Match, ...]:
    """Return what `find_matches` finds by some advisories, without reading all else that is known of the packages."""
    wanted = frozenset(ids)
    is_covered = cache(lambda ecosystem: index.covers(ecosystem).covered)
    covered = [package for package in packages if is_covered(package.ecosystem)]
    found = match_all(covered, index.records_with_relatives(wanted)).matches
    return with_exploitation(index, tuple(match for match in found if not wanted.isdisjoint(match.records)))


def find_matches_in(index: AdvisoryIndex, installed: Iterable[InstalledPackage]) -> Matches:
    """Match what an image holds, save what its distribution speaks for."""
    return find_matches(index, matchable(installed, cache(index.knows)))


def find_known(index: AdvisoryIndex, packages: Iterable[Package]) -> list[Package]:
    """Return the packages of which any record speaks, in whatever version, and those of which none could."""
    return list(filter(index.knows, packages))


def find_safe_versions(index: AdvisoryIndex, packages: Iterable[Package]) -> dict[Package, str]:
    """Give for each package the smallest version above its own that no record affects, empty where none is known."""
    packages = list(packages)
    records = index.advisories_for(packages)
    return {package: safe_upgrade(package, records) for package in packages}


def with_exploitation(index: AdvisoryIndex, matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Join KEV and EPSS by any of a flaw's CVE names. What a catalogue does not tell stays unknown."""
    cves = {name for match in matches for name in match.ids if name.startswith("CVE-")}
    kev, epss = index.scores(Kind.KEV, cves), index.scores(Kind.EPSS, cves)
    if kev is None and epss is None:
        return matches
    return tuple(
        replace(
            match,
            kev=None if kev is None else any(name in kev for name in match.ids),
            epss=max((epss[name] for name in match.ids if name in epss), default=None) if epss else None,
        )
        for match in matches
    )


def _uncovered(packages: Iterable[Package], coverage: dict[str, Coverage]) -> Iterator[Skipped]:
    """Name the packages nothing can be said about, those with one reason together."""
    counts = Counter((package.ecosystem, *_why(package, coverage[package.ecosystem])) for package in packages)
    for (ecosystem, kind_of, reason, skip), count in sorted(counts.items()):
        what = f"{count} {ecosystem or kind_of} package{'s' if count > 1 else ''}".replace("  ", " ")
        yield Skipped(what, reason, skip)


def _why(package: Package, coverage: Coverage) -> tuple[str, str, SkipKind]:
    """Return what to call packages without an ecosystem, why nothing is known of them, and which kind of gap it is."""
    if not coverage.published:
        return "", coverage.reason, SkipKind.UNADVISED
    if package.ecosystem:
        return "", coverage.reason, SkipKind.UNCOVERED
    if package.type not in OF_DISTRIBUTIONS:
        return package.type, f"nobody publishes advisories for {package.type} packages", SkipKind.UNADVISED
    if name := UNADVISED_DISTRIBUTIONS.get(package.namespace):
        return name, f"nobody publishes advisories for {name} in OSV's form", SkipKind.UNADVISED
    return "", coverage.reason, SkipKind.UNCOVERED
