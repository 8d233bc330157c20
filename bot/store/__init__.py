"""What the bot remembers: SQLAlchemy Core tables, one file each, behind one `Store`."""

from bot.store.store import Store, StoreUnavailable, open_store

__all__ = ["Store", "StoreUnavailable", "open_store"]
