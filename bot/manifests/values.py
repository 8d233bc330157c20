"""Put values into texts of files: variables with defaults, templates that only others can fill, matrices."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.traced import Traced
from bot.dockerfile.words import Budget, expand_traced

MAX_COMBINATIONS = 256
"""As many jobs as GitHub makes of a matrix."""
_MATRIX = re.compile(r"\$\{\{[ \t]*matrix\.([\w-]+)[ \t]*\}\}")

Run = Mapping[str, Traced]
"""What one job of a matrix has."""


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


def in_runs(text: Traced, runs: Sequence[Run]) -> Iterator[Value]:
    """Put in `${{ matrix.x }}`: one text for each of the values that come of it."""
    for run in different(runs, [text]):
        yield in_run(text, run)


def different(runs: Sequence[Run], texts: Iterable[Traced]) -> list[Run]:
    """One run for each combination of the values that the texts name."""
    names = list(dict.fromkeys(name for text in texts for name in _MATRIX.findall(text.text)))
    if not names:
        return list(runs[:1])
    return list({tuple(id(run.get(name)) for name in names): run for run in reversed(runs)}.values())[::-1]


def in_run(text: Traced, run: Run) -> Value:
    """Put in what one run of a matrix has; a name that it does not have stays."""
    parts: list[Traced] = []
    at = 0
    for found in _MATRIX.finditer(text.text):
        if (value := run.get(found[1])) is not None:
            parts += [text[at : found.start()], value]
            at = found.end()
    return _of_workflow(Traced.join([*parts, text[at:]]))


def _of_workflow(text: Traced) -> Value:
    if "${{" in text.text:
        return Value(None, "it has an expression, whose value only the run knows")
    return Value(text)
