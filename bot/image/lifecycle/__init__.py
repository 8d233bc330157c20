"""Support dates of distributions and runtimes. Pure; `feeds.lifecycle_update` refreshes the table."""

from bot.image.lifecycle.lifecycle import Lifecycle
from bot.image.lifecycle.model import Cycle
from bot.image.lifecycle.products import product_of

__all__ = ["Cycle", "Lifecycle", "product_of"]
