"""From one side of a Dockerfile to what the rules, and hadolint, say of it. Pure; `effective` adds the base image."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from bot.inspection import DockerfileState, Gap
from bot.inventory import Skipped
from bot.linting.merging import merged
from bot.linting.report import Report
from bot.location import Location
from bot.running import Excuse, RunSettings

MOST_WORK = 50_000
"""Instructions and calls the rules look at, over all ways to build a Dockerfile."""


@dataclass(frozen=True, slots=True)
class Setup:
    """One way a Dockerfile is built, as far as the rules care."""

    dockerfile: Dockerfile
    build_args: Mapping[str, str] = field(default_factory=dict)
    has_dockerignore: bool | None = None
    """Whether something is kept out of its context; None where nobody looked."""
    label: str = ""
    """How a person tells it from the others."""
    target: Stage | None = None
    """The stage that is shipped; the last unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Misconfigurations:
    """What belongs into the state of a Dockerfile."""

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    runs: tuple[RunSettings, ...] = ()
    gaps: tuple[Gap, ...] = ()


def dockerfile_findings(
    version: FileVersion,
    setups: Sequence[Setup],
    *,
    reports: Sequence[Report] | Skipped = (),
    ports: Mapping[int, str] = SENSITIVE,
) -> Misconfigurations:
    """Ask the rules, merge what hadolint says, and leave to `effective` what depends on the base image."""
    path = version.path
    missed = tuple(_missed(reports, path))
    try:
        readings = _readings(setups, ports)
        linted = examine_facts(readings, path)
    except DockerfileError as exc:
        where = Location(path, exc.line or 1, exc.line or 1)
        return Misconfigurations(gaps=(*missed, Gap("what the rules say of this file", exc.reason, where)))
    if not isinstance(reports, Skipped):
        shipped = {stage.index for facts in readings for stage in facts.shipped.stages}
        linted = merged(linted, reports, setups[0].dockerfile, shipped, path)
    return Misconfigurations(
        findings=tuple(each for each in linted.findings if each.id not in DECIDED_HERE),
        ignored=tuple(each for each in linted.ignored if each.finding.id not in DECIDED_HERE),
        runs=tuple(_runs(setups, readings, linted, path)),
        gaps=(*missed, *_unread(len(setups) - len(readings), path)),
    )


def with_rules(state: DockerfileState, found: Misconfigurations) -> DockerfileState:
    """Put it into the state of that Dockerfile."""
    return replace(
        state,
        findings=(*state.findings, *found.findings),
        ignored=(*state.ignored, *found.ignored),
        runs=found.runs,
        gaps=(*state.gaps, *found.gaps),
    )


def _readings(setups: Sequence[Setup], ports: Mapping[int, str]) -> list[Facts]:
    """Read the file once for each way it is built, the first whatever its size."""
    readings: list[Facts] = []
    work, named = 0, setups[0].target
    for each in setups:
        if readings and work + work // len(readings) > MOST_WORK:
            break
        facts = read_facts(each.dockerfile, each.build_args, each.has_dockerignore, ports, each.target, named)
        work += sum(1 + len(step.calls) + len(step.inner) for step in facts.steps)
        readings.append(facts)
    return readings


def _unread(count: int, path: str) -> Iterator[Gap]:
    if count:
        what = f"what the rules say of {count} more ways this file is built"
        yield Gap(what, "it is too long to be read for each", Location(path, 1, 1))


def _missed(reports: Sequence[Report] | Skipped, path: str) -> Iterator[Gap]:
    if isinstance(reports, Skipped):
        yield Gap(reports.what, reports.why, Location(path, 1, 1))


def _runs(
    setups: Sequence[Setup], readings: Sequence[Facts], linted: Linted, path: str
) -> Iterator[RunSettings]:
    """What the container runs with, once where all ways say the same."""
    several = len({facts.final.index for facts in readings}) > 1
    ways: dict[RunSettings, list[str]] = {}
    for setup, facts in zip(setups, readings, strict=False):
        ways.setdefault(_run_settings(facts, linted, path, several=several), []).append(setup.label)
    for run, labels in ways.items():
        yield replace(run, parts=tuple(labels)) if len(ways) > 1 else run


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
