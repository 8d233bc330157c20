"""The runs that GitHub makes of a job's matrix.

Follows https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix.
"""

from itertools import islice, product

from bot.dockerfile.traced import NOTHING, Traced
from bot.manifests.errors import ManifestError
from bot.manifests.tree import Node, Scalar, fields_of, get, items_of
from bot.manifests.values import MAX_COMBINATIONS, Run

_MOST_TRIED = 1_024
"""Combinations before some are excluded."""
_MOST_WORK = 5_000
"""Combinations, times what is excluded and included."""
_Run = dict[str, Traced]


def runs_of(matrix: Node | None) -> list[Run]:
    """List the runs with what each has of the plain values; a single one without any where there are none.

    A name that some value is computed for is not known, and left out.
    """
    lists = {name: node for name, node in fields_of(matrix).items() if name not in ("include", "exclude")}
    known = {name: _plain(items_of(node)) for name, node in lists.items()}
    names = {name: values for name, values in known.items() if values}
    made: list[_Run] = [dict(zip(names, one, strict=True)) for one in _combined(names, matrix)]
    excluded = [_scalars(node) for node in items_of(get(matrix, "exclude")) if _is_plain(node)]
    included = [_scalars(node) for node in items_of(get(matrix, "include"))]
    if len(made) * (len(excluded) + len(included)) > _MOST_WORK:
        raise _too_many(matrix)
    runs = [run for run in made if not any(_has(run, each) for each in excluded)] if names else []
    runs = _with_more(runs, included, set(names))
    if len(runs) > MAX_COMBINATIONS:
        raise _too_many(matrix)
    unknown = lists.keys() - names.keys()
    everywhere = dict.fromkeys((name for run in runs for name in run if name not in unknown), NOTHING)
    return [{**everywhere, **{name: run[name] for name in run if name in everywhere}} for run in runs] or [{}]


def _combined(names: dict[str, list[Traced]], matrix: Node | None) -> list[tuple[Traced, ...]]:
    made = list(islice(product(*names.values()), _MOST_TRIED + 1))
    if len(made) > _MOST_TRIED:
        raise _too_many(matrix)
    return made


def _too_many(matrix: Node | None) -> ManifestError:
    return ManifestError(
        f"a matrix of more than {MAX_COMBINATIONS} combinations, which GitHub does not run",
        matrix.line if matrix else None,
    )


def _with_more(runs: list[_Run], includes: list[_Run], names: set[str]) -> list[_Run]:
    """Each of `include` goes into the runs whose own values it does not change; into a new one where there is none."""
    added: list[_Run] = []
    for extra in includes:
        own = {name: value for name, value in extra.items() if name in names}
        more = {name: value for name, value in extra.items() if name not in names}
        fitting = [run for run in runs if _has(run, own)]
        for run in fitting:
            run.update(more)
        if not fitting:
            added.append(extra)
    return runs + added


def _has(run: _Run, values: _Run) -> bool:
    return all(name in run and run[name].text == value.text for name, value in values.items())


def _plain(items: list[Node]) -> list[Traced]:
    """The values, nothing where one of them is none that stands here."""
    plain = [_text(item) for item in items if isinstance(item, Scalar)]
    return plain if len(plain) == len(items) else []


def _is_plain(node: Node) -> bool:
    """Whether it says all there is to say: of half a condition too much would be excluded."""
    values = fields_of(node).values()
    return bool(values) and all(isinstance(value, Scalar) for value in values)


def _scalars(node: Node) -> _Run:
    return {name: _text(value) for name, value in fields_of(node).items() if isinstance(value, Scalar)}


def _text(scalar: Scalar) -> Traced:
    return Traced.foreign("") if scalar.is_null else scalar.traced
