"""Look at both sides of a change: Dockerfiles → targets → base images → what is in them.

Each reference is asked for once, so both sides are judged on the same digests; one snapshot serves both.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.builds import given_to
from bot.change import CERTAIN, Change, ChangedFile, Contents, FileVersion, kind_of
from bot.effective import with_effective
from bot.examiner import Examiner
from bot.inspection import Brought, DockerfileState, Gap, Inspection, Location, SeenImage, TargetPair
from bot.inventory import Skipped
from bot.landing.images import Taken, brought_from
from bot.landing.lockfiles import Lockfiles
from bot.landing.matching import Matcher, packages_of
from bot.landing.predicted import prediction
from bot.landing.unlanded import unknown_landing, unlanded_gaps
from bot.left_out import with_builders_left_out
from bot.looking import ImageReader, Key, fill_base, see_all, too_many_images
from bot.pairing import pair_targets
from bot.sides import is_blind
from bot.states import Target, read_target
from bot.triggers import trigger_gaps, trigger_steps

MAX_MATCHES = 50_000
"""Flaws one review weighs. A full distribution years behind has a few thousand."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a change: what its Dockerfiles say, and the lockfiles they may take in."""

    targets: Mapping[FileVersion, Target]
    lockfiles: Lockfiles
    contents: Contents

    def state(self, version: FileVersion) -> DockerfileState:
        """What a Dockerfile says."""
        return self.targets[version].state

    def target(self, state: DockerfileState) -> Target | None:
        """The Dockerfile a state was read from."""
        return self.version(state)[1]

    def version(self, state: DockerfileState) -> tuple[FileVersion | None, Target | None]:
        """The file a state was read from, and what it says."""
        for version, target in self.targets.items():
            if (version.path, version.blob) == (state.path, state.blob):
                return version, target
        return None, None


async def inspect(change: Change, reader: ImageReader) -> Inspection:
    """Look at every Dockerfile and every other use of an image the change touches, before and after."""
    built = change.builders
    before = await _read_all(change, built.before, built.beyond_before, change.before, reader)
    after = await _read_all(change, built.after, built.beyond_after, change.after, reader)
    pairs = await asyncio.to_thread(pair_targets, change, before.state, after.state)
    examining = asyncio.create_task(_examine(pairs, before, after, reader.examiner))
    taken = [each.reference for pair in pairs for each in _taken(pair, before, after)]
    seen = await see_all(pairs, taken, reader)
    pairs = await examining
    matcher = Matcher(reader.match, reader.safe_versions, reader.spoken_of)
    filled = [
        half
        for pair in pairs
        for half in _parted(await _fill_pair(pair, seen, reader, before, after, matcher))
    ]
    filled, too_much = _within_limit(filled)
    # How old the advisories for a deleted target are decides nothing.
    shipping = [pair for pair in filled if pair.after]
    images = [base.seen for pair in shipping for base in pair.bases() if base.seen]
    return Inspection(
        repository=change.repository,
        merge_base=change.merge_base,
        head=change.head,
        pairs=tuple(filled),
        snapshot=reader.snapshot(images, packages_of(shipping)),
        gaps=(*unlanded_gaps(change, filled), *_unread_gaps(change)),
        incomplete=change.incomplete or too_many_images(pairs) or too_much or unknown_landing(change, filled),
        updaters=change.updaters,
    )


async def _examine(
    pairs: Iterable[TargetPair], before: _Side, after: _Side, examiner: Examiner
) -> list[TargetPair]:
    """Ask the rules about every Dockerfile, while its images are being read."""

    async def of(state: DockerfileState | None, side: _Side) -> DockerfileState | None:
        version, target = side.version(state) if state is not None and not state.kind else (None, None)
        if state is None or version is None or target is None:
            return state
        return (await examiner.examine(version, target.ways, side.contents)).into(state)

    return [
        replace(pair, before=await of(pair.before, before), after=await of(pair.after, after))
        for pair in pairs
    ]


def _taken(pair: TargetPair, before: _Side, after: _Side) -> Iterator[Taken]:
    """The images of which the target takes some files, on either side."""
    for state, side in ((pair.before, before), (pair.after, after)):
        target = side.target(state) if state is not None and not state.kind else None
        yield from target.taken if target else ()


async def _read_all(
    change: Change,
    builders: Sequence[FileVersion],
    beyond: Sequence[FileVersion],
    contents: Contents,
    reader: ImageReader,
) -> _Side:
    """Read the Dockerfiles of one side, with the values its own files give to their `ARG`s; `beyond` were not read.

    One after the other and each in a thread: a hostile Dockerfile takes seconds, and other events would wait.
    """
    versions = [version for file in change.files for version in file.dockerfiles()]
    targets = {}
    for version in dict.fromkeys(versions):
        given = given_to(version.path, builders)
        args = version, reader.build_args, reader.platform, given, contents
        target = await asyncio.to_thread(read_target, *args)
        targets[version] = with_builders_left_out(target, contents, change.builders.unread, beyond)
    return _Side(targets, Lockfiles(contents), contents)


def _within_limit(pairs: Iterable[TargetPair]) -> tuple[list[TargetPair], str]:
    """Leave out the targets beyond the limit, and say so: each target counts the flaws of its images anew."""
    kept: list[TargetPair] = []
    count = 0
    for pair in pairs:
        count += sum(len(base.seen.matches) for base in pair.bases() if base.seen)
        count += sum(len(each.matches) for side in (pair.before, pair.after) if side for each in side.brought)
        if count > MAX_MATCHES:
            return (
                kept,
                f"its images have more than {MAX_MATCHES:,} flaws; {pair.path} and later ones were left out",
            )
        kept.append(pair)
    return kept, ""


def _parted(pair: TargetPair) -> list[TargetPair]:
    """A guess does not hold against what cannot be seen: all flaws of the new target would pass for old ones."""
    if pair.guessed and is_blind(pair.before):
        return [TargetPair(pair.before, None), TargetPair(None, pair.after)]
    return [pair]


async def _fill_pair(
    pair: TargetPair,
    seen: Mapping[Key, SeenImage | Skipped],
    reader: ImageReader,
    before: _Side,
    after: _Side,
    matcher: Matcher,
) -> TargetPair:
    # Only the base side may be recalled: what the head ships must be looked at, not remembered.
    was = await _fill(pair.before, seen, reader, before, matcher, recall=True)
    now = await _fill(pair.after, seen, reader, after, matcher, recall=False)
    return replace(pair, before=was, after=now)


async def _fill(
    state: DockerfileState | None,
    seen: Mapping[Key, SeenImage | Skipped],
    reader: ImageReader,
    side: _Side,
    matcher: Matcher,
    *,
    recall: bool,
) -> DockerfileState | None:
    if state is None:
        return None
    bases = tuple([await fill_base(base, seen, reader, recall=recall) for base in state.bases])
    if state.kind:
        # Nothing is built on these images.
        return replace(state, bases=bases)
    target = side.target(state)
    if target is None:
        return replace(state, bases=bases)
    triggers = tuple(step for base in bases for step in trigger_steps(base))
    found = await asyncio.to_thread(prediction, target, bases, side.lockfiles)
    copied = [brought_from(each, seen.get((each.reference, ""))) for each in target.taken]
    brought = [*found.brought, *(each for each in copied if isinstance(each, Brought))]
    gaps = (
        *(gap for base in bases for gap in trigger_gaps(base)),
        *found.gaps,
        *(each for each in copied if isinstance(each, Gap)),
    )
    filled = replace(
        state,
        bases=bases,
        steps=(*triggers, *state.steps),
        gaps=(*gaps, *state.gaps),
        brought=tuple([await matcher.matched(each, side.lockfiles) for each in brought]),
        problem=state.problem or found.problem,
    )
    return await asyncio.to_thread(with_effective, filled)


def _unread_gaps(change: Change) -> Iterator[Gap]:
    """YAML files that may use images, and could not be read. Those whose name says what they are, are targets."""
    for file in change.files:
        if (why := _unread(file)) is not None:
            yield Gap(f"YAML file {file.path}", why, Location(file.path, 1, 1))
    if change.unread:
        where = Location(change.unread[0], 1, 1)
        yield Gap(f"{len(change.unread)} more changed YAML files", "more than are read", where)


def _unread(file: ChangedFile) -> str | None:
    """Why a file could not be read, if so. Where images were seen in it before, it is a target."""
    after = file.after
    if after is None or (kind := kind_of(after.path)) is None or kind in CERTAIN:
        return None
    before = file.before.manifest if file.before else None
    if before is not None and before.uses:
        return None
    if after.manifest is None:
        return after.problem or "it was not read"
    return after.manifest.problem or None
