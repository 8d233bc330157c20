"""Plimsoll reviews pull requests for container security."""

__version__ = "0.1.0"
