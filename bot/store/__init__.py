"""What the bot remembers: SQLAlchemy Core tables, one file each, behind one `Store`."""

from bot.store.store import Store, open_store

__all__ = ["Store", "open_store"]
