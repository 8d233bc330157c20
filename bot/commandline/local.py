"""`plimsoll review`: the bot's own judgement on a local git repository."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock, today
from bot.commandline.options import Progress, coloured, with_options
from bot.compose import open_images
from bot.gathering import Building
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.images import Reader
from bot.inspection import SeenImage
from bot.inventory import Skipped
from bot.local_git import local_change
from bot.local_policy import local_policy
from bot.policy.verdict import Status
from bot.registry.model import Access, TagList
from bot.report.json_report import render_json
from bot.report.markdown import render_markdown_report
from bot.report.terminal import render_terminal
from bot.review import Review
from bot.review import review as judge
from bot.settings import Settings
from bot.sightings import Forgetful

EXIT_CODES = {Status.PASS: 0, Status.WARN: 0, Status.FAIL: 1, Status.ERROR: 3}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    path: Path
    base: str
    head: str
    form: str
    build_args: tuple[str, ...]
    accept_stale: bool
    engine: str = ""


def _text(review: Review) -> str:
    width = max(60, min(shutil.get_terminal_size().columns, 160))
    return render_terminal(review, colour=coloured(), width=width)


FORMATS: Mapping[str, Callable[[Review], str]] = {
    "text": _text,
    "markdown": render_markdown_report,
    "json": render_json,
}


def review(settings: Settings, wanted: Wanted, tell: Progress) -> tuple[str, int]:
    """Judge a local change; return the report and the exit code."""
    options = with_options(settings, wanted.build_args, wanted.accept_stale, wanted.engine)
    result = asyncio.run(_review(options, wanted, tell))
    return FORMATS[wanted.form](result), EXIT_CODES[result.verdict.status]


async def _review(settings: Settings, wanted: Wanted, tell: Progress) -> Review:
    clock = SystemClock()
    building = Building(settings.build_args, Platform.parse(settings.platform))
    change = await asyncio.to_thread(local_change, wanted.path, wanted.base, wanted.head, building)
    policy = await asyncio.to_thread(local_policy, wanted.path, wanted.base, change, wanted.head)
    async with open_images(settings, clock) as images:
        with images.reader(Access(""), Forgetful()) as reader:
            return await judge(change, policy, Telling(reader, tell), today=today(clock))


class Telling:
    """A reader that tells which image it looks at."""

    def __init__(self, reader: Reader, tell: Progress) -> None:
        self._reader = reader
        self._tell = tell
        self.build_args = reader.build_args
        self.platform = reader.platform
        self.recall = reader.recall
        self.examiner = reader.examiner
        self.match = reader.match
        self.safe_versions = reader.safe_versions
        self.spoken_of = reader.spoken_of
        self.snapshot = reader.snapshot
        self.lifecycle = reader.lifecycle
        self.now = reader.now
        self.details = reader.details
        self.first_seen = reader.first_seen
        self.due_since = reader.due_since

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image, telling so."""
        self._tell(f"Looking into {reference}")
        return await self._reader.see(reference, platform)

    async def tags(self, reference: Reference) -> TagList | Skipped:
        """List the tags, telling so."""
        self._tell(f"Listing the tags of {reference.name}")
        return await self._reader.tags(reference)
