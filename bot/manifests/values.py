"""Put values into texts of files: variables with defaults, templates that only others can fill, matrices."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.traced import Traced
from bot.dockerfile.words import Budget, expand_traced

MAX_COMBINATIONS = 256
"""As many jobs as GitHub makes of a matrix."""
_MATRIX = re.compile(r"\$\{\{[ \t]*matrix\.([\w-]+)[ \t]*\}\}")


@dataclass(frozen=True, slots=True)
class Value:
    """A text with everything put in, or why that could not be done."""

    text: Traced | None
    unresolved: str = ""


def literal(text: Traced) -> Value:
    """A text as it stands, unless other tools fill something in."""
    if "{{" in text.text:
        return Value(None, "it is a template, which is filled in later")
    if "$" in text.text:
        return Value(None, "it has a variable, whose value the file does not tell")
    return Value(text)


def expanded(text: Traced, env: Mapping[str, Traced], budget: Budget) -> Value:
    """Put in `${VAR}` of `env`, and the defaults of others: `${VAR:-1.2}`."""
    if "$" not in text.text:
        return literal(text)
    try:
        result = expand_traced(text, env, "\\", budget)
    except DockerfileError:
        return Value(None, f"{text.text[:100]!r} has to be computed")
    if result.unset:
        return Value(None, "no value is known for " + ", ".join(dict.fromkeys(result.unset[:20])))
    return literal(result.word)


def with_matrix(text: Traced, matrix: Mapping[str, list[Traced]]) -> Iterator[Value]:
    """Put in `${{ matrix.x }}`: one text for each of the values."""
    names = list(dict.fromkeys(_MATRIX.findall(text.text)))
    if not names or any(name not in matrix for name in names):
        yield _of_workflow(text)
        return
    combinations = product(*(matrix[name] for name in names))
    for chosen in islice(combinations, MAX_COMBINATIONS):
        yield _of_workflow(_filled(text, dict(zip(names, chosen, strict=True))))


def _of_workflow(text: Traced) -> Value:
    if "${{" in text.text:
        return Value(None, "it has an expression, whose value only the run knows")
    return Value(text)


def _filled(text: Traced, values: Mapping[str, Traced]) -> Traced:
    parts: list[Traced] = []
    at = 0
    for found in _MATRIX.finditer(text.text):
        parts += [text[at : found.start()], values[found[1]]]
        at = found.end()
    return Traced.join([*parts, text[at:]])
