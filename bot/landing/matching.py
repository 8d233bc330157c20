"""Match what targets bring: equal sets of packages once, on both sides alike."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from bot.advisory import Matches
from bot.inspection import Brought, TargetPair
from bot.inventory import Skipped
from bot.landing.lockfiles import Lockfiles
from bot.package import Package

MOST_PACKAGES = 100_000
"""Packages of one review that are matched, each set of them counted once."""

Match = Callable[[Sequence[Package]], Awaitable[Matches]]


class Matcher:
    """Matches for one review."""

    def __init__(self, match: Match) -> None:
        self._match = match
        self._known: dict[tuple[Package, ...], Matches] = {}
        self._left = MOST_PACKAGES

    async def matched(self, brought: Brought, lockfiles: Lockfiles) -> Brought:
        """Fill in the flaws of what is brought."""
        packages = tuple(sorted({each.package for each in brought.packages}))
        if not packages:
            return brought
        if packages not in self._known:
            self._left -= len(packages)
            if self._left < 0:
                why = f"more than {MOST_PACKAGES:,} packages land in images"
                return replace(brought, skipped=(*brought.skipped, Skipped(brought.source, why)))
            self._known[packages] = await self._match(packages)
        found = self._known[packages]
        return replace(brought, matches=found.matches, skipped=(*brought.skipped, *found.skipped))


def packages_of(pairs: Iterable[TargetPair]) -> list[Package]:
    """Everything that is brought, one package of each ecosystem being as good as all."""
    found: dict[str, Package] = {}
    for pair in pairs:
        for state in (pair.before, pair.after):
            for brought in state.brought if state else ():
                for each in brought.packages:
                    found.setdefault(each.package.ecosystem, each.package)
    return list(found.values())
