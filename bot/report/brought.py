"""What lockfiles and install commands leave open, in the words of everything else that was not looked at."""

from collections.abc import Iterator, Sequence

from bot.inspection import Brought, DockerfileState, Gap, Unresolved

NAMED = 5
MOST_REASONS = 8
OTHERS = "which versions these are is not known, for further reasons"


def gaps_of(state: DockerfileState | None) -> tuple[Gap, ...]:
    """List what of one side was not looked at, what is added in an unknown version included."""
    if state is None:
        return ()
    return (*state.gaps, *(gap for brought in state.brought for gap in _gaps(brought)))


def _gaps(brought: Brought) -> Iterator[Gap]:
    reasons: dict[str, list[Unresolved]] = {}
    for each in brought.unresolved:
        known = each.why in reasons or len(reasons) < MOST_REASONS
        reasons.setdefault(each.why if known else OTHERS, []).append(each)
    for why, group in reasons.items():
        yield Gap(f"{_bringer(brought)} of {_names(group)}", why, group[0].location)
    for skipped in brought.skipped:
        yield Gap(skipped.what, skipped.why, brought.location)


def _bringer(brought: Brought) -> str:
    return f"{brought.manager} install" if brought.source == brought.manager else brought.source


def _names(group: Sequence[Unresolved]) -> str:
    shown = ", ".join(_named(each) for each in group[:NAMED])
    more = len(group) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _named(unresolved: Unresolved) -> str:
    return f"{unresolved.name} {unresolved.requirement}".strip()
