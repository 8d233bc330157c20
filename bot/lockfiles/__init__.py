"""Lockfiles and manifests of package managers: which packages a repository's application brings, line by line."""

from bot.lockfiles.model import Dependency, Lockfile, Manager, Open

__all__ = ["Dependency", "Lockfile", "Manager", "Open"]
