"""A variable of the image that is named like a secret, with its value in the file."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.secret_names import is_placeholder, literal, names_secret
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ENV"):
        for pair in step.instruction.args:
            name, _, value = pair.partition("=")
            if names_secret(name) and (text := literal(value)):
                mild = Severity.LOW if is_placeholder(text) else None
                yield Hit(step, f"ENV {name}", f"ENV {name} has its value in the Dockerfile.", severity=mild)


RULE = Rule(
    id="secret-in-env",
    severity=Severity.HIGH,
    title="A secret in ENV",
    explanation="ENV is stored in the image in plain text. Everybody who may pull it, and every process in the"
    " container, can read it; a later instruction does not take it away.",
    remedy="Take the line out, give the value when the container starts, and replace the secret: it is known now. For a"
    " step of the build use `RUN --mount=type=secret,id=…`.",
    aliases=("DL3064", "DS-0031"),
    check=_check,
)
