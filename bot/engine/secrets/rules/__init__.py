"""The rules, a table for each group of providers; where two find the same text, the earlier in `Rank` counts."""

from bot.engine.secrets.rule import Rule
from bot.engine.secrets.rules import (
    chat,
    cloud,
    files,
    forges,
    generic,
    keys,
    machines,
    monitoring,
    packages,
    payment,
    platforms,
    urls,
)

RULES: tuple[Rule, ...] = (
    *cloud.RULES,
    *platforms.RULES,
    *forges.RULES,
    *packages.RULES,
    *chat.RULES,
    *payment.RULES,
    *machines.RULES,
    *monitoring.RULES,
    *keys.RULES,
    *urls.RULES,
    *files.RULES,
    *generic.RULES,
)
