"""Secrets in files, variables and commands: rules for what people really leak, and what tells a real one apart."""

from bot.engine.secrets.model import SecretFinding

__all__ = ["SecretFinding"]
