"""`POST /webhooks/github`: verify, parse, accept in one transaction, acknowledge.

GitHub waits ten seconds and never repeats a delivery by itself, so nothing else happens before the answer.
https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
"""

import asyncio
import logging

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from bot.clock import seconds
from bot.context import Context
from bot.github.errors import MalformedPayload
from bot.github.webhooks import Delivery, parse_event, read_payload, verify
from bot.handlers.route import route
from bot.jobs.accept import accept
from bot.store import StoreUnavailable, deliveries

log = logging.getLogger(__name__)
PATIENCE = 8.0
"""Seconds for the database; GitHub itself waits ten."""


class Refusal(Exception):
    """The request is not accepted: an HTTP status and what to do about it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def github_router(ctx: Context) -> APIRouter:
    """Return the routes GitHub calls."""
    router = APIRouter()

    @router.post("/webhooks/github")
    async def webhook(request: Request) -> JSONResponse:
        try:
            return await _receive(ctx, request)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.why}, refusal.status)

    return router


async def _receive(ctx: Context, request: Request) -> JSONResponse:
    raw = await _body(request, ctx.settings.max_payload)
    secret = ctx.settings.webhook_secret.get_secret_value()
    if not verify(secret, raw, request.headers.get("x-hub-signature-256")):
        raise Refusal(401, "the signature does not fit: compare the webhook secret on both sides")
    try:
        delivery = Delivery.from_headers(request.headers)
        event = parse_event(delivery.event, read_payload(raw))
    except MalformedPayload as exc:
        log.warning("a delivery was refused: %s", exc)
        raise Refusal(400, str(exc)) from exc
    kept = deliveries.Delivery(
        delivery.host, delivery.app_id, delivery.guid, delivery.event, raw.decode(errors="replace")
    )
    work = route(event, delivery.guid)
    now, minutes = seconds(ctx.clock), ctx.settings.review_minutes
    try:
        async with asyncio.timeout(PATIENCE):
            new = await ctx.store.do(lambda c: accept(c, kept, work, ctx.enqueue, now=now, minutes=minutes))
    except (StoreUnavailable, TimeoutError) as exc:
        log.exception("delivery %s could not be stored", delivery.guid)
        raise Refusal(503, "the database is not available; GitHub can redeliver this") from exc
    except sa.exc.SQLAlchemyError as exc:
        log.exception("delivery %s could not be stored by a bug", delivery.guid)
        raise Refusal(500, "an internal error: the log tells more under this delivery's GUID") from exc
    return JSONResponse({"accepted": new, "work": work is not None}, 202)


async def _body(request: Request, limit: int) -> bytes:
    """Read the body, giving up as soon as it is too large whatever its header claims."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise Refusal(413, f"the body is larger than {limit:,} bytes")
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise Refusal(413, f"the body is larger than {limit:,} bytes")
            chunks.append(chunk)
    except ClientDisconnect as exc:
        raise Refusal(400, "the body ended early") from exc
    return b"".join(chunks)
