"""Read GitHub workflows and actions: containers, services, `docker://` steps, and what build-push-action builds.

Follows https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax and
https://github.com/docker/build-push-action#inputs. Nothing of it ships.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from bot.dockerfile.traced import Traced
from bot.manifests.found import Found, build_arg
from bot.manifests.model import BuildArg
from bot.manifests.tree import Mapping, Node, Scalar, fields_of, get, items_of, scalar_of, text_of
from bot.manifests.values import MAX_COMBINATIONS, with_matrix

_DOCKER = "docker://"
_IMAGE = "docker-image://"
_BUILDS = "docker/build-push-action@"
_DEFAULT_CONTEXT = re.compile(r"\{\{ *defaultContext *\}\}:?")
_WORKSPACE = re.compile(r"\$\{\{ *github\.workspace *\}\}/?")
Matrix = dict[str, list[Traced]]


def read_workflow(documents: list[Node], found: Found) -> None:
    """Find the uses and builds of a workflow or an action."""
    found.shipped = False
    for document in documents:
        for name, job in fields_of(get(document, "jobs")).items():
            _job(f"job {name}", job, found)
        runs = get(document, "runs")
        image = scalar_of(get(runs, "image"))
        if image is not None and image.value.startswith(_DOCKER):
            _images("action", image, {}, found)
        elif image is not None:
            found.build("action", image.line, "", image.value, ())
        _steps("action", get(runs, "steps"), {}, found)


def _job(name: str, job: Node, found: Found) -> None:
    matrix = _matrix(get(job, "strategy", "matrix"))
    container = get(job, "container")
    if image := scalar_of(container) or scalar_of(get(container, "image")):
        _images(f"{name}, container", image, matrix, found)
    for service, node in fields_of(get(job, "services")).items():
        if image := scalar_of(get(node, "image")):
            _images(f"{name}, service {service}", image, matrix, found)
    _steps(name, get(job, "steps"), matrix, found)


def _matrix(node: Node | None) -> Matrix:
    """Plain values by name, those of `include` too; what is computed is not known."""
    found: Matrix = {}
    unknown = {"include", "exclude"}
    for name, values in fields_of(node).items():
        if isinstance(values, Scalar):
            unknown.add(name)
        found[name] = [scalar.traced for item in items_of(values) if (scalar := scalar_of(item))]
    for extra in items_of(get(node, "include")):
        for name, value in fields_of(extra).items():
            if scalar := scalar_of(value):
                found.setdefault(name, []).append(scalar.traced)
    return {name: values for name, values in found.items() if values and name not in unknown}


def _images(name: str, node: Scalar, matrix: Matrix, found: Found) -> None:
    for value in with_matrix(node.traced, matrix):
        # An empty text from the matrix means no container.
        if value.text is None or value.text.text not in ("", _DOCKER):
            found.image(name, node, value)


def _steps(name: str, steps: Node | None, matrix: Matrix, found: Found) -> None:
    for step in items_of(steps):
        uses = scalar_of(get(step, "uses"))
        if uses is not None and uses.value.startswith(_DOCKER):
            _images(f"{name}, step {text_of(get(step, 'name')) or uses.value}", uses, matrix, found)
        elif uses is not None and uses.value.startswith(_BUILDS):
            step_name = text_of(get(step, "name")) or "docker/build-push-action"
            _build(f"{name}, step {step_name}", get(step, "with"), matrix, found)


def _build(name: str, inputs: Node | None, matrix: Matrix, found: Found) -> None:
    contexts = []
    for key, scalar, text in _pairs(get(inputs, "build-contexts")):
        contexts.append(key)
        if text.text.startswith(_IMAGE):
            for value in with_matrix(text, matrix):
                found.image(f"{name}, context {key}", scalar, value)
    line = inputs.line if isinstance(inputs, Mapping) else 1
    context = _context(text_of(get(inputs, "context")))
    file = text_of(get(inputs, "file"))
    for args in _combinations(list(_pairs(get(inputs, "build-args"))), matrix):
        for where in _paths(get(inputs, "file"), file, matrix):
            folder, dockerfile = ("", where) if file else (context, "Dockerfile")
            target = text_of(get(inputs, "target"))
            found.build(name, line, folder, dockerfile, args, folder="", target=target, contexts=contexts)


def _paths(node: Node | None, file: str, matrix: Matrix) -> Iterator[str]:
    scalar = scalar_of(node)
    if scalar is None:
        yield file
        return
    for value in with_matrix(scalar.traced, matrix):
        yield _context(value.text.text if value.text is not None else file)


def _context(text: str) -> str:
    """A path in the checkout: relative to the workspace, or a folder of the commit itself."""
    return _WORKSPACE.sub("", _DEFAULT_CONTEXT.sub("", text, count=1), count=1) or "."


def _pairs(node: Node | None) -> Iterator[tuple[str, Scalar, Traced]]:
    """`NAME=value` lines."""
    scalar = scalar_of(node)
    if scalar is None:
        return
    text = scalar.traced
    at = 0
    for line in text.text.splitlines(keepends=True):
        piece = text[at : at + len(line)].strip()
        at += len(line)
        name, equals, _ = piece.text.partition("=")
        if equals and name.strip():
            yield name.strip(), scalar, piece[len(name) + 1 :]


def _combinations(pairs: Sequence[tuple[str, Scalar, Traced]], matrix: Matrix) -> Iterator[list[BuildArg]]:
    """The arguments of each build that the matrix makes."""
    choices = [list(_choices(name, scalar, text, matrix)) for name, scalar, text in pairs]
    for chosen in islice(product(*choices), MAX_COMBINATIONS):
        yield list(chosen)


def _choices(name: str, scalar: Scalar, text: Traced, matrix: Matrix) -> Iterator[BuildArg]:
    for value in with_matrix(text, matrix):
        arg = build_arg(name, scalar, value)
        place = text.span if arg.span is None else arg.span
        line = scalar.source.count("\n", 0, place[0]) + 1 if place else scalar.line
        yield replace(arg, line=line, value=text.text if arg.unresolved else arg.value)
