"""What a review remembers: the digests it resolved, the verdict with everything it rested on, earlier verdicts."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import sqlalchemy as sa

from bot import __version__, codec
from bot.advisory import owners
from bot.bump.model import Advice
from bot.change import Change
from bot.clock import seconds, today
from bot.context import Context
from bot.diff import Earlier
from bot.earlier import of_base_side, of_head_side
from bot.handlers.action import ways
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import Inspection
from bot.inventory import Inventory
from bot.policy.gate import Policy
from bot.registry.model import ResolvedImage
from bot.report.check_run import OnError, render_check
from bot.report.json_report import render_json
from bot.review import EarlierVerdicts, Review, judge
from bot.sightings import Sighting
from bot.store import earlier as earlier_table
from bot.store import images, reviews
from bot.store.images import Digests, ResolutionKey
from bot.store.reviews import Outcome, Request, ReviewRow, Shown


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a verdict rested on. `replay` judges it again."""

    inspection: Inspection
    policy: Policy
    judged_on: date
    earlier: dict[str, Earlier]
    files: dict[str, str]
    """Blob SHA → text of the files that were read."""
    advice: tuple[Advice, ...] = ()
    version: str = __version__


def replay(text: str) -> Review:
    """Judge stored inputs again: the same review, byte for byte."""
    return _replay(codec.load(Inputs, text))


async def stored(ctx: Context, row: ReviewRow) -> Review | None:
    """Return the verdict that was found before, if it was found by this version."""
    text = await ctx.store.do(lambda c: reviews.inputs_of(c, row.id))
    return await asyncio.to_thread(_replay_ours, text) if text else None


def _replay_ours(text: str) -> Review | None:
    try:
        inputs = codec.load(Inputs, text)
    except codec.Unreadable:
        return None
    return _replay(inputs) if inputs.version == __version__ else None


def _replay(inputs: Inputs) -> Review:
    return judge(
        inputs.inspection,
        inputs.policy,
        today=inputs.judged_on,
        earlier=inputs.earlier,
        advice=inputs.advice,
    )


async def earlier(ctx: Context, request: Request) -> EarlierVerdicts:
    """Return the last verdict of this head, else of the target branch, for each target."""

    def read(connection: sa.Connection) -> list[tuple[str, str]]:
        places = (earlier_table.branch(request.base_ref), earlier_table.head(request.number, request.head))
        return [
            stored
            for place in places
            for stored in earlier_table.read(connection, request.repository_id, place).items()
        ]

    found: dict[str, Earlier] = {}
    for target, text in await ctx.store.do(read):
        # What another version wrote counts as never judged, which excuses nothing.
        with suppress(codec.Unreadable):
            found[target] = codec.load(Earlier, text)
    return found


async def advised(ctx: Context, request: Request, policy: Policy) -> tuple[Advice, ...]:
    """Return the advice given on this head today, unless a fresh look was asked for or the policy is another now.

    Waiting, ignores and support end with a day, and advice says so.
    """
    if request.fresh:
        return ()

    def read(connection: sa.Connection) -> str | None:
        attempts = reviews.on_head(connection, request.repository_id, request.head)
        ours = (row.id for row in reversed(attempts) if row.request.number == request.number)
        return next((text for each in ours if (text := reviews.inputs_of(connection, each))), None)

    text = await ctx.store.do(read)
    return await asyncio.to_thread(_advice_in, text, policy, today(ctx.clock)) if text else ()


def _advice_in(text: str, policy: Policy, day: date) -> tuple[Advice, ...]:
    try:
        inputs = codec.load(Inputs, text)
    except codec.Unreadable:
        return ()
    given = (_what_counts(inputs.policy), inputs.judged_on, inputs.version)
    return inputs.advice if given == (_what_counts(policy), day, __version__) else ()


def _what_counts(policy: Policy) -> Policy:
    """A policy without where it stands, which changes with every commit."""
    return replace(policy, source="", problems=(), proposed=None)


@dataclass(frozen=True, slots=True)
class Judged:
    """A review with the change it is about and the verdicts it was compared with."""

    change: Change
    review: Review
    earlier: EarlierVerdicts = field(default_factory=dict)

    def inputs(self) -> Inputs:
        """Everything `replay` needs."""
        result = self.review
        return Inputs(
            result.inspection,
            result.policy,
            result.judged_on,
            dict(self.earlier),
            _texts(self.change),
            result.advice,
        )


def _texts(change: Change) -> dict[str, str]:
    return {
        version.blob: version.content.decode(errors="replace")
        for version in change.contents()
        if version.content is not None
    }


def _outcome(judged: Judged, on_error: OnError) -> Outcome:
    text = render_check(judged.review, on_error=on_error, actions=ways(judged.review))
    return Outcome(
        status=judged.review.verdict.status,
        shown=Shown(text.title, text.summary, text.text, text.conclusion),
        document=render_json(judged.review),
        inputs=codec.dump(Inputs, judged.inputs()),
    )


async def save(ctx: Context, row: ReviewRow, judged: Judged) -> None:
    """Keep the verdict, its inputs, and what later verdicts are compared with."""
    result = judged.review
    # What thousands of findings take must not keep the next webhook waiting.
    outcome = await asyncio.to_thread(_outcome, judged, ctx.settings.on_error)
    request = row.request
    places = {
        earlier_table.branch(request.base_ref): of_base_side(result),
        earlier_table.head(request.number, request.head): of_head_side(result),
    }

    def write(connection: sa.Connection) -> None:
        reviews.save_outcome(connection, row.id, outcome)
        for place, verdicts in places.items():
            texts = {target: codec.dump(Earlier, verdict) for target, verdict in verdicts.items()}
            earlier_table.save(connection, request.repository_id, place, texts)

    await ctx.store.do(write)


class Remembered:
    """The memory of one review, in the store."""

    def __init__(self, ctx: Context, row: ReviewRow) -> None:
        self._ctx = ctx
        self._row = row

    async def snapshot(self) -> str:
        """Return the snapshot this head was judged on before, unless a fresh look was asked for."""
        row = await self._ctx.store.do(lambda c: reviews.find(c, self._row.id))
        if row is not None and (row.snapshot or row.request.fresh):
            return row.snapshot
        request = self._row.request
        key = (request.repository_id, request.number, request.head)
        return await self._ctx.store.do(lambda c: reviews.snapshot_of_head(c, *key))

    async def keep_snapshot(self, snapshot: str) -> None:
        """Note the snapshot both sides are judged on."""
        await self._ctx.store.do(lambda c: reviews.note_snapshot(c, self._row.id, snapshot))

    async def resolved(self, reference: Reference, platform: str) -> ResolvedImage | None:
        """Return what a reference was resolved to for this head."""
        digests = await self._ctx.store.do(lambda c: images.resolution(c, self._key(reference, platform)))
        return _resolved(reference, digests) if digests else None

    async def keep_resolved(self, image: ResolvedImage, platform: str) -> None:
        """Note what a reference was resolved to for this head."""
        key = self._key(image.reference, platform)
        await self._ctx.store.do(lambda c: images.save_resolution(c, key, _digests(image)))

    async def last_seen(self, reference: Reference, platform: str) -> Sighting | None:
        """Return the image as last read for this repository."""
        place = (self._row.request.repository_id, str(reference), platform)
        stored = await self._ctx.store.do(lambda c: images.sighting(c, *place))
        if stored is None:
            return None
        try:
            inventory = await asyncio.to_thread(codec.load, Inventory, stored.inventory)
        except codec.Unreadable:
            return None
        return Sighting(_resolved(reference, stored.digests), inventory)

    async def keep_seen(self, platform: str, seen: Sighting) -> None:
        """Keep an image that was read, for the day its registry does not answer."""
        inventory = await asyncio.to_thread(codec.dump, Inventory, seen.inventory)
        held = owners(seen.inventory.packages)
        packages = tuple(package for package, owner in held if owner is None)
        owned = tuple((package, owner) for package, owner in held if owner is not None)
        stored = images.Sighting(_digests(seen.image), inventory, packages, owned)
        place = (self._row.request.repository_id, str(seen.image.reference), platform)
        now = seconds(self._ctx.clock)
        await self._ctx.store.do(lambda c: images.save_sighting(c, *place, stored, now))

    async def first_seen(self, name: str, tag: str, digest: str) -> datetime:
        """Return when a tag was first seen to mean a digest, by whichever review."""
        moment = seconds(self._ctx.clock)
        noted = await self._ctx.store.do(lambda c: images.first_seen(c, name, tag, digest, moment))
        return datetime.fromtimestamp(noted, UTC)

    async def due_since(self, name: str, tag: str, digest: str) -> datetime | None:
        """Return when a tag was first seen to mean something newer, by whichever review."""
        noted = await self._ctx.store.do(lambda c: images.due_since(c, name, tag, digest))
        return None if noted is None else datetime.fromtimestamp(noted, UTC)

    def _key(self, reference: Reference, platform: str) -> ResolutionKey:
        request = self._row.request
        return ResolutionKey(request.repository_id, request.number, request.head, str(reference), platform)


def _resolved(reference: Reference, digests: Digests) -> ResolvedImage:
    # As it was written: `parse` reads what people write, and would call x86_64 amd64.
    platform = Platform(*digests.platform.split("/", 2))
    return ResolvedImage(reference, digests.index_digest, digests.manifest_digest, platform)


def _digests(image: ResolvedImage) -> Digests:
    return Digests(image.index_digest, image.manifest_digest, str(image.platform))
