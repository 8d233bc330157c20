"""Parts put together from settings, for the server and the command line alike: images and advisories.

Kept apart from `app`, whose job engine and web server take a second to import.
"""

import hmac
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from bot.ages import Ages
from bot.clock import Clock
from bot.engine.secrets import Search
from bot.errors import ConfigError
from bot.feeds.lifecycle import LifecycleFile
from bot.feeds.snapshots import Snapshots
from bot.image.platform import Platform
from bot.images import Images, ImageSource
from bot.registry.keychain import Credential, Keychain, read_credentials, read_docker_config
from bot.sandbox import Sandbox
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.engines import ENGINES, Programs
from bot.scanners.layers import LayerCache
from bot.settings import PREFIX, Settings

if TYPE_CHECKING:
    from bot.examiner import Examiner


def keychain(settings: Settings) -> Keychain:
    """The operator's registry credentials; raises ConfigError naming the setting and what is wrong with its file."""
    return Keychain(
        (
            *_credentials("DOCKER_CONFIG", settings.docker_config, read_docker_config),
            *_credentials("REGISTRY_CREDENTIALS", settings.registry_credentials, read_credentials),
        )
    )


def _credentials(
    name: str, path: Path | None, read: Callable[[str], tuple[Credential, ...]]
) -> tuple[Credential, ...]:
    if path is None:
        return ()
    try:
        return read(path.read_text())
    except OSError as exc:
        raise ConfigError(f"{PREFIX}{name}: {path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{PREFIX}{name}: {path} is no text") from exc
    except ConfigError as exc:
        raise ConfigError(f"{PREFIX}{name}: {path}: {exc}") from exc


@asynccontextmanager
async def open_images(
    settings: Settings, clock: Clock, source: ImageSource | None = None
) -> AsyncIterator[Images]:
    """Everything it takes to read images from registries, or from another source."""
    settings.make_data_dir()
    keys = keychain(settings)
    search = Search(_secrets_key(settings)) if settings.search_secrets else None
    scanner = ENGINES[settings.engine](_scanner(settings, search), programs(settings), sandbox(settings))
    try:
        async with _source(settings, keys, clock, source) as opened:
            yield Images(
                source=opened,
                scanner=scanner,
                snapshots=Snapshots(settings.advisories, settings.data_dir / "snapshots"),
                clock=clock,
                platform=Platform.parse(settings.platform),
                ages=Ages(settings.advisory_warn_days, settings.advisory_error_days),
                build_args=settings.build_args,
                has_credentials=bool(keys.credentials),
                lifecycle=LifecycleFile(settings.support_dates).current,
                examiner=_examiner(settings, search),
            )
    finally:
        scanner.close()


def _source(
    settings: Settings, keys: Keychain, clock: Clock, source: ImageSource | None
) -> AbstractAsyncContextManager[ImageSource]:
    if source is not None:
        return nullcontext(source)
    # Its HTTP client takes a while to import, which local images need not wait for.
    from bot.reach import registries

    return registries(settings, keys, clock)


def _examiner(settings: Settings, search: Search | None) -> Callable[[], "Examiner"]:
    @cache
    def examiner() -> "Examiner":
        # All rules for Dockerfiles come with it, which a scan of an image need not wait for.
        from bot.examiner import Examiner
        from bot.linting.hadolint import configured

        return Examiner(search, configured(settings.hadolint))

    return examiner


def _scanner(settings: Settings, search: Search | None) -> EmbeddedScanner:
    folder = settings.data_dir / "layers"
    if search is None:
        return EmbeddedScanner(LayerCache(folder))
    return EmbeddedScanner(LayerCache(folder, searched=search.fingerprint(b"layers")), secrets=search)


def programs(settings: Settings) -> Programs:
    """Where the scanners of others are; relative to where we were started, as they run elsewhere."""
    return Programs(
        trivy=settings.trivy,
        grype=settings.grype,
        syft=settings.syft,
        trivy_cache=settings.trivy_cache.absolute() if settings.trivy_cache else None,
        grype_db=settings.grype_db.absolute() if settings.grype_db else None,
    )


def sandbox(settings: Settings) -> Sandbox:
    """How their programs are run."""
    user, _, group = settings.sandbox_user.partition(":")
    return Sandbox(
        settings.data_dir.absolute() / "sandbox",
        isolate=settings.sandbox == "strict",
        user=(int(user), int(group)) if user else None,
    )


def _secrets_key(settings: Settings) -> bytes:
    """What fingerprints of secrets are made with: the same on every machine of an App, else of a data folder."""
    if shared := settings.webhook_secret.get_secret_value():
        return hmac.digest(shared.encode(), b"fingerprints of secrets", "sha256")
    file = settings.data_dir / "fingerprints.key"
    try:
        if not file.exists():
            with NamedTemporaryFile(dir=settings.data_dir) as new, suppress(FileExistsError):
                new.write(secrets.token_bytes(32))
                new.flush()
                os.link(new.name, file)
        return file.read_bytes()
    except OSError:
        # Nothing is kept in a folder that cannot be written, so nothing has to be found again.
        return secrets.token_bytes(32)
