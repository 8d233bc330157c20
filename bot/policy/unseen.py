"""What could not be looked at, and how much it weighs. Pure; the table of missing sides is DESIGN §2."""

from collections.abc import Iterator
from dataclasses import replace

from bot.brought import content_of, obstacle_of
from bot.inspection import Base, Brought, DockerfileState, TargetPair
from bot.inventory import SkipKind, Skipped
from bot.policy.verdict import Reason, Rule, Status
from bot.sides import bases_by_role, obstacle, unexamined

RULE_OF_SKIP = {
    SkipKind.UNREADABLE: Rule.UNREADABLE_IMAGE,
    SkipKind.UNRESOLVED: Rule.UNRESOLVED_REFERENCE,
    SkipKind.UNCOVERED: Rule.UNCOVERED_RELEASE,
}


def pair_reasons(pair: TargetPair) -> Iterator[Reason]:
    """What of the head could not be looked at, against what of the base side was."""
    if pair.after is None:
        return
    yield from _syntax_reasons(pair.before, pair.after)
    yield from _source_reasons(pair.before, pair.after)
    before = bases_by_role(pair.before)
    for role, base in bases_by_role(pair.after).items():
        for reason in _base_reasons(before.get(role), base):
            mild = bool(pair.after.kind) and _is_mild(before.get(role), base)
            yield replace(reason, status=min(reason.status, Status.WARN)) if mild else reason


def _syntax_reasons(before: DockerfileState | None, after: DockerfileState) -> Iterator[Reason]:
    if after.problem is None:
        if before is not None and before.problem is not None:
            yield _reason_of_base_side(after.shipped, "the file of the base could not be understood")
        return
    old = before is not None and _is_same_problem(before, after)
    yield Reason(
        Rule.UNREADABLE_LOCKFILE if after.problem.lockfiles else Rule.DOCKERFILE_SYNTAX,
        Status.WARN if old else Status.ERROR,
        after.problem.location,
        subject=after.path,
        detail=after.problem.reason,
        caused_by_change=not old,
    )


def _is_same_problem(before: DockerfileState, after: DockerfileState) -> bool:
    """Whether the change is innocent: what is no Dockerfile was none before, what is beyond limits did not change."""
    was, now = before.problem, after.problem
    if was is None or now is None or was.reason != now.reason:
        return False
    return not now.beyond_limits or (before.blob, was.lockfiles) == (after.blob, now.lockfiles)


RULE_OF_SOURCE = {SkipKind.UNCOVERED: Rule.UNCOVERED_RELEASE}


def _source_reasons(before: DockerfileState | None, after: DockerfileState) -> Iterator[Reason]:
    """Lockfiles and commands about which nothing can be concluded; a warning where that was so before."""
    was = {
        (each.source, skip.kind, _what_of(each, skip))
        for each in (before.brought if before else ())
        if each.shipped
        for skip in each.skipped
    }
    for brought in after.brought:
        skipped = obstacle_of(brought)
        if skipped is None or not brought.shipped:
            continue
        excused = (brought.source, skipped.kind, _what_of(brought, skipped)) in was
        yield Reason(
            RULE_OF_SOURCE.get(skipped.kind, Rule.UNREADABLE_LOCKFILE),
            Status.WARN if excused else Status.ERROR,
            brought.location,
            subject=brought.source,
            detail=skipped.why,
            caused_by_change=not excused,
        )


def _what_of(brought: Brought, skipped: Skipped) -> str:
    """What has to be as it was for an excuse; that no advisories cover it excuses what it brings, whatever that is."""
    return "" if skipped.kind is SkipKind.UNCOVERED else brought.content or content_of(brought)


def _is_mild(before: Base | None, after: Base) -> bool:
    """Whether an obstacle in a file that is no Dockerfile only warns: what is not shipped, and what its user fills in.

    Where an image stood before, a variable in its place is no excuse.
    """
    unresolved = after.missing is not None and after.missing.kind is SkipKind.UNRESOLVED
    return not after.shipped or (before is None and unresolved)


def _base_reasons(before: Base | None, after: Base) -> Iterator[Reason]:
    here, there = obstacle(after), obstacle(before) if before else None
    if here is None and (unread := unexamined(after.seen)) is not None:
        yield Reason(
            Rule.UNEXAMINED_IMAGE, Status.WARN, after.location, subject=after.reference, detail=unread.why
        )
    if here is None:
        if before is not None and there is not None and not before.recalled:
            yield _reason_of_base_side(after, f"{before.written}: {there.why}")
        if before is not None and before.seen is not None and not before.seen.confirmed:
            yield _reason_of_base_side(after, before.written, Rule.RECALLED_BASE_SIDE)
        return
    excused = before is not None and _same_obstacle(before, there, after, here)
    yield Reason(
        RULE_OF_SKIP.get(here.kind, Rule.UNREADABLE_IMAGE),
        Status.WARN if excused else Status.ERROR,
        after.location,
        subject=after.reference or after.written,
        detail=here.why,
        caused_by_change=not excused,
    )


def _same_obstacle(before: Base, there: Skipped | None, after: Base, here: Skipped) -> bool:
    """Whether the change is innocent: both sides fail alike on the same reference, or only a builder knows it."""
    same = _asked_for(before) == _asked_for(after)
    if there is None:
        # What is remembered of the base side could not be read now either.
        return same and before.recalled
    if there.kind is SkipKind.UNRESOLVED and here.kind is SkipKind.UNRESOLVED:
        return True
    return same and there.kind is here.kind


def _asked_for(base: Base) -> tuple[str, str, str]:
    return base.reference or base.written, base.platform, base.content


def _reason_of_base_side(after: Base | None, detail: str, rule: Rule = Rule.UNREADABLE_BASE_SIDE) -> Reason:
    location = after.location if after else None
    subject = after.written if after else ""
    return Reason(
        rule,
        Status.WARN,
        location,
        subject=subject,
        detail=detail,
        caused_by_change=False,
    )
