"""Tell from an executable, while it streams past, what it was built from and which well-known program it is."""

from bot.engine.binaries.examine import Examination, examine, wants

__all__ = ["Examination", "examine", "wants"]
