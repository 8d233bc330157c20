"""`plimsoll bump IMAGE:TAG`: what the image could move to, proven by scans, or by its tags alone."""

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.bump.model import Advice
from bot.bump.prove import PATIENCE, advise
from bot.clock import SystemClock
from bot.commandline.local import Telling
from bot.commandline.options import Progress, coloured, with_options
from bot.compose import open_images
from bot.errors import ConfigError, OperatorError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.image.tags import Candidates, candidates
from bot.inspection import Base, Location, SnapshotSeen
from bot.inventory import Skipped
from bot.policy.gate import Policy
from bot.registry.model import Access
from bot.report.bump_table import (
    render_advice_json,
    render_advice_table,
    render_choice_json,
    render_choice_table,
)
from bot.settings import Settings
from bot.sightings import Forgetful

INCONCLUSIVE = 3
MAX_TAGS_FILE = 20_000_000
_PATIENCE = 10 * PATIENCE
"""Somebody waits for it, so it may take longer than beside a pull request."""


class Unreadable(OperatorError):
    """The image could not be read at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    image: str
    tags: Path | None
    platform: str
    form: str
    accept_stale: bool


def _width() -> int:
    return max(60, min(shutil.get_terminal_size().columns, 200))


ADVICE_FORMATS: Mapping[str, Callable[[Advice, SnapshotSeen | None], str]] = {
    "table": lambda advice, snapshot: render_advice_table(
        advice, snapshot, colour=coloured(), width=_width()
    ),
    "json": render_advice_json,
}
CHOICE_FORMATS: Mapping[str, Callable[[str, Candidates], str]] = {
    "table": lambda image, choice: render_choice_table(image, choice, colour=coloured(), width=_width()),
    "json": render_choice_json,
}


def bump(settings: Settings, wanted: Wanted, tell: Progress) -> tuple[str, int]:
    """Advise on one image; return the report and the exit code."""
    reference = Reference.parse(wanted.image).normalized()
    if reference.tag is None:
        raise ConfigError(
            f"{wanted.image} has no tag, so nobody can say what would be newer: write IMAGE:TAG"
            " or IMAGE:TAG@DIGEST"
        )
    if wanted.tags is not None:
        choice = candidates(reference, read_tags(wanted.tags), now=SystemClock().now())
        return CHOICE_FORMATS[wanted.form](wanted.image, choice), 0
    options = with_options(settings, (), wanted.accept_stale)
    advice, snapshot = asyncio.run(_advise(options, wanted, reference, tell))
    blind = (advice.problem or advice.unread) and not advice.candidates
    return ADVICE_FORMATS[wanted.form](advice, snapshot), INCONCLUSIVE if blind else 0


async def _advise(
    settings: Settings, wanted: Wanted, reference: Reference, tell: Progress
) -> tuple[Advice, SnapshotSeen | None]:
    clock = SystemClock()
    platform = Platform.parse(wanted.platform) if wanted.platform else None
    async with open_images(settings, clock) as images:
        with images.reader(Access(""), Forgetful()) as reader:
            telling = Telling(reader, tell)
            seen = await telling.see(reference, platform)
            if isinstance(seen, Skipped):
                raise Unreadable(f"{wanted.image} could not be read: {seen.why}")
            asked = str(platform) if platform else ""
            base = Base(
                wanted.image, str(reference), Location("", 0, 0), (), "", True, platform=asked, seen=seen
            )
            advice = await advise(base, telling, Policy(), now=clock.now(), patience=_PATIENCE)
            return advice, reader.snapshot([seen])


def read_tags(path: Path) -> tuple[str, ...]:
    """Read tags from a file, one a line or as a JSON list; raises ConfigError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TAGS_FILE + 1)
        text = content.decode()
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is no text") from exc
    if len(content) > MAX_TAGS_FILE:
        raise ConfigError(f"{path} is larger than {MAX_TAGS_FILE // 1_000_000} MB")
    if not text.lstrip().startswith("["):
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ConfigError(f"{path} is no JSON: {exc}") from exc
    if not all(isinstance(tag, str) for tag in listed):
        raise ConfigError(f"{path} must be a list of tags, each a text")
    return tuple(listed)
