"""Anybody in the container may write these files."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.dockerfile.rules.modes import modes
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for mode in modes(facts):
        if mode.world_writable:
            paths = short(" ".join(mode.paths)) or "what it names"
            severity = Severity.MEDIUM if mode.on_system_path else None
            summary = f"Mode {short(mode.text)} lets anybody write {paths}."
            yield Hit(mode.step, f"mode of {paths}", summary, lines=mode.lines, severity=severity)


RULE = Rule(
    id="world-writable",
    severity=Severity.LOW,
    title="Anybody may write these files",
    explanation="A process that is not root, or was broken into, can then change programs and settings that others run"
    " and read.",
    remedy="Give the files to the user that needs them: `COPY --chown=app:app`, `chmod u+w`.",
    check=_check,
)
