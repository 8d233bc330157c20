"""Pair the targets of both sides: by path and git rename, then by blob, then by final stage.

A pairing that fails makes an old flaw look introduced, so moved files are followed as far as is certain.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import replace

from bot.change import Change, ChangedFile, FileVersion
from bot.dockerfile import is_dockerfile
from bot.image.reference import Reference
from bot.inspection import DockerfileState, TargetPair
from bot.parts import aligned
from bot.uses import manifest_state

ReadState = Callable[[FileVersion], DockerfileState]


def pair_targets(change: Change, read_before: ReadState, read_after: ReadState) -> list[TargetPair]:
    """Targets of the change in path order; a side is None for a new or a deleted target."""
    pairs: list[TargetPair] = []
    removed: list[DockerfileState] = []
    added: list[DockerfileState] = []
    for file in change.files:
        before, after = _sides(file, read_before, read_after)
        if before and after:
            pairs.append(TargetPair(before, after))
        elif before:
            removed.append(before)
        elif after:
            added.append(after)
    pairs += _pair_by(removed, added, lambda state: state.blob)
    pairs += [replace(pair, guessed=True) for pair in _pair_by(removed, added, _final_stage)]
    pairs += [TargetPair(state, None) for state in removed] + [TargetPair(None, state) for state in added]
    return sorted(map(aligned, pairs), key=lambda pair: pair.path)


def _sides(
    file: ChangedFile, read_before: ReadState, read_after: ReadState
) -> tuple[DockerfileState | None, DockerfileState | None]:
    """Both sides of one file: a Dockerfile, else a file that uses images on one side at least."""
    before = read_before(file.before) if file.before and is_dockerfile(file.before.path) else None
    after = _after(file, read_after)
    if before is None and file.before is not None:
        before = manifest_state(file.before)
    if after is None and file.after is not None:
        after = manifest_state(file.after, had_images=before is not None and before.problem is None)
    if before is None and after is not None and after.problem is None and file.before is not None:
        before = manifest_state(file.before, expected=True)
    return before, after


def _after(file: ChangedFile, read: ReadState) -> DockerfileState | None:
    """A Dockerfile that was given another name stays one, while it still reads like one."""
    if file.after is None or not file.ends_as_dockerfile:
        return None
    state = read(file.after)
    problem = state.problem if file.after.content is not None else None
    is_other = problem is not None and not problem.beyond_limits
    return None if is_other and not is_dockerfile(file.after.path) else state


def _pair_by(
    removed: list[DockerfileState], added: list[DockerfileState], key: Callable[[DockerfileState], Hashable]
) -> list[TargetPair]:
    """Pair what has the same key, when exactly one on each side has it; takes the paired ones off both lists."""
    theirs, ours = _grouped(removed, key), _grouped(added, key)
    pairs = [
        TargetPair(theirs[shared][0], ours[shared][0])
        for shared in theirs.keys() & ours.keys()
        if shared and len(theirs[shared]) == len(ours[shared]) == 1
    ]
    for pair in pairs:
        removed[:] = [state for state in removed if state is not pair.before]
        added[:] = [state for state in added if state is not pair.after]
    return pairs


def _grouped(
    states: list[DockerfileState], key: Callable[[DockerfileState], Hashable]
) -> dict[Hashable, list[DockerfileState]]:
    groups: dict[Hashable, list[DockerfileState]] = defaultdict(list)
    for state in states:
        groups[key(state)].append(state)
    return groups


def _final_stage(state: DockerfileState) -> Hashable:
    """The image repository and the stage name a final stage is known by; nothing for `scratch` or a broken file."""
    base = state.shipped
    if base is None or not base.reference:
        return None
    return Reference.parse(base.reference).name, base.stage
