"""`/healthz`: the process answers. `/readyz`: it can accept work, and what stands in the way if not."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot.context import Context
from bot.feeds import IndexUnusable
from bot.store import StoreUnavailable, jobs


def health_router(ctx: Context) -> APIRouter:
    """Return the routes a supervisor calls."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        try:
            counts = await ctx.store.do(jobs.count_by_state)
        except StoreUnavailable:
            return JSONResponse({"status": "the database is not available"}, 503)
        return JSONResponse({"status": "ok", "jobs": counts, "advisories": _advisories(ctx)})

    return router


def _advisories(ctx: Context) -> str:
    """The snapshot in use. Without one the bot still concludes checks, as errors."""
    try:
        index = ctx.images.snapshots.open()
    except IndexUnusable as exc:
        return str(exc)
    if index is None:
        return "none imported: run `plimsoll db update`"
    with index:
        return index.snapshot.id
