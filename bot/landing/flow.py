"""Follow files through the stages of a Dockerfile: what is taken over from where, and whether it ends in the target.

Follows https://docs.docker.com/build/building/multi-stage/.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.dockerfile.copies import Copy, Event
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.resolve import Resolved
from bot.landing.installs import lies_below

MAX_STEPS = 20_000
#: Files of the system, which no application is built into.
_SYSTEM = ("/etc", "/usr/share", "/lib", "/lib64", "/usr/lib", "/proc", "/sys", "/dev")
#: Where in these folders an application's dependencies lie all the same.
_LIBRARIES = ("node_modules", "python", "site-packages", "dist-packages", "ruby", "gems", "jvm", "php")
_WILD = "*?["


@dataclass(frozen=True, slots=True)
class Way:
    """How something in a stage ends in the target: through these copies, none where the stage is part of it."""

    copies: tuple[Copy, ...] = ()


class Flow:
    """Who builds on which stage, and who copies from it."""

    def __init__(
        self, resolved: Resolved, events: Sequence[Sequence[Event]], shipped: Collection[int]
    ) -> None:
        self._shipped = frozenset(shipped)
        self._children: dict[int, list[int]] = defaultdict(list)
        self._copies: dict[int, list[Copy]] = defaultdict(list)
        self._left = MAX_STEPS
        for stage, base in enumerate(resolved.bases):
            if base.parent is not None:
                self._children[base.parent].append(stage)
        for event in (event for stage in events for event in stage):
            if isinstance(event, Copy) and event.origin.stage is not None:
                self._copies[event.origin.stage].append(event)

    def way(
        self, stage: int, folders: Collection[str], others: Collection[str] = (), *, made: bool = True
    ) -> Way | None:
        """How what lies in some folders of a stage, or was made from it, ends in the target; None if it does not.

        `others` are folders of the same stage that belong to something else. Without `made`, only what lies there
        counts: a program that was installed is not what it makes.
        """
        waiting: list[tuple[int, tuple[str, ...], tuple[str, ...], tuple[Copy, ...]]] = [
            (stage, tuple(folders), tuple(others), ())
        ]
        seen: set[tuple[int, tuple[str, ...]]] = set()
        while waiting:
            at, places, rest, through = waiting.pop(0)
            if at in self._shipped:
                return Way(through)
            if (at, places) in seen:
                continue
            if self._left < 0:
                raise BeyondLimits("following what stages take from each other takes too much work")
            seen.add((at, places))
            waiting += [(child, places, rest, through) for child in self._children[at]]
            for copy in self._copies[at]:
                self._left -= 1
                if moved := _moved(copy, places, rest, made=made):
                    waiting.append((copy.stage, moved, (), (*through, copy)))
        return None


def source_paths(copy: Copy) -> Iterator[str]:
    """The sources as absolute paths, up to the first wild card."""
    if not copy.sources and not copy.unknown:
        yield "/"
    for source in copy.sources:
        path = f"/{source.path}"
        wild = min((at for char in _WILD if (at := path.find(char)) >= 0), default=-1)
        yield path if wild < 0 else path[:wild].rpartition("/")[0] or "/"


def is_system(path: str) -> bool:
    """Whether a path holds files of the system alone."""
    inside = any(lies_below(path, folder) for folder in _SYSTEM)
    return inside and not any(name in path for name in _LIBRARIES)


def _moved(copy: Copy, places: Iterable[str], others: Collection[str], *, made: bool) -> tuple[str, ...]:
    """Where it lies behind a copy; nothing where the copy takes something else."""
    folder = copy.destination.rstrip("/") or "/"
    found: list[str] = []
    places = tuple(places)
    for source in source_paths(copy):
        if is_system(source) and not any(lies_below(place, source) for place in places):
            continue
        held = [place for place in places if lies_below(place, source)]
        if held:
            found += [
                posixpath.normpath(posixpath.join(folder, place[len(source) :].lstrip("/"))) for place in held
            ]
        elif any(lies_below(source, place) for place in places) or (made and not _belongs(source, others)):
            found.append(folder)
    return tuple(dict.fromkeys(found))


def _belongs(source: str, others: Collection[str]) -> bool:
    return any(lies_below(source, other) or lies_below(other, source) for other in others)
