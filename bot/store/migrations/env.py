"""Alembic's entry: our tables only, on the connection the caller holds."""

from typing import Any

from alembic import context

from bot.store.tables import PREFIX, metadata


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Keep autogenerate away from the job engine's tables in the same database."""
    return type_ != "table" or (name or "").startswith(PREFIX)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=PREFIX + "schema",
    include_name=include_name,
    render_as_batch=True,
)
context.run_migrations()
