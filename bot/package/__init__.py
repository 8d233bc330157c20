"""Packages as every other part of the bot names them."""

from bot.package.package import Package

__all__ = ["Package"]
