"""Files that run as their owner, whoever starts them."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.dockerfile.rules.modes import modes
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for mode in modes(facts):
        if mode.set_user_id or mode.set_group_id:
            paths = short(" ".join(mode.paths)) or "what it names"
            # On a folder the group's bit only says whose new files are.
            severity = None if mode.set_user_id else Severity.LOW
            summary = f"Mode {short(mode.text)} makes {paths} run as its {'owner' if mode.set_user_id else 'group'}."
            yield Hit(mode.step, f"set-id of {paths}", summary, lines=mode.lines, severity=severity)


RULE = Rule(
    id="set-id",
    severity=Severity.MEDIUM,
    title="A program that runs as its owner",
    explanation="Whoever starts such a program has its owner's rights while it runs. With root as the owner, one flaw"
    " in it is the way from any user to root.",
    remedy="Take the bit off. Give the one right it needs: `setcap cap_net_bind_service=+ep FILE`.",
    check=_check,
)
