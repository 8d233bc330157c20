"""`plimsoll review`: the bot's own judgement on a local git repository."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock, today
from bot.compose import open_images
from bot.errors import ConfigError
from bot.gathering import Building
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.images import Forgetful, Reader
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

Progress = Callable[[str], None]
EXIT_CODES = {Status.PASS: 0, Status.WARN: 0, Status.FAIL: 1, Status.ERROR: 3}
ANY_AGE = 36500.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    path: Path
    base: str
    head: str
    form: str
    build_args: tuple[str, ...]
    accept_stale: bool


def _text(review: Review) -> str:
    width = max(60, min(shutil.get_terminal_size().columns, 160))
    return render_terminal(review, colour=coloured(), width=width)


FORMATS: Mapping[str, Callable[[Review], str]] = {
    "text": _text,
    "markdown": render_markdown_report,
    "json": render_json,
}


def coloured() -> bool:
    """Whether stdout is a terminal that wants colour (NO_COLOR, see https://no-color.org)."""
    return Console().is_terminal and not Console().no_color


@contextmanager
def progress() -> Iterator[Progress]:
    """Tell on stderr what is being done, when somebody watches."""
    console = Console(stderr=True)
    if not console.is_terminal or not sys.stdout.isatty():
        yield lambda _: None
        return
    with console.status("Reading the change") as status:
        yield status.update


def review(settings: Settings, wanted: Wanted, tell: Progress) -> tuple[str, int]:
    """Judge a local change; return the report and the exit code."""
    result = asyncio.run(
        _review(with_options(settings, wanted.build_args, wanted.accept_stale), wanted, tell)
    )
    return FORMATS[wanted.form](result), EXIT_CODES[result.verdict.status]


def with_options(settings: Settings, build_args: tuple[str, ...], accept_stale: bool) -> Settings:
    """Return the settings with what the command line adds."""
    values = dict(settings.build_args)
    for pair in build_args:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise ConfigError(f"--build-arg {pair!r}: write NAME=VALUE")
        values[name] = value
    changes: dict[str, object] = {"build_args": values}
    if accept_stale:
        # Older than the limit for an error still warns: the report says how old they are.
        changes["advisory_error_days"] = ANY_AGE
    return settings.model_copy(update=changes)


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
        self.match = reader.match
        self.safe_versions = reader.safe_versions
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
