"""Parts put together from settings, for the server and the command line alike: images and advisories.

Kept apart from `app`, whose job engine and web server take a second to import.
"""

import hmac
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.clock import Clock, seconds
from bot.engine.secrets import Search
from bot.errors import ConfigError
from bot.examiner import Examiner
from bot.feeds import UpdateReport, update
from bot.feeds.catalogues import Kind
from bot.feeds.lifecycle import LifecycleFile, LifecycleReport, update_lifecycle
from bot.feeds.snapshots import Snapshots
from bot.image.platform import Platform
from bot.images import Ages, Images
from bot.linting.hadolint import Hadolint, find_hadolint
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy
from bot.registry.keychain import Credential, Keychain, read_credentials, read_docker_config
from bot.registry.transport import guarded_client
from bot.sandbox import Sandbox
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.engines import ENGINES, Programs
from bot.scanners.layers import LayerCache
from bot.settings import PREFIX, Settings, split


def guard_policy(settings: Settings) -> GuardPolicy:
    """Which hosts the operator lets us reach beyond https to public addresses."""
    return GuardPolicy(
        private_hosts=frozenset(split(settings.private_hosts)),
        plain_http_hosts=frozenset(split(settings.insecure_hosts)),
        proxy=settings.proxy or None,
    )


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
async def open_images(settings: Settings, clock: Clock) -> AsyncIterator[Images]:
    """Everything it takes to read images from registries."""
    settings.make_data_dir()
    keys = keychain(settings)
    search = Search(_secrets_key(settings)) if settings.search_secrets else None
    scanner = ENGINES[settings.engine](_scanner(settings, search), programs(settings), sandbox(settings))
    try:
        async with open_registry(
            settings.data_dir / "registry",
            cache_bytes=settings.cache_bytes,
            policy=guard_policy(settings),
            keychain=keys,
            clock=lambda: seconds(clock),
        ) as registry:
            yield Images(
                source=registry,
                scanner=scanner,
                snapshots=Snapshots(settings.advisories, settings.data_dir / "snapshots"),
                clock=clock,
                platform=Platform.parse(settings.platform),
                ages=Ages(settings.advisory_warn_days, settings.advisory_error_days),
                build_args=settings.build_args,
                has_credentials=bool(keys.credentials),
                lifecycle=LifecycleFile(settings.support_dates).current,
                examiner=Examiner(search, _hadolint(settings)),
            )
    finally:
        scanner.close()


def _hadolint(settings: Settings) -> Hadolint | None:
    """The program that was set, which has to be there, else the one that is found; none where it is switched off."""
    if settings.hadolint == "off":
        return None
    program = settings.hadolint or find_hadolint()
    return Hadolint(program) if program else None


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


async def update_advisories(settings: Settings, clock: Clock) -> UpdateReport:
    """Refresh the index in the data folder; raises FeedUnavailable when not one feed could be fetched."""
    async with guarded_client(guard_policy(settings)) as http:
        urls = {Kind.KEV: settings.kev_url, Kind.EPSS: settings.epss_url}
        return await update(
            settings.osv_url,
            split(settings.ecosystems),
            settings.advisories,
            http,
            now=clock.now(),
            catalogues={kind: url for kind, url in urls.items() if url},
        )


async def update_support_dates(settings: Settings, clock: Clock) -> LifecycleReport:
    """Refresh the table in the data folder; raises LifecycleUnavailable when nothing came of it."""
    async with guarded_client(guard_policy(settings)) as http:
        return await update_lifecycle(settings.lifecycle_url, settings.support_dates, http, now=clock.now())
