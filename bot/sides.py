"""What one asks about a side of a target: which base meets which of the other side, what hinders a conclusion. Pure."""

from collections import Counter

from bot.inspection import Base, DockerfileState, SeenImage
from bot.inventory import SkipKind, Skipped

_HINDERS = (SkipKind.UNREADABLE, SkipKind.UNRESOLVED, SkipKind.UNCOVERED)

Role = tuple[str, str, int]


def bases_by_role(state: DockerfileState | None) -> dict[Role, Base]:
    """Bases keyed so that the same role meets on both sides: the shipped one, then stages by name, part by part."""
    keyed: dict[Role, Base] = {}
    count: Counter[tuple[str, str]] = Counter()
    for base in state.bases if state else ():
        # What stands for other builds meets its like, and no image.
        name = "" if base.shipped and not base.content else base.stage
        keyed[base.part, name, count[base.part, name]] = base
        count[base.part, name] += 1
    return keyed


def hinders(skipped: Skipped) -> bool:
    """Whether nothing can be concluded while this was not looked at."""
    return skipped.kind in _HINDERS


def hindrance(seen: SeenImage) -> Skipped | None:
    """Why nothing can be concluded about an image that was read, if nothing can: part of it was not."""
    candidates = (*seen.inventory.skipped, *seen.skipped)
    return next(filter(hinders, candidates), None)


def unexamined(seen: SeenImage | None) -> Skipped | None:
    """Why not one package of an image was looked at, though it has files: that is no clean image."""
    if seen is None or seen.inventory.packages:
        return None
    skipped = seen.inventory.skipped
    return next((skip for skip in skipped if skip.kind is SkipKind.UNCATALOGUED), None)


def obstacle(base: Base) -> Skipped | None:
    """Why nothing can be concluded about a base image, if nothing can: it, or part of it, was not read."""
    if base.missing is not None:
        return base.missing
    return hindrance(base.seen) if base.seen else None


def is_blind(state: DockerfileState | None) -> bool:
    """Whether a side could not be looked at, so nothing can be said for certain about what differs from it."""
    if state is None:
        return False
    # For a stage that nobody knows the last one stands in, on both sides alike; builds that are not looked at hide
    # nothing of those that are.
    missing = [obstacle(base) is not None for base in state.bases if base.shipped and not base.is_stand_in]
    # What a file uses side by side is looked at one by one; a Dockerfile makes one image of everything.
    return state.problem is not None or (bool(missing) and all(missing) if state.kind else any(missing))
