"""The composition root: settings in, a running bot out. Everything that touches the world is made here."""

import asyncio
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
        settings.make_data_dir()
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


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock | None = None) -> AsyncIterator[FastAPI]:
    """The web application of `plimsoll serve`: while it is open, the same process works and sweeps.

    Opened outside the web server, which would print whatever keeps it from starting as its own failure.
    """
    settings.require_app()
    async with open_bot(settings, clock or SystemClock()) as bot:
        app = FastAPI(title="Plimsoll", docs_url=None, redoc_url=None, openapi_url=None)
        add_routes(app, bot.context)
        await bot.engine.start(lambda job_id: run_job(bot.context, job_id))
        tasks = asyncio.create_task(
            upkeep.keep_up(bot.context, bot.engine.forget_before, bot.engine.expected)
        )
        try:
            yield app
        finally:
            tasks.cancel()
            await asyncio.gather(tasks, return_exceptions=True)
            await bot.engine.stop(GRACE_SECONDS)
