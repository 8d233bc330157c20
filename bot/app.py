"""The composition root: settings in, a running bot out. Everything that touches the world is made here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI

from bot.advisories import guard_policy
from bot.clock import Clock, SystemClock
from bot.context import Context
from bot.errors import ConfigError
from bot.feeds.snapshots import Snapshots
from bot.github.client import GitHubApp
from bot.handlers import upkeep
from bot.image.platform import Platform
from bot.images import Ages, Images
from bot.jobs.engine import JobEngine
from bot.jobs.run import run_job
from bot.registry.compose import open_registry
from bot.registry.keychain import Credential, Keychain, read_credentials, read_docker_config
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.layers import LayerCache
from bot.settings import Settings
from bot.store import open_store
from bot.web.github import github_router
from bot.web.health import health_router

log = logging.getLogger(__name__)
GRACE_SECONDS = 10.0


def keychain(settings: Settings) -> Keychain:
    """The operator's registry credentials; raises ConfigError naming the file that cannot be read."""
    credentials: list[Credential] = []
    if settings.docker_config is not None:
        credentials += read_docker_config(_text(settings.docker_config, "DOCKER_CONFIG"))
    if settings.registry_credentials is not None:
        credentials += read_credentials(_text(settings.registry_credentials, "REGISTRY_CREDENTIALS"))
    return Keychain(tuple(credentials))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"PLIMSOLL_{name}: {path} cannot be read: {exc}") from exc


@asynccontextmanager
async def open_images(settings: Settings, clock: Clock) -> AsyncIterator[Images]:
    """Everything it takes to read images from registries."""
    keys = keychain(settings)
    scanner = EmbeddedScanner(LayerCache(settings.data_dir / "layers"))
    try:
        async with open_registry(
            settings.data_dir / "registry",
            cache_bytes=settings.cache_bytes,
            policy=guard_policy(settings),
            keychain=keys,
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
            )
    finally:
        scanner.close()


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is put together: its parts, and the engine that drives it."""

    context: Context
    engine: JobEngine


@asynccontextmanager
async def open_bot(
    settings: Settings, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[Bot]:
    """Open every edge; nothing runs yet."""
    async with AsyncExitStack() as stack:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = open_store(settings.database)
        stack.callback(store.close)
        engine = JobEngine(settings.database, settings.data_dir / "plimsoll.lock", workers=settings.workers)
        images = await stack.enter_async_context(open_images(settings, clock))
        github = GitHubApp(
            app_id=settings.app_id,
            private_key=settings.app_key(),
            clock=clock,
            api_url=settings.github_url,
            sleep=sleep,
        )
        stack.push_async_callback(github.aclose)
        yield Bot(Context(settings, clock, store, github, images, engine.enqueue), engine)


def add_routes(app: FastAPI, ctx: Context) -> None:
    """Put every router on an application."""
    app.include_router(github_router(ctx))
    app.include_router(health_router(ctx))


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The web application of `plimsoll serve`: it receives, works and sweeps in one process."""
    settings.require_app()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_bot(settings, clock or SystemClock()) as bot:
            add_routes(app, bot.context)
            await bot.engine.start(lambda job_id: run_job(bot.context, job_id))
            tasks = asyncio.create_task(upkeep.keep_up(bot.context, bot.engine.forget_before))
            log.info("ready")
            try:
                yield
            finally:
                tasks.cancel()
                await asyncio.gather(tasks, return_exceptions=True)
                await bot.engine.stop(GRACE_SECONDS)

    return FastAPI(title="Plimsoll", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
