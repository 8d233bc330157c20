"""Webhook deliveries, kept as received: the proof that nothing was lost, and the source to repair from."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.tables import deliveries


@dataclass(frozen=True, slots=True)
class Delivery:
    """One accepted webhook."""

    host: str
    app_id: str
    guid: str
    event: str
    payload: str


def add(connection: sa.Connection, delivery: Delivery, now: float) -> bool:
    """Keep a delivery; False when it was accepted before."""
    key = {"host": delivery.host, "app_id": delivery.app_id, "guid": delivery.guid}
    if connection.execute(sa.select(deliveries.c.guid).filter_by(**key)).first():
        return False
    row = {**key, "event": delivery.event, "payload": delivery.payload, "received_at": now}
    connection.execute(deliveries.insert().values(row))
    return True


def known(connection: sa.Connection, guids: list[str]) -> set[str]:
    """Which of these GUIDs were accepted."""
    return set(connection.scalars(sa.select(deliveries.c.guid).where(deliveries.c.guid.in_(guids))))


def drop_before(connection: sa.Connection, moment: float) -> int:
    """Forget deliveries older than `moment`; must be longer ago than GitHub can redeliver."""
    return connection.execute(deliveries.delete().where(deliveries.c.received_at < moment)).rowcount
