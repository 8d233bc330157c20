"""`plimsoll doctor`: what works here and what does not, and what to do about it."""

import asyncio
from collections.abc import Iterator
from tempfile import TemporaryFile

from bot.clock import SystemClock
from bot.commandline.checkup.feeds import look_at_advisories
from bot.commandline.checkup.given import look_at_credentials, look_at_settings
from bot.commandline.checkup.line import Line, Mark, shown
from bot.commandline.checkup.programs import look_at_programs
from bot.compose import open_images
from bot.errors import BotError, ConfigError
from bot.github.auth import rsa_key
from bot.image.reference import Reference
from bot.inventory import Skipped
from bot.registry.model import Access
from bot.settings import PREFIX, Settings


def doctor(settings: Settings) -> tuple[str, int]:
    """Look at everything that needs no network; return what was found, and the exit code."""
    return shown(
        [
            *look_at_settings(),
            *_data(settings),
            look_at_credentials(settings),
            *asyncio.run(look_at_programs(settings)),
            *look_at_advisories(settings),
            _app(settings),
        ]
    )


def doctor_registry(settings: Settings, written: str) -> tuple[str, int]:
    """Ask a registry for one image; return what it answers, and the exit code."""
    reference = Reference.parse(written).normalized()
    return shown(asyncio.run(_registry(settings, reference)))


def _data(settings: Settings) -> Iterator[Line]:
    folder = settings.data_dir
    try:
        settings.make_data_dir()
        with TemporaryFile(dir=folder):
            pass
    except ConfigError as exc:
        yield Line("data folder", str(exc), Mark.SETTING)
    except OSError as exc:
        said = f"{folder} cannot be written: {exc.strerror}; give it to this user, or set {PREFIX}DATA_DIR"
        yield Line("data folder", said, Mark.SETTING)
    else:
        yield Line("data folder", str(folder))


def _app(settings: Settings) -> Line:
    """Whether what `serve` cannot do without is set; who only reviews by hand needs none of it."""
    try:
        if not (settings.app_id or settings.app_key() or settings.webhook_secret.get_secret_value()):
            return Line("GitHub App", "not set up, which only `plimsoll serve` needs", Mark.ABSENT)
        settings.require_app()
        rsa_key(settings.app_key())
    except BotError as exc:
        return Line("GitHub App", str(exc), Mark.SETTING)
    return Line("GitHub App", f"App {settings.app_id} at {settings.github_url}, with key and webhook secret")


async def _registry(settings: Settings, reference: Reference) -> list[Line]:
    async with open_images(settings, SystemClock()) as images:
        access = Access("")
        lines = [Line("reference", str(reference))]
        lines.append(Line("read as", images.source.scope(reference, access)))
        image = await images.source.resolve(reference, None, access)
        if isinstance(image, Skipped):
            return [*lines, Line("image", f"{image.why}; see docs/registries.md", Mark.BROKEN)]
        lines += [
            Line("platform", str(image.platform)),
            Line("digest", image.index_digest),
            Line("manifest", image.manifest_digest),
        ]
        manifest = await images.source.manifest(image, access)
        if isinstance(manifest, Skipped):
            lines.append(Line("layers", manifest.why, Mark.BROKEN))
        else:
            size = sum(layer.size for layer in manifest.layers)
            lines.append(Line("layers", f"{len(manifest.layers)}, {size / 1e6:,.1f} MB"))
        tags = await images.source.tags(reference, access)
        if isinstance(tags, Skipped):
            # An image can be judged without, only not bumped.
            return [*lines, Line("tags", tags.why, Mark.ABSENT)]
        return [*lines, Line("tags", f"{len(tags.tags):,}")]
