"""A password of the image's own users is set with its value in the file, or taken away."""

from collections.abc import Iterator, Sequence

from bot.dockerfile.calls import Call, program_of
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.dockerfile.rules.reading import program, short_options
from bot.severity import Severity

_SAYING = frozenset({"echo", "printf"})


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.runs():
        for call in step.calls:
            if what := _sets(call):
                lines = call.line, call.line
                yield Hit(
                    step, what, f"`{program(call.words)}` sets a password that stands here.", lines=lines
                )


def _sets(call: Call) -> str:
    """What sets a password, in words; empty when nothing does."""
    words, name = call.words, program(call.words)
    if name == "chpasswd" or (name == "passwd" and call.before):
        said = program_of(call.before[-1]) if call.before else []
        return f"password by {name}" if program(said) in _SAYING and _is_literal(said[1:]) else ""
    if name == "passwd" and {"d", "delete"} & (
        short_options(words) | {word.lstrip("-") for word in words[1:]}
    ):
        return "password taken away"
    if name in ("useradd", "usermod", "groupadd"):
        for index, word in enumerate(words[1:], 1):
            value = words[index + 1 : index + 2] if word in ("-p", "--password") else [word.partition("=")[2]]
            if word.startswith(("-p", "--password")) and _is_literal(value):
                return f"password by {name}"
    return ""


def _is_literal(words: Sequence[str]) -> bool:
    text = " ".join(words)
    return (
        bool(text.strip()) and "$(" not in text and "${" not in text and "`" not in text and ":$" not in text
    )


RULE = Rule(
    id="password-set",
    severity=Severity.HIGH,
    title="A password is set in the Dockerfile",
    explanation="Everybody who can read the repository, or the history of the image, can log in with it.",
    remedy="Take it out: a container is entered with `docker exec`. Where a login is needed, use keys that are given"
    " when the container starts.",
    check=_check,
)
