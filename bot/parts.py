"""Things side by side in one target, each compared with what it was before: the uses of a compose file, the ways a
Dockerfile is built. Pure.

A new flaw in one must not pass for an old one because another has it.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.image.reference import Reference
from bot.inspection import Base, DockerfileState, TargetPair


@dataclass(frozen=True, slots=True)
class Part:
    """What of a target is compared with what. One of them tells what is fixed, for what it covers."""

    before: DockerfileState | None
    after: DockerfileState | None
    tells_introduced: bool = True
    tells_fixed: bool = True


def parts_of(pair: TargetPair) -> list[Part]:
    """Split a target into what is compared for itself; most have a single part."""
    names = list(dict.fromkeys(name for state in (pair.before, pair.after) for name in _names(state)))
    if names in ([], [""]) or pair.before is None or pair.after is None:
        return [Part(pair.before, pair.after)]
    if pair.after.kind:
        return [Part(_only(pair.before, name), _only(pair.after, name)) for name in names]
    return list(_ways(pair.before, pair.after))


def _ways(before: DockerfileState, after: DockerfileState) -> Iterator[Part]:
    """A Dockerfile built in several ways. What is fixed is gone from all of them."""
    for name in dict.fromkeys(("", *_names(after))):
        same = _only(before, name, "") if name and name in _names(before) else before
        yield Part(same, _only(after, name), tells_fixed=False)
    yield Part(before, after, tells_introduced=False)


def _names(state: DockerfileState | None) -> list[str]:
    """The parts there are: by what each is built on, and by what each takes in."""
    if state is None:
        return []
    return [*(base.part for base in state.bases), *(brought.part for brought in state.brought)]


def _only(state: DockerfileState, *names: str) -> DockerfileState:
    return replace(
        state,
        bases=tuple(base for base in state.bases if base.part in names),
        brought=tuple(brought for brought in state.brought if brought.part in names),
        findings=state.findings if "" in names else (),
    )


def aligned(pair: TargetPair) -> TargetPair:
    """Give what was renamed its new name on the old side, as far as its image tells which it is.

    Several of one name become parts of their own.
    """
    if pair.before is None or pair.after is None or not pair.after.kind:
        return pair
    old, new = _told_apart(pair.before.bases, pair.after.bases)
    after = replace(pair.after, bases=tuple(new))
    for key in (_image, _repository):
        _rename(old, after, key)
    return replace(pair, before=replace(pair.before, bases=tuple(old)), after=after)


def _told_apart(before: Iterable[Base], after: Iterable[Base]) -> tuple[list[Base], list[Base]]:
    """Make each of several uses of one name a part, which is the same on both sides as far as that can be told."""
    old, new = list(before), list(after)
    theirs, ours = _places(old), _places(new)
    taken = theirs.keys() | ours.keys()
    for name in sorted(taken):
        pairs = _matched(old, theirs[name], new, ours[name])
        for number, (was, now) in enumerate(pairs[1:], 2):
            part = next(part for more in count(number) if (part := f"{name} {more}") not in taken)
            taken.add(part)
            if was is not None:
                old[was] = replace(old[was], part=part)
            if now is not None:
                new[now] = replace(new[now], part=part)
    return old, new


def _places(bases: Iterable[Base]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, base in enumerate(bases):
        places[base.part].append(at)
    return places


def _matched(
    old: Sequence[Base], theirs: Sequence[int], new: Sequence[Base], ours: Sequence[int]
) -> list[tuple[int | None, int | None]]:
    """Pair places by image, then by repository, then in order; the rest stand alone."""
    pairs: list[tuple[int | None, int | None]] = []
    left = list(theirs)
    for key in (_image, _repository, _any):
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for at in left:
            waiting[key(old[at])].append(at)
        rest = []
        for at in ours:
            same = waiting[found] if (found := key(new[at])) else None
            if same:
                pairs.append((same.popleft(), at))
            else:
                rest.append(at)
        left, ours = sorted(at for group in waiting.values() for at in group), rest
    return [*pairs, *((at, None) for at in left), *((None, at) for at in ours)]


def _any(_: Base) -> Hashable:
    return True


def _rename(bases: list[Base], after: DockerfileState, key: Callable[[Base], Hashable]) -> None:
    """Rename what is only on the old side like what is only on the new, where exactly one on each has the key."""
    old, new = {base.part for base in bases}, {base.part for base in after.bases}
    gone = _alone((base for base in bases if base.part not in new), key)
    come = _alone((base for base in after.bases if base.part not in old), key)
    for at, base in enumerate(bases):
        if (found := key(base)) in come and gone.get(found) is base:
            bases[at] = replace(base, part=come[found].part)


def _alone(bases: Iterable[Base], key: Callable[[Base], Hashable]) -> dict[Hashable, Base]:
    """The bases whose key no other has."""
    groups: dict[Hashable, list[Base]] = defaultdict(list)
    for base in bases:
        groups[key(base)].append(base)
    return {found: group[0] for found, group in groups.items() if found and len(group) == 1}


def _image(base: Base) -> Hashable:
    return (base.reference, base.platform) if base.reference else None


def _repository(base: Base) -> Hashable:
    return Reference.parse(base.reference).name if base.reference else None
