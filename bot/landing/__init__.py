"""Which files of a repository land in which image: COPY, build contexts, `.dockerignore`, install commands. Pure."""

from bot.landing.model import Landed, Landing

__all__ = ["Landed", "Landing"]
