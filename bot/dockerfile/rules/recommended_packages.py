"""apt installs what packages only recommend, unless it is told not to."""

from collections.abc import Iterator

from bot.dockerfile.packages import PackageCommand
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

_APT = frozenset({"apt", "apt-get", "aptitude"})


def _check(facts: Facts) -> Iterator[Hit]:
    told: set[int] = set()
    for step in facts.runs():
        for call in step.calls:
            if any("install-recommends" in word.lower() for word in call.words) and call.words[0] not in _APT:
                told.add(step.stage.index)
        parent = facts.resolved.bases[step.stage.index].parent
        if not step.shipped or step.stage.index in told or parent in told:
            continue
        for call, command in step.installs():
            if command.manager in _APT and not _is_told(command):
                summary = f"{command.manager} installs recommended packages too."
                yield Hit(step, f"{command.manager} recommends", summary, lines=(call.line, call.line))


def _is_told(command: PackageCommand) -> bool:
    for option, value in command.options:
        text = f"{option}={value}".lower()
        if option in ("--no-install-recommends", "-R") or "install-recommends=0" in text:
            return True
        if "install-recommends=false" in text:
            return True
    return not command.packages and not command.files


RULE = Rule(
    id="recommended-packages",
    severity=Severity.NEGLIGIBLE,
    title="Recommended packages are installed too",
    explanation="They make the image larger and bring flaws of packages that nobody asked for.",
    remedy="Write `apt-get install --no-install-recommends`.",
    aliases=("DL3015", "DS-0029"),
    check=_check,
)
