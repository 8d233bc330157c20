"""From the flaws a program reports to matches, as our own advisories would give them."""

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating
from bot.package import Package
from bot.sbom.packages import package_of
from bot.scanners.port import ReportedFlaws
from bot.scanners.tool import Answer, Reported, ToolError

Key = tuple[str, str, str, str]


def reported_flaws(answer: Answer) -> ReportedFlaws | None:
    """Join what it reports with what it lists; None when it only lists. Raises ToolError when they do not fit."""
    if answer.database is None:
        return None
    named: dict[Key, set[Package]] = {}
    for entry in answer.packages:
        named.setdefault(_key(entry.package), set()).add(entry.package)
    found: dict[Match, None] = {}
    unknown = 0
    for each in answer.reported:
        meant = package_of(each.purl, answer.release)
        hit = named.get(_key(meant), set()) if meant else set()
        unknown += not hit or not each.ids
        found |= {_match(package, each): None for package in sorted(hit) if each.ids}
    if unknown:
        raise ToolError(f"it reports {unknown} flaws without a name, or in packages it does not list")
    return ReportedFlaws(answer.database, tuple(sorted(found, key=lambda match: (match.package, match.ids))))


def _match(package: Package, each: Reported) -> Match:
    rating = Rating(each.severity, each.severity_source, each.score)
    state, version = each.fix_state, each.fixed_version
    if state is FixState.FIXED and not version:
        state = FixState.NOT_FIXED
    fixed = version if state is FixState.FIXED else ""
    return Match(package, each.ids, each.records, state, fixed, rating, each.summary, each.url)


def _key(package: Package) -> Key:
    return package.type, package.name, package.version, package.arch
