"""What `plimsoll scan IMAGE` prints for people: a table; `scan` is the same for machines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from bot.advisory.model import FixState, Match
from bot.finding import Finding
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import ImageSecret, InstalledPackage
from bot.report.console import printed, styled, table
from bot.report.scan import is_blind, is_conclusive, layers_of, left_out, worst_faults, worst_first
from bot.report.templating import macro, say

_WORDS = "terminal/scan.txt.j2"


def render_scan_table(
    reference: str,
    seen: SeenImage,
    snapshot: SnapshotSeen | None,
    *,
    today: date,
    faults: Sequence[Finding] = (),
    colour: bool = False,
    width: int = 100,
) -> str:
    """Packages in numbers, then the vulnerabilities: the worst first, fixable ones before others.

    `faults` are what the rules say of the image itself.
    """
    return printed(_parts(reference, seen, snapshot, today, faults), colour=colour, width=width)


def _parts(
    reference: str,
    seen: SeenImage,
    snapshot: SnapshotSeen | None,
    today: date,
    faults: Sequence[Finding],
) -> Iterator[RenderableType]:
    matches, layers = worst_first(seen), layers_of(seen)
    kinds = sorted(Counter(entry.package.type for entry in seen.inventory.packages).items())
    yield Text(macro(_WORDS, "head", reference, seen, kinds))
    if seen.support:
        yield Text(macro(_WORDS, "support", seen.support, today))
    counts = Counter(match.rating.severity for match in matches)
    ordered = [(severity.word, counts[severity]) for severity in sorted(counts, reverse=True)]
    worst = ordered[0][0] if ordered else "pass" if is_conclusive(seen, snapshot) else "error"
    yield styled("\n" + macro(_WORDS, "verdict", snapshot, ordered, len(matches), is_blind(seen)), worst)
    if matches:
        yield table(macro(_WORDS, "columns").split("|"), (_cells(match, layers) for match in matches))
    if seen.inventory.secrets:
        yield Text("\n" + macro(_WORDS, "secrets", len(seen.inventory.secrets)))
        yield table(macro(_WORDS, "secret_columns").split("|"), map(_secret_cells, seen.inventory.secrets))
    if faults:
        yield Text("\n" + macro(_WORDS, "faults", len(faults)))
        yield table(macro(_WORDS, "fault_columns").split("|"), map(_fault_cells, worst_faults(faults)))
    if skipped := left_out(seen):
        yield Text("\n" + macro(_WORDS, "left_out", skipped))
    yield Text("\n" + macro(_WORDS, "tail", snapshot))


def _cells(match: Match, layers: dict[object, InstalledPackage]) -> tuple[str | Text, ...]:
    severity, entry = match.rating.severity.word, layers.get(match.package)
    fix = (
        match.fixed_version if match.fix_state is FixState.FIXED and match.fixed_version else match.fix_state
    )
    return (
        match.package.name,
        match.package.version,
        match.ids[0],
        styled(say("severity", severity), severity),
        fix,
        str(entry.layer + 1) if entry else "",
    )


def _secret_cells(secret: ImageSecret) -> tuple[str | Text, ...]:
    severity = secret.severity.word
    return (
        styled(say("severity", severity), severity),
        secret.title,
        macro(_WORDS, "secret_place", secret),
        secret.hint,
        macro(_WORDS, "secret_layer", secret),
    )


def _fault_cells(fault: Finding) -> tuple[str | Text, ...]:
    severity = fault.severity.word
    return (styled(say("severity", severity), severity), fault.summary, fault.id, fault.remedy)
