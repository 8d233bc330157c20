"""The container runs as root because the last USER says so."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts, Step
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

SUBJECT = "user"
_ROOTS = frozenset({"root", "administrator", "containeradministrator"})


def is_root(user: str) -> bool:
    """`root:staff`, `0`, `00`, `+0`, a group alone (`:staff`) and Windows' administrators."""
    name, colon, _ = user.partition(":")
    name = name.strip().lower()
    number = name[1:] if name.startswith(("+", "-")) else name
    if name in _ROOTS or (colon and not name):
        return True
    return number.isascii() and number.isdigit() and int(number[:20]) == 0


def last_user(facts: Facts) -> Step | None:
    """The USER that counts for the container."""
    return next((step for step in reversed(facts.steps) if step.cmd == "USER" and step.final), None)


def _check(facts: Facts) -> Iterator[Hit]:
    step = last_user(facts)
    if step is None or not step.words or (user := step.words[0]) is None:
        return
    # An empty variable leaves the user as it was, which BuildKit refuses.
    if user.strip() and is_root(user):
        yield Hit(step, SUBJECT, f"The container runs as {user.strip()}.")


RULE = Rule(
    id="root-user",
    severity=Severity.MEDIUM,
    title="The container runs as root",
    explanation="Whoever breaks into a process that runs as root may change everything in the container, and is one"
    " flaw of the kernel or one careless mount away from the host.",
    remedy="End the last stage with `USER` and a user that is not root, by number where the platform checks it:"
    " `USER 10001`.",
    aliases=("DL3002", "DS-0002"),
    check=_check,
)
