"""Lockfiles and manifests of package managers: which packages a repository's application brings, line by line."""

from bot.lockfiles.found import Read
from bot.lockfiles.model import Dependency, Lockfile, Manager, Open
from bot.lockfiles.names import beside, manager_of, may_be_requirements
from bot.lockfiles.parse import parse_lockfile

__all__ = [
    "Dependency",
    "Lockfile",
    "Manager",
    "Open",
    "Read",
    "beside",
    "manager_of",
    "may_be_requirements",
    "parse_lockfile",
]
