"""Match packages against an index: the one call a review or a scan makes."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.advisory import Matches, match_all, safe_upgrade
from bot.feeds.index import AdvisoryIndex
from bot.inventory import SkipKind, Skipped
from bot.package import Package


def find_matches(index: AdvisoryIndex, packages: Iterable[Package]) -> Matches:
    """Match the packages of covered releases; the others are named as uncovered, never as clean."""
    packages = list(packages)
    covered = [package for package in packages if index.covers(package.ecosystem).covered]
    found = match_all(covered, index.advisories_for(covered))
    return Matches(found.matches, (*_uncovered(index, packages), *found.skipped))


def find_safe_versions(index: AdvisoryIndex, packages: Iterable[Package]) -> dict[Package, str]:
    """Give for each package the smallest version above its own that no record affects, empty where none is known."""
    packages = list(packages)
    records = index.advisories_for(packages)
    return {package: safe_upgrade(package, records) for package in packages}


def _uncovered(index: AdvisoryIndex, packages: Iterable[Package]) -> Iterator[Skipped]:
    counts = Counter(package.ecosystem for package in packages)
    for ecosystem, count in sorted(counts.items()):
        coverage = index.covers(ecosystem)
        if not coverage.covered:
            what = f"{count} {ecosystem} package{'s' if count > 1 else ''}".replace("  ", " ")
            yield Skipped(what, coverage.reason, SkipKind.UNCOVERED)
