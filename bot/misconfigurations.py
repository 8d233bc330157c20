"""From one side of a Dockerfile to what the rules, and hadolint, say of it. Pure; `effective` adds the base image."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.change import FileVersion
from bot.dockerfile import Dockerfile, DockerfileError
from bot.dockerfile.model import Stage
from bot.dockerfile.rules import examine_facts
from bot.dockerfile.rules.facts import Facts, read_facts
from bot.dockerfile.rules.linting import Linted, place
from bot.dockerfile.rules.root_user import last_user
from bot.dockerfile.rules.sensitive_port import SENSITIVE
from bot.effective import DECIDED_HERE
from bot.finding import Finding, Ignored
from bot.inspection import DockerfileState, Excuse, Gap, RunSettings
from bot.inventory import Skipped
from bot.linting.merging import merged
from bot.linting.report import Report
from bot.location import Location

MOST_TARGETS = 5
"""Stages of one Dockerfile that are shipped and asked about."""


@dataclass(frozen=True, slots=True)
class Misconfigurations:
    """What belongs into the state of a Dockerfile."""

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    run: RunSettings | None = None
    gaps: tuple[Gap, ...] = ()
    more_runs: tuple[RunSettings, ...] = ()


def dockerfile_findings(
    version: FileVersion,
    dockerfile: Dockerfile,
    *,
    build_args: Mapping[str, str] | None = None,
    has_dockerignore: bool | None = None,
    reports: Sequence[Report] | Skipped = (),
    ports: Mapping[int, str] = SENSITIVE,
    targets: Sequence[Stage] = (),
) -> Misconfigurations:
    """Ask the rules, merge what hadolint says, and leave to `effective` what depends on the base image.

    `targets` are the stages that are shipped, the last unless told otherwise.
    """
    targets = targets or dockerfile.stages[-1:]
    several = len(targets) > 1
    found = [
        _of_target(
            version.path,
            dockerfile,
            each,
            targets[0],
            build_args or {},
            has_dockerignore,
            reports,
            ports,
            several=several,
        )
        for each in targets[:MOST_TARGETS]
    ]
    return found[0] if len(targets) == 1 else _together(found, len(targets), version.path)


def _of_target(
    path: str,
    dockerfile: Dockerfile,
    target: Stage,
    named: Stage,
    build_args: Mapping[str, str],
    has_dockerignore: bool | None,
    reports: Sequence[Report] | Skipped,
    ports: Mapping[int, str],
    *,
    several: bool,
) -> Misconfigurations:
    missed = tuple(_missed(reports, path))
    try:
        facts = read_facts(dockerfile, build_args, has_dockerignore, ports, target, named)
        linted = examine_facts(facts, path)
    except DockerfileError as exc:
        where = Location(path, exc.line or 1, exc.line or 1)
        return Misconfigurations(gaps=(*missed, Gap("what the rules say of this file", exc.reason, where)))
    if not isinstance(reports, Skipped):
        shipped = [stage.index for stage in facts.shipped.stages]
        linted = merged(linted, reports, dockerfile, shipped, path)
    return Misconfigurations(
        findings=tuple(each for each in linted.findings if each.id not in DECIDED_HERE),
        ignored=tuple(each for each in linted.ignored if each.finding.id not in DECIDED_HERE),
        run=_run_settings(facts, linted, path, several=several),
        gaps=missed,
    )


def _together(found: Sequence[Misconfigurations], targets: int, path: str) -> Misconfigurations:
    """Put together what is said of several targets: what is shipped in one of them is shipped."""
    findings: dict[tuple[object, ...], Finding] = {}
    for each in (finding for one in found for finding in one.findings):
        key = each.ids, each.package, each.location
        if key not in findings or each.shipped:
            findings[key] = each
    gaps = [gap for one in found for gap in one.gaps]
    if more := targets - len(found):
        gaps.append(
            Gap(f"what the rules say of {more} more stages", "too many are built", Location(path, 1, 1))
        )
    runs = [one.run for one in found if one.run is not None]
    return Misconfigurations(
        findings=tuple(findings.values()),
        ignored=tuple(dict.fromkeys(ignored for one in found for ignored in one.ignored)),
        run=runs[0] if runs else None,
        gaps=tuple(dict.fromkeys(gaps)),
        more_runs=tuple(runs[1:]),
    )


def with_rules(state: DockerfileState, found: Misconfigurations) -> DockerfileState:
    """Put it into the state of that Dockerfile."""
    return replace(
        state,
        findings=(*state.findings, *found.findings),
        ignored=(*state.ignored, *found.ignored),
        run=found.run,
        more_runs=found.more_runs,
        gaps=(*state.gaps, *found.gaps),
    )


def _missed(reports: Sequence[Report] | Skipped, path: str) -> Iterator[Gap]:
    if isinstance(reports, Skipped):
        yield Gap(reports.what, reports.why, Location(path, 1, 1))


def _run_settings(facts: Facts, linted: Linted, path: str, *, several: bool) -> RunSettings:
    first, user = facts.first(facts.final), last_user(facts)
    checks = [step for step in facts.of("HEALTHCHECK") if step.final]
    first_stage = facts.resolved.chain(facts.final)[-1]
    lowest = facts.resolved.bases[first_stage.index].image.word
    deciding = [step.instruction.start_line for step in (first, user, *checks[-1:]) if step is not None]
    value = user.words[0] if user and user.words else None
    return RunSettings(
        location=Location(path, *first.lines),
        user=value.strip() or None if value is not None else None,
        user_unknown=" ".join(user.instruction.args) if user and not (value and value.strip()) else "",
        user_at=Location(path, *user.lines) if user else None,
        healthcheck=checks[-1].instruction.args[:1] != ("NONE",) if checks else None,
        scratch=lowest is not None and lowest.text == "scratch",
        excuses=tuple(
            Excuse(pragma.ids, pragma.reason, Location(path, pragma.line, pragma.line))
            for pragma in linted.pragmas
            if not pragma.problem and pragma.first in deciding
        ),
        place=place(facts.final, facts.named),
        begins=first_stage.start_line if several else 0,
    )
