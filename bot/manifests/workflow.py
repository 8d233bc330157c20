"""Read GitHub workflows and actions: containers, services, `docker://` steps, and what build-push-action builds.

Follows https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax and
https://github.com/docker/build-push-action#inputs. Nothing of it ships.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.dockerfile.traced import Traced
from bot.manifests.found import Found, build_arg
from bot.manifests.matrix import runs_of
from bot.manifests.model import BuildArg
from bot.manifests.tree import Mapping, Node, Scalar, fields_of, get, items_of, scalar_of, text_of
from bot.manifests.values import Run, different, in_run, in_runs

_DOCKER = "docker://"
_IMAGE = "docker-image://"
_BUILDS = "docker/build-push-action@"
_DEFAULT_CONTEXT = re.compile(r"\{\{ *defaultContext *\}\}:?")
_WORKSPACE = re.compile(r"\$\{\{ *github\.workspace *\}\}/?")


def read_workflow(documents: list[Node], found: Found) -> None:
    """Find the uses and builds of a workflow or an action."""
    found.shipped = False
    for document in documents:
        for name, job in fields_of(get(document, "jobs")).items():
            _job(f"job {name}", job, found)
        runs = get(document, "runs")
        image = scalar_of(get(runs, "image"))
        if image is not None and image.value.startswith(_DOCKER):
            _images("action", image, [{}], found)
        elif image is not None:
            found.build("action", image.line, "", image.value, ())
        _steps("action", get(runs, "steps"), [{}], found)


def _job(name: str, job: Node, found: Found) -> None:
    runs = runs_of(get(job, "strategy", "matrix"))
    container = get(job, "container")
    if image := scalar_of(container) or scalar_of(get(container, "image")):
        _images(f"{name}, container", image, runs, found)
    for service, node in fields_of(get(job, "services")).items():
        if image := scalar_of(get(node, "image")):
            _images(f"{name}, service {service}", image, runs, found)
    _steps(name, get(job, "steps"), runs, found)


def _images(name: str, node: Scalar, runs: Sequence[Run], found: Found) -> None:
    for value in in_runs(node.traced, runs):
        # An empty text from the matrix means no container.
        if value.text is None or value.text.text not in ("", _DOCKER):
            found.image(name, node, value)


def _steps(name: str, steps: Node | None, runs: Sequence[Run], found: Found) -> None:
    for step in items_of(steps):
        uses = scalar_of(get(step, "uses"))
        if uses is not None and uses.value.startswith(_DOCKER):
            # The name stays the same when the version changes.
            step_name = text_of(get(step, "name")) or uses.value.partition("@")[0].rpartition(":")[0]
            _images(f"{name}, step {step_name}", uses, runs, found)
        elif uses is not None and uses.value.startswith(_BUILDS):
            step_name = text_of(get(step, "name")) or "docker/build-push-action"
            _build(f"{name}, step {step_name}", get(step, "with"), runs, found)


def _build(name: str, inputs: Node | None, runs: Sequence[Run], found: Found) -> None:
    args, others = (list(_pairs(get(inputs, key))) for key in ("build-args", "build-contexts"))
    for key, scalar, text in others:
        if text.text.startswith(_IMAGE):
            for value in in_runs(text, runs):
                found.image(f"{name}, context {key}", scalar, value)
    paths = {key: scalar_of(get(inputs, key)) for key in ("context", "file", "target")}
    texts = [scalar.traced for scalar in paths.values() if scalar] + [text for _, _, text in args]
    for run in different(runs, texts):
        context, file, target = (_filled(scalar, run) for scalar in paths.values())
        folder, dockerfile = ("", _context(file)) if file else (_context(context), "Dockerfile")
        found.build(
            name,
            inputs.line if isinstance(inputs, Mapping) else 1,
            folder,
            dockerfile,
            [_arg(key, scalar, text, run) for key, scalar, text in args],
            folder="",
            target=target,
            files=_context(context),
            contexts=[key for key, _, _ in others],
        )


def _filled(scalar: Scalar | None, run: Run) -> str:
    """What is not known stays as it is written, and the build is then left out."""
    if scalar is None:
        return ""
    value = in_run(scalar.traced, run)
    return value.text.text if value.text is not None else scalar.value


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


def _arg(name: str, scalar: Scalar, text: Traced, run: Run) -> BuildArg:
    arg = build_arg(name, scalar, in_run(text, run))
    place = text.span if arg.span is None else arg.span
    line = scalar.source.count("\n", 0, place[0]) + 1 if place else scalar.line
    return replace(arg, line=line, value=text.text if arg.unresolved else arg.value)
