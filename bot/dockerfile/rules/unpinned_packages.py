"""Packages are installed in whatever version is newest that day."""

import re
from collections.abc import Iterator

from bot.dockerfile.packages import PackageCommand
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.severity import Severity

_ALIASES = {
    "apt": "DL3008",
    "apt-get": "DL3008",
    "aptitude": "DL3008",
    "apk": "DL3018",
    "pip": "DL3013",
    "npm": "DL3016",
    "yarn": "DL3016",
    "pnpm": "DL3016",
    "gem": "DL3028",
    "yum": "DL3033",
    "dnf": "DL3041",
    "microdnf": "DL3041",
    "tdnf": "DL3041",
    "zypper": "DL3037",
    "go": "DL3062",
    "cargo": "",
}
_RPM = frozenset({"yum", "dnf", "microdnf", "tdnf", "zypper"})
_RPM_VERSION = re.compile(r"-[0-9]|[<>=]")
_FILE = re.compile(
    r"[./~].*|.*\.(deb|rpm|apk|whl|tgz|tar\.gz|zip)|.*://.*|git\+.*", re.IGNORECASE | re.DOTALL
)
_MOVING = frozenset({"latest", "next", "master", "main", "head"})
_CONSTRAINED = frozenset(
    {"-c", "--constraint", "-r", "--requirement", "-e", "--editable", "--require-hashes"}
)


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call, command in step.installs():
            if command.manager in _ALIASES and (names := _unpinned(command)):
                alias = _ALIASES[command.manager]
                summary = f"{command.manager} installs {short(', '.join(names))} without a version."
                yield Hit(
                    step,
                    f"{command.manager} packages",
                    summary,
                    lines=(call.line, call.line),
                    aliases=(alias,) if alias else (),
                )


def _unpinned(command: PackageCommand) -> list[str]:
    if command.manager == "pip" and any(option in _CONSTRAINED for option, _ in command.options):
        return []
    return [
        word.name
        for word in command.packages
        if not word.unresolved
        and not _FILE.fullmatch(word.name[:300])
        and (not word.version or word.version.lower() in _MOVING)
        and not (command.manager in _RPM and _RPM_VERSION.search(word.name))
    ]


RULE = Rule(
    id="unpinned-packages",
    severity=Severity.LOW,
    title="Packages without a version",
    explanation="Two builds of the same commit may install different versions, and nobody reviews the change. Of a"
    " distribution's packages the newest is usually the safest, but it should be you who moves.",
    remedy="Write the version (`curl=8.5.0-2`), or install from a lockfile.",
    aliases=("DL3008", "DL3013", "DL3016", "DL3018", "DL3028", "DL3033", "DL3037", "DL3041", "DL3062"),
    check=_check,
)
