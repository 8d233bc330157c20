"""Secrets in files, variables and commands: rules for what people really leak, and what tells a real one apart."""

from bot.engine.secrets.model import SecretFinding
from bot.engine.secrets.place import LARGEST
from bot.engine.secrets.search import Search, find
from bot.engine.secrets.words import is_set_secret, names_a_secret

__all__ = ["LARGEST", "Search", "SecretFinding", "find", "is_set_secret", "names_a_secret"]
