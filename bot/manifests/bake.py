"""Read bake files, HCL and JSON alike: named contexts that are images, and what is built with which arguments.

Follows https://docs.docker.com/build/bake/reference/. Variables have their default; functions are not computed.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from bot.dockerfile.traced import Traced
from bot.manifests.errors import ManifestError
from bot.manifests.found import Found, build_arg
from bot.manifests.model import BuildArg
from bot.manifests.tree import (
    MAX_DEPTH,
    Budget,
    Mapping,
    Node,
    Scalar,
    fields_of,
    get,
    items_of,
    scalar_of,
    value_of,
)
from bot.manifests.values import MAX_COMBINATIONS, Value, expanded

_IMAGE = "docker-image://"
_MAX_ROUNDS = 10
Env = dict[str, Traced]


def read_bake(document: Node, found: Found) -> None:
    """Find the uses and builds of all targets."""
    env = _variables(fields_of(get(document, "variable")), found)
    targets = fields_of(get(document, "target"))
    copies = Budget()
    for name, target in targets.items():
        if isinstance(target, Mapping):
            whole = _inherited(name, targets, env, found, copies)
            for own in _matrix(whole, env):
                _target(f"target {name}", whole, own, found)


def _variables(variables: dict[str, Node], found: Found) -> Env:
    """The defaults, which may name other variables."""
    waiting = {
        name: scalar
        for name, node in variables.items()
        if (scalar := value_of(get(node, "default"))) is not None
    }
    env: Env = {}
    for _ in range(_MAX_ROUNDS):
        for name, scalar in list(waiting.items()):
            if (value := expanded(scalar.traced, env, found.budget).text) is not None:
                env[name] = value
                del waiting[name]
    return env


def _inherited(name: str, targets: dict[str, Node], env: Env, found: Found, copies: Budget) -> Mapping:
    """A target with what those it inherits from say: the last of them and its own fields are the strongest."""
    order: dict[str, None] = {}
    _line_up(name, targets, env, found, order, 1)
    whole = Mapping(targets[name].line)
    for each in order:
        for key, value in fields_of(targets[each]).items():
            before = whole.fields.get(key)
            if key in ("args", "contexts") and isinstance(before, Mapping):
                merged = Mapping(value.line, before.fields | fields_of(value))
                copies.spend(len(merged.fields) + 1, value.line)
                whole.fields[key] = merged
            else:
                whole.fields[key] = value
    return whole


def _line_up(
    name: str, targets: dict[str, Node], env: Env, found: Found, order: dict[str, None], depth: int
) -> None:
    """Put a target behind all it inherits from, each once."""
    if name in order or depth > MAX_DEPTH or not isinstance(targets.get(name), Mapping):
        return
    for parent in items_of(get(targets[name], "inherits")):
        if (scalar := scalar_of(parent)) and scalar.value != name:
            value = expanded(scalar.traced, env, found.budget).text
            _line_up(value.text if value else "", targets, env, found, order, depth + 1)
    order[name] = None


def _matrix(target: Mapping, env: Env) -> Iterator[Env]:
    """The variables, once for each combination of the matrix's plain values."""
    lists = {
        name: [scalar.traced for item in items_of(values) if (scalar := scalar_of(item))]
        for name, values in fields_of(target.get("matrix")).items()
    }
    lists = {name: values for name, values in lists.items() if values}
    if prod(map(len, lists.values())) > MAX_COMBINATIONS:
        raise ManifestError(f"a matrix of more than {MAX_COMBINATIONS} combinations", target.line)
    for chosen in product(*lists.values()):
        yield env | dict(zip(lists, chosen, strict=True))


def _target(name: str, target: Mapping, env: Env, found: Found) -> None:
    contexts = fields_of(target.get("contexts"))
    for context, node in contexts.items():
        if (scalar := scalar_of(node)) and scalar.value.startswith((_IMAGE, "$")):
            value = expanded(scalar.traced, env, found.budget)
            if value.text is None or value.text.text.startswith(_IMAGE):
                found.image(f"{name}, context {context}", scalar, value)
    if inline := scalar_of(target.get("dockerfile-inline")):
        found.image(name, inline, Value(None, "its Dockerfile stands in this file, where it is not read"))
        return
    found.build(
        name,
        target.line,
        _text(target.get("context"), env, found) or ".",
        _text(target.get("dockerfile"), env, found) or "Dockerfile",
        _args(target.get("args"), env, found),
        target=_text(target.get("target"), env, found),
        contexts=contexts,
    )


def _args(node: Node | None, env: Env, found: Found) -> Iterator[BuildArg]:
    for name, value in fields_of(node).items():
        if (scalar := value_of(value)) is not None:
            filled = expanded(scalar.traced, env, found.budget)
            arg = build_arg(name, scalar, filled)
            yield replace(arg, line=_line(scalar, arg))


def _line(scalar: Scalar, arg: BuildArg) -> int:
    """The line of the value, which may be the default of a variable."""
    return scalar.line if arg.span is None else scalar.source.count("\n", 0, arg.span[0]) + 1


def _text(node: Node | None, env: Env, found: Found) -> str:
    scalar = scalar_of(node)
    if scalar is None:
        return ""
    value = expanded(scalar.traced, env, found.budget)
    if value.text is not None:
        return value.text.text
    return scalar.value if "$" in scalar.value else "$"
