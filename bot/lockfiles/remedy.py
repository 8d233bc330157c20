"""For each vulnerable package of a lockfile the smallest safe version, and how to get it. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from bot.advisory.model import Match
from bot.inspection import Upgrade
from bot.location import Location
from bot.lockfiles.commands import advise
from bot.lockfiles.model import Ask, Dependency, Lockfile
from bot.lockfiles.names import manager_of
from bot.lockfiles.wish import Wish
from bot.package import Package
from bot.package.versions import NotComparable, sort_key

FixedBy = Callable[[Package], str]
"""Give the smallest version above a package's that no known flaw affects; empty when none is known."""

MOST_ASKS = 3
"""Places that ask for a package and are named in a command; a note tells of others."""

_NUMBERS = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


def upgrades(lockfile: Lockfile, matches: Iterable[Match], fixed_by: FixedBy) -> tuple[Upgrade, ...]:
    """Give one upgrade for each package with matches, in the order of the lockfile."""
    hit = {match.package for match in matches}
    chosen: dict[Package, Dependency] = {}
    asks: dict[Package, dict[Ask, None]] = {}
    for each in lockfile.dependencies:
        if each.package not in hit:
            continue
        asks.setdefault(each.package, {}).update(dict.fromkeys(each.asks))
        if _goes_before(each, chosen.get(each.package)):
            chosen[each.package] = each
    versions = Counter(
        name for name, _ in {(each.package.name, each.package.version) for each in lockfile.dependencies}
    )
    ordered = sorted(chosen.values(), key=lambda each: (each.path, each.line))
    return tuple(
        _upgrade(lockfile, each, tuple(asks[each.package]), fixed_by(each.package), versions)
        for each in ordered
    )


def highest_fix(package: Package, matches: Iterable[Match]) -> str:
    """The highest of the versions that mend each flaw for itself, where all are mended; empty otherwise.

    It is what matches alone can tell: a flaw that came in between is not seen.
    """
    fixes = [match.fixed_version for match in matches if match.package == package]
    if not fixes or not all(fixes):
        return ""
    try:
        return max(fixes, key=lambda version: sort_key(package.ecosystem, version))
    except NotComparable:
        return ""


def _goes_before(one: Dependency, other: Dependency | None) -> bool:
    """What the application asks for itself is what it can change."""
    return other is None or (one.direct is True and other.direct is not True)


def _upgrade(
    lockfile: Lockfile, dependency: Dependency, asks: tuple[Ask, ...], version: str, versions: Counter[str]
) -> Upgrade:
    package = dependency.package
    location = Location(dependency.path or lockfile.path, dependency.line, dependency.end_line)
    if not version:
        return Upgrade(package, "", "", location, "no version is known to be free of all its flaws")
    wish = Wish(
        package.source_name,
        package.version,
        version,
        dependency.direct,
        dependency.development,
        lockfile.form,
        versions[package.name] > 1,
        asks[:MOST_ASKS],
        lockfile.path,
        lockfile.made_by,
    )
    advice = advise(lockfile.manager, wish)
    notes = [advice.note] if advice.note else []
    if advice.command and manager_of(lockfile.path) is not lockfile.manager:
        notes.append("the command writes the lockfile under its own name, from which this file is to be made")
    if len(asks) > MOST_ASKS:
        notes.append("more members of the workspace ask for it, and need the same")
    if is_breaking(package.version, version):
        notes.append(f"{version} may break what {package.version} did, by its number")
    if dependency.direct is not True and dependency.wanted_by:
        names = ", ".join(dependency.wanted_by)
        notes.append(f"asked for by {names}, which may hold it back")
    return Upgrade(package, version, advice.command, location, "; ".join(notes))


def is_breaking(old: str, new: str) -> bool:
    """Whether a move changes the first number that is not zero, as semantic versions tell of breaking changes."""
    before, after = _NUMBERS.match(old), _NUMBERS.match(new)
    if before is None or after is None:
        return False
    for one, other in zip(before.groups(default="0"), after.groups(default="0"), strict=True):
        if int(one) or int(other):
            return int(one) != int(other)
    return False
