"""The composition root: settings in, a running bot out. Everything that touches the world is made here."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from bot.clock import Clock, SystemClock
from bot.compose import open_images
from bot.context import Context
from bot.github.client import GitHubApp
from bot.handlers import upkeep
from bot.jobs.engine import JobEngine
from bot.jobs.run import run_job
from bot.settings import Settings
from bot.store import open_store
from bot.web.github import github_router
from bot.web.health import health_router

log = logging.getLogger(__name__)
GRACE_SECONDS = 10.0


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
        engine = JobEngine(settings.database, workers=settings.workers)
        stack.callback(engine.close)
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
            chores = upkeep.keep_up(bot.context, bot.engine.forget_before, bot.engine.expected)
            tasks = asyncio.create_task(chores)
            log.info("ready")
            try:
                yield
            finally:
                tasks.cancel()
                await asyncio.gather(tasks, return_exceptions=True)
                await bot.engine.stop(GRACE_SECONDS)

    return FastAPI(title="Plimsoll", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
