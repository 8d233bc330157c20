"""Language runtimes and servers outside any package manager: what `binaries` finds, and a JDK's `release` file.

The file is described in https://openjdk.org/jeps/223 and written by every build of OpenJDK.
"""

import re

from bot.engine.catalog.model import Catalog, RawPackage, field

_LARGEST = 64 << 10
_JAVA = re.compile(rb'^JAVA_VERSION="([0-9][0-9._]{0,30})"', re.MULTILINE)


def claims(path: str) -> bool:
    """A file of that name; whether it is a JDK's, its content says."""
    return path.endswith("/release")


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the Java runtime, if the file belongs to one."""
    match = _JAVA.search(data[:_LARGEST])
    if match is None:
        return []
    version = field(match[1])
    return [RawPackage("java", version, "java", version)]


CATALOG = Catalog(name="runtime", type="generic", names=frozenset(("release",)), claims=claims, parse=parse)
