"""The engines an operator chooses from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.sandbox import Sandbox
from bot.scanners import grype, syft, trivy
from bot.scanners.external import ExternalScanner, Matcher
from bot.scanners.port import Scanner
from bot.scanners.program import Program


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are, and their databases."""

    trivy: str = ""
    grype: str = ""
    syft: str = ""
    trivy_cache: Path | None = None
    grype_db: Path | None = None


Engine = Callable[[Scanner, Programs, Sandbox], Scanner]


def _embedded(own: Scanner, programs: Programs, sandbox: Sandbox) -> Scanner:
    return own


def _trivy(own: Scanner, programs: Programs, sandbox: Sandbox) -> Scanner:
    cache = programs.trivy_cache
    return ExternalScanner(
        own,
        Program("trivy", programs.trivy),
        partial(trivy.trivy, cache),
        sandbox,
        has_database=partial(trivy.has_database, cache),
    )


def _syft(own: Scanner, programs: Programs, sandbox: Sandbox) -> Scanner:
    return ExternalScanner(own, Program("syft", programs.syft), lambda: syft.TOOL, sandbox)


def _grype(own: Scanner, programs: Programs, sandbox: Sandbox) -> Scanner:
    matcher = Matcher(Program("grype", programs.grype), programs.grype_db)
    return ExternalScanner(own, Program("syft", programs.syft), lambda: syft.TOOL, sandbox, matcher=matcher)


ENGINES: Mapping[str, Engine] = {
    "embedded": _embedded,
    "trivy": _trivy,
    "grype": _grype,
    "syft": _syft,
}

#: How each tells its version: the command, and how its answer is read.
VERSIONS = {
    "trivy": (trivy.version, trivy.read_version),
    "grype": (grype.version, grype.read_version),
    "syft": (syft.version, syft.read_version),
}
