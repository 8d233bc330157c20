"""Findings in what lockfiles and install commands add to a target, on the line that names the package. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from bot.advisory.model import Match
from bot.finding import Finding
from bot.inspection import Brought, DockerfileState, PredictedPackage, Upgrade
from bot.inventory import Skipped
from bot.package import Package
from bot.sides import hinders
from bot.vulnerability import vulnerability


def brought_findings(state: DockerfileState | None, target: str) -> Iterator[Finding]:
    """Yield one finding for each (package, flaw) that a lockfile or a command brings."""
    for brought in state.brought if state else ():
        named = {each.package: each for each in reversed(brought.packages)}
        upgrades = {each.package: each for each in brought.upgrades}
        for _, group in groupby(sorted(brought.matches, key=_key), key=_key):
            match = next(group)
            package = named.get(match.package)
            if package is not None:
                yield _finding(match, package, brought, target, upgrades.get(match.package))


def content_of(brought: Brought) -> str:
    """Name what is brought by a hash: the same as long as no package of it changes."""
    text = "\0".join(sorted(each.package.purl for each in brought.packages))
    return f"sha256:{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def obstacle_of(brought: Brought) -> Skipped | None:
    """Why nothing can be concluded about what is brought, if so: some of it could not be looked at."""
    return next((skipped for skipped in brought.skipped if hinders(skipped)), None)


def unread_sources(state: DockerfileState | None) -> frozenset[str]:
    """Name the lockfiles and commands of one side about which nothing can be concluded."""
    return frozenset(each.source for each in state.brought if obstacle_of(each)) if state else frozenset()


def _key(match: Match) -> tuple[Package, tuple[str, ...]]:
    return match.package, match.ids


def _finding(
    match: Match, package: PredictedPackage, brought: Brought, target: str, upgrade: Upgrade | None
) -> Finding:
    found = vulnerability(
        match,
        (match.package.name,),
        target=target,
        origin=brought.origin,
        shipped=brought.shipped,
        location=package.location,
        image=brought.source,
    )
    return replace(
        found,
        development=package.development,
        upgrade=upgrade.command if upgrade else "",
        safe_version=upgrade.version if upgrade else "",
        upgrade_note=upgrade.note if upgrade else "",
        updater=upgrade.updater if upgrade else "",
    )
