"""Which programs of others are there, in which version, and whether the sandbox can hold them."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.clock import SystemClock
from bot.commandline.advisories import AGES
from bot.commandline.checkup.line import Line, Mark, mark_of
from bot.compose import programs, sandbox
from bot.feeds import age_of
from bot.linting.hadolint import find_hadolint
from bot.sandbox import Failed, Sandbox, SandboxLimits
from bot.scanners import trivy
from bot.scanners.engines import VERSIONS, Programs
from bot.scanners.program import Program
from bot.scanners.tool import ToolError
from bot.settings import PREFIX, Settings

_QUICK = SandboxLimits(seconds=20, output=1 << 20)
#: What an engine runs; Grype matches what Syft lists.
NEEDED = {"embedded": (), "trivy": ("trivy",), "grype": ("syft", "grype"), "syft": ("syft",)}


async def look_at_programs(settings: Settings) -> list[Line]:
    """Look at the engine, the sandbox, each scanner, its database, and hadolint."""
    lines = [Line("engine", settings.engine)]
    box = replace(sandbox(settings), limits=_QUICK)
    needed = NEEDED[settings.engine]
    lines.append(await _isolation(settings, box, Mark.BROKEN if needed else Mark.ABSENT))
    known = programs(settings)
    for name in VERSIONS:
        program = Program(name, getattr(settings, name))
        lines.append(await _version(program, box, needed=name in needed))
    lines += _databases(settings, known)
    lines.append(await _hadolint(settings, box))
    return lines


async def _isolation(settings: Settings, box: Sandbox, otherwise: Mark) -> Line:
    strict = Sandbox(box.root, isolate=True, user=box.user, limits=box.limits)
    ended = await _run(strict, ["/bin/sh", "-c", ': > "$HOME/probe" && echo written'])
    if not isinstance(ended, str):
        return Line("sandbox", _who(box))
    if box.changes_user and ended.startswith("it ended with"):
        said = f"{settings.sandbox_user} cannot use {box.root}: let it through the folders above"
        return Line("sandbox", said, Mark.SETTING)
    if settings.sandbox == "relaxed":
        return Line("sandbox", f"relaxed: programs run with the network, because {ended}")
    said = f"{ended}; allow user namespaces, or set {PREFIX}SANDBOX=relaxed to run programs with the network"
    return Line("sandbox", said, otherwise)


def _who(box: Sandbox) -> str:
    if box.changes_user and box.user is not None:
        return f"takes the network away, runs programs as {box.user[0]}:{box.user[1]}"
    advice = f" (as root, set {PREFIX}SANDBOX_USER)" if os.geteuid() == 0 else ""
    return f"takes the network away, runs programs as the same user{advice}"


async def _version(program: Program, box: Sandbox, *, needed: bool) -> Line:
    command, read = VERSIONS[program.name]
    try:
        path = program.find()
    except ToolError as exc:
        wanted = needed or program.path
        return Line(program.name, str(exc), Mark.SETTING if wanted else Mark.ABSENT)
    ended = await _run(box, command(path))
    if isinstance(ended, str):
        return Line(program.name, f"{path}: {ended}", Mark.BROKEN if needed else Mark.ABSENT)
    try:
        return Line(program.name, f"{read(ended) or 'of unknown version'}, {path}")
    except ToolError as exc:
        return Line(program.name, f"{path}: {exc}", Mark.BROKEN if needed else Mark.ABSENT)


async def _run(box: Sandbox, command: Sequence[str]) -> bytes | str:
    """Return what it wrote, or in words why there is nothing."""
    try:
        async with box.folder() as folder:
            ended = await box.run(command, folder)
    except OSError as exc:
        return f"its folder could not be written: {exc.strerror}"
    if isinstance(ended, Failed):
        return ended.why
    return ended.output if ended.code == 0 else f"it ended with code {ended.code}"


def _databases(settings: Settings, known: Programs) -> Iterator[Line]:
    """The databases that were set; without one our own advisories judge."""
    if known.trivy_cache is not None:
        yield _trivy_database(settings, known.trivy_cache)
    if known.grype_db is not None and not known.grype_db.is_dir():
        yield Line(
            "Grype's database", f"there is no folder {known.grype_db} ({PREFIX}GRYPE_DB)", Mark.SETTING
        )


def _trivy_database(settings: Settings, cache: Path) -> Line:
    if not trivy.has_database(cache):
        said = f"none in {cache}, so Trivy only lists packages; fetch one by `trivy image --download-db-only`"
        return Line("Trivy's database", said, Mark.SETTING)
    try:
        built = trivy.built(cache)
    except ToolError as exc:
        return Line("Trivy's database", str(exc), Mark.BROKEN)
    age = age_of(built, SystemClock().now(), settings.advisory_warn_days, settings.advisory_error_days)
    said = f"built {built.date().isoformat()}, {int(age.days)} days ago ({AGES[age.level]})"
    return Line("Trivy's database", said, mark_of(age.level))


async def _hadolint(settings: Settings, box: Sandbox) -> Line:
    if settings.hadolint == "off":
        return Line("hadolint", f"switched off ({PREFIX}HADOLINT)", Mark.ABSENT)
    path = settings.hadolint or find_hadolint()
    if path is None:
        said = f"not installed; put it on PATH or set {PREFIX}HADOLINT for what only it finds in Dockerfiles"
        return Line("hadolint", said, Mark.ABSENT)
    found = shutil.which(path)
    if found is None:
        return Line("hadolint", f"{path} is no program ({PREFIX}HADOLINT)", Mark.SETTING)
    # A review runs it without this sandbox, see `linting.hadolint`.
    command = [os.path.abspath(found), "--version"]  # noqa: ASYNC240 - asks no disk
    ended = await _run(replace(box, isolate=False, user=None), command)
    if isinstance(ended, str):
        return Line("hadolint", f"{path}: {ended}", Mark.BROKEN)
    said = ended.decode("utf-8", "replace").strip().rpartition(" ")[2][:40]
    return Line("hadolint", f"{said}, {path}")
