"""Match what targets bring: equal sets of packages once, on both sides alike."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from bot.advisory import Matches
from bot.finding import Origin
from bot.inspection import Brought, PredictedPackage, TargetPair, Unresolved, Upgrade
from bot.inventory import Skipped
from bot.landing.lockfiles import Lockfiles
from bot.lockfiles.remedy import upgrades
from bot.package import Package

MOST_PACKAGES = 100_000
"""Packages of one review that are matched, each set of them counted once."""

MOST_UPGRADES = 200
"""Vulnerable packages of one lockfile for which a safe version is looked for."""

Match = Callable[[Sequence[Package]], Awaitable[Matches]]
SpokenOf = Callable[[Sequence[Package]], Awaitable[frozenset[Package]]]
SafeVersions = Callable[[Sequence[Package]], Awaitable[dict[Package, str]]]


class Matcher:
    """Matches for one review."""

    def __init__(self, match: Match, safe_versions: SafeVersions, spoken_of: SpokenOf) -> None:
        self._match = match
        self._safe_versions = safe_versions
        self._spoken_of = spoken_of
        self._known: dict[tuple[Package, ...], Matches] = {}
        self._safe: dict[tuple[Package, ...], dict[Package, str]] = {}
        self._left = MOST_PACKAGES

    async def matched(self, brought: Brought, lockfiles: Lockfiles) -> Brought:
        """Fill in the flaws of what is brought."""
        brought = await self._without_unknown(brought)
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
        brought = replace(brought, matches=found.matches, skipped=(*brought.skipped, *found.skipped))
        return replace(brought, upgrades=await self._upgrades(brought, lockfiles))

    async def _without_unknown(self, brought: Brought) -> Brought:
        """List as unresolved what no advisory speaks of by its own name: it may by that of its source package."""
        guessed = [each.package for each in brought.packages if each.guessed]
        unknown = set(guessed) - await self._spoken_of(guessed) if guessed else set()
        if not unknown:
            return brought
        left = (each for each in brought.packages if each.package in unknown)
        return replace(
            brought,
            packages=tuple(each for each in brought.packages if each.package not in unknown),
            unresolved=(*brought.unresolved, *map(_of_unknown_source, left)),
        )

    async def _upgrades(self, brought: Brought, lockfiles: Lockfiles) -> tuple[Upgrade, ...]:
        lockfile = (
            lockfiles.known(brought.source, brought.manager) if brought.origin is Origin.DEPENDENCY else None
        )
        hit = sorted({match.package for match in brought.matches})[:MOST_UPGRADES]
        if lockfile is None or not hit:
            return ()
        wanted = tuple(hit)
        if wanted not in self._safe:
            self._safe[wanted] = await self._safe_versions(wanted)
        safe, kept = self._safe[wanted], frozenset(wanted)
        matches = [match for match in brought.matches if match.package in kept]
        found = upgrades(lockfile, matches, lambda package: safe.get(package, ""))
        kept_by = lockfiles.kept_by(lockfile)
        return tuple(replace(each, updater=kept_by) for each in found)


def _of_unknown_source(predicted: PredictedPackage) -> Unresolved:
    package = predicted.package
    release = package.ecosystem.replace(":", " ")
    why = f"its source package is not known, and no advisory of {release} goes by this name"
    return Unresolved(package.name, f"={package.version}", why, predicted.location)


def packages_of(pairs: Iterable[TargetPair]) -> list[Package]:
    """Everything that is brought, one package of each ecosystem being as good as all."""
    found: dict[str, Package] = {}
    for pair in pairs:
        for state in (pair.before, pair.after):
            for brought in state.brought if state else ():
                for each in brought.packages:
                    found.setdefault(each.package.ecosystem, each.package)
    return list(found.values())
