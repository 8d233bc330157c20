"""The embedded scan engine: pure functions over bytes, from layers and a config to an inventory.

`scan_layer` reads one layer once, `squash` puts layers together. Neither knows a network, a disk or a clock.
"""

from bot.engine.config import parse_config
from bot.engine.document import ENGINE_VERSION, LayerDocument
from bot.engine.file_secrets import SecretSearch
from bot.engine.layer import scan_layer
from bot.engine.limits import Limits
from bot.engine.squash import squash

__all__ = [
    "ENGINE_VERSION",
    "LayerDocument",
    "Limits",
    "SecretSearch",
    "parse_config",
    "scan_layer",
    "squash",
]
