"""Reasons of a verdict, gathered so that one edit clears a group: the same rule, line and image."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.finding import Kind, Origin
from bot.inspection import Location
from bot.policy.verdict import Reason, Rule, Status
from bot.report.listing import Listing
from bot.report.remedies import Remedy
from bot.report.rows import Row

Key = tuple[Rule, Status, Location | None, str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """One or several reasons with the same words, and the findings behind them."""

    rule: Rule
    status: Status
    location: Location | None
    target: str
    subject: str
    """The image as written, or the lockfile, for vulnerabilities; else what the reason is about."""
    detail: str
    caused_by_change: bool
    rows: Listing[Row]
    packages: tuple[str, ...]
    """Names of the packages behind it, each once, the worst first."""
    remedy: Remedy
    findings: tuple[str, ...] = ()
    """Fingerprints of all findings behind it, in each image they are in."""

    def cut(self, limit: int) -> "Group":
        """Show at most `limit` rows."""
        return replace(self, rows=self.rows.cut(limit))


def gather(reasons: Iterable[Reason]) -> list[tuple[Key, list[Reason]]]:
    """Group reasons: the worst first, then by place and rule."""
    groups: dict[Key, list[Reason]] = {}
    for reason in reasons:
        groups.setdefault(_key(reason), []).append(reason)
    return sorted(groups.items(), key=lambda entry: _order(entry[0]))


def group_of(key: Key, reasons: Sequence[Reason], remedy: Remedy, rows: Sequence[Row]) -> Group:
    """One group, with its rows in the order they are listed."""
    rule, status, location, target, subject, detail = key
    caused = any(reason.caused_by_change for reason in reasons)
    packages = tuple(dict.fromkeys(row.finding.package for row in rows))
    findings = tuple(row.finding.fingerprint for row in rows)
    once = {_apart_from_target(row): row for row in reversed(rows)}
    shown = Listing.of([row for row in rows if once[_apart_from_target(row)] is row])
    return Group(rule, status, location, target, subject, detail, caused, shown, packages, remedy, findings)


def _apart_from_target(row: Row) -> tuple[object, ...]:
    finding = row.finding
    return finding.identity[1:], finding.version, finding.ids, finding.image, finding.location


def _key(reason: Reason) -> Key:
    if reason.difference is None:
        target = reason.location.path if reason.location else ""
        return reason.rule, reason.status, reason.location, target, reason.subject, reason.detail
    finding = reason.difference.finding
    subject = finding.image if finding.kind is Kind.VULNERABILITY else finding.title
    # One line of a lockfile is mended once, in however many images it lands.
    target = "" if finding.origin is Origin.DEPENDENCY else finding.target
    return reason.rule, reason.status, reason.location, target, subject, ""


def _order(key: Key) -> tuple[object, ...]:
    rule, status, location, target, subject, detail = key
    place = (location.path, location.start_line, location.end_line) if location else ("", 0, 0)
    return (-status, place, rule, target, subject, detail)
