"""Lockfiles and manifests of package managers: which packages a repository's application brings, line by line."""

from bot.lockfiles.found import Read
from bot.lockfiles.model import Dependency, Lockfile, Manager, Open
from bot.lockfiles.names import beside, form_at, manager_of, may_be_lockfile
from bot.lockfiles.parse import package_type, parse_lockfile

__all__ = [
    "Dependency",
    "Lockfile",
    "Manager",
    "Open",
    "Read",
    "beside",
    "form_at",
    "manager_of",
    "may_be_lockfile",
    "package_type",
    "parse_lockfile",
]
