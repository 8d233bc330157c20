"""What a Dockerfile brings once its base images are known: with their triggers, and in their release."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dockerfile import BeyondLimits, DockerfileError
from bot.inspection import Base, Brought, Gap, Location, SyntaxProblem
from bot.landing.lockfiles import Lockfiles
from bot.landing.predict import predict
from bot.landing.settle import settled
from bot.states import Target
from bot.triggers import triggers_of


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one side of a target gets besides its base images."""

    brought: tuple[Brought, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problem: SyntaxProblem | None = None
    """It is more than is looked at."""


def prediction(target: Target, bases: Sequence[Base], lockfiles: Lockfiles) -> Prediction:
    """Tell what instructions and lockfiles add to a target."""
    path = target.state.path
    if not target.ways:
        return Prediction()
    try:
        triggers, places = triggers_of(bases, target.ways[0].resolved.dockerfile)
        brought, gaps = predict(path, target.ways, lockfiles, triggers, places)
    except DockerfileError as exc:
        line = Location(path, exc.line or 1, exc.line or 1)
        beyond = isinstance(exc, BeyondLimits)
        state = lockfiles.contents.state if beyond else ""
        return Prediction(problem=SyntaxProblem(exc.reason, line, beyond, state))
    roots = _roots(target, bases)
    placed = tuple(settled(each, roots.get(each.stage)) for each in brought)
    return Prediction(placed, gaps)


def _roots(target: Target, bases: Sequence[Base]) -> dict[str, Base]:
    """The image that each stage begins with, by the stage's name."""
    resolved = target.ways[0].resolved
    at = {base.location.start_line: base for base in reversed(bases) if not base.copied}
    found: dict[str, Base] = {}
    for stage in resolved.dockerfile.stages:
        parent = resolved.bases[stage.index].parent
        name = stage.name or str(stage.index)
        if parent is None:
            base = at.get(stage.start_line)
        else:
            above = resolved.dockerfile.stages[parent]
            base = found.get(above.name or str(above.index))
        if base is not None:
            found[name] = base
    return found
