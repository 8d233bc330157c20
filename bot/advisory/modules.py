"""Tell the module streams of RHEL-like systems apart: a record of `nodejs:18` says nothing of `nodejs:20`.

Packages of a stream carry it in their header and `.module_el8…` in their release; a record names the stream in its
text, https://docs.fedoraproject.org/en-US/modularity/core-concepts/nsvca/.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.advisory.ecosystem import distribution
from bot.advisory.model import Advisory, Affected
from bot.package import Package
from bot.package.versions import NotComparable

_FAMILY = frozenset({"AlmaLinux", "Red Hat", "Rocky Linux"})
_BUILD = ".module"
_STREAM = re.compile(r"(?<![\w.+-])[A-Za-z][\w.+-]{0,80}:\w[\w.+-]{0,80}")
_READ = 4_000


@dataclass(frozen=True, slots=True)
class Stream:
    """Which module stream a package is of."""

    name: str
    """`nodejs:18`; empty for none, and where the package does not say."""
    modular: bool


def stream_of(package: Package) -> Stream:
    """Read it from the package."""
    return Stream(package.module, bool(package.module) or _BUILD in package.version)


def speaks_of(record: Advisory, affected: Affected, stream: Stream) -> bool:
    """Whether an entry is about the stream, or about no stream as the package is of none.

    Raises NotComparable when the package does not say which stream it is of.
    """
    if distribution(affected.ecosystem) not in _FAMILY:
        return True
    modular = is_modular(affected)
    if not modular or not stream.modular:
        return modular == stream.modular
    if not stream.name:
        raise NotComparable("the package does not say which module stream it belongs to")
    return _names_stream(record.summary, record.details, stream.name)


def is_modular(affected: Affected) -> bool:
    """Whether its versions are those of a module's packages."""
    return any(_BUILD in version for span in affected.ranges for _, version in span.events)


@lru_cache(maxsize=1 << 12)
def _names_stream(summary: str, details: str, module: str) -> bool:
    """The summary decides; else the details, if they name a stream of this module; a record may name none at all."""
    name = module.partition(":")[0]
    streams = _streams(summary) or [one for one in _streams(details[:_READ]) if one.partition(":")[0] == name]
    return not streams or module in streams


def _streams(text: str) -> list[str]:
    return [stream.rstrip(".") for stream in _STREAM.findall(text)]
