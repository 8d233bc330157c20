"""A build argument that is named like a secret: its value stays in the history of the image."""

from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.secret_names import is_placeholder, literal, names_secret
from bot.dockerfile.stages import arg_definitions
from bot.severity import Severity


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("ARG"):
        for arg in arg_definitions(step.instruction, facts.dockerfile.escape):
            if not names_secret(arg.name):
                continue
            if arg.default is None:
                summary = f"ARG {arg.name} takes its value from the builder and leaves it in the history."
                yield Hit(step, f"ARG {arg.name}", summary)
            elif text := literal(arg.default):
                mild = Severity.LOW if is_placeholder(text) else None
                yield Hit(
                    step, f"ARG {arg.name}", f"ARG {arg.name} has its value in the Dockerfile.", severity=mild
                )


RULE = Rule(
    id="secret-in-arg",
    severity=Severity.MEDIUM,
    title="A secret in ARG",
    explanation="The values of build arguments are written into the history of the image, and into the build's"
    " provenance, wherever an instruction uses them.",
    remedy="Use `RUN --mount=type=secret,id=…`, which leaves nothing behind.",
    aliases=("DL3064", "DS-0031"),
    check=_check,
)
