"""Which packages a package brings, and which ones ask for it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def reachable(roots: Iterable[T], edges: Mapping[T, Iterable[T]]) -> set[T]:
    """Everything that the roots bring, themselves among it."""
    seen = set(roots)
    waiting = list(seen)
    while waiting:
        for each in edges.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen


def turned(edges: Mapping[T, Iterable[T]]) -> dict[T, list[T]]:
    """For each package those that ask for it."""
    asking: dict[T, list[T]] = defaultdict(list)
    for one, others in edges.items():
        for each in others:
            asking[each].append(one)
    return asking
