"""Ruby gems: `specifications/*.gemspec` and `specifications/default/*.gemspec` of an installation.

See https://guides.rubygems.org/specification-reference/. RubyGems writes these files itself, one assignment a line;
they are programs, so only plain assignments of texts are read, and nothing is evaluated.
"""

import re

from bot.engine.catalog.model import LONGEST, Catalog, CatalogError, RawPackage, field

_LARGEST = 4 << 20
#: `s.name = "rack".freeze`; a version may be wrapped in `Gem::Version.new`.
_ASSIGNMENT = re.compile(
    rb"^[ \t]{0,40}[a-z_]{1,20}\.(name|version|platform) ?= ?(?:Gem::Version\.new ?\(?)?"
    rb"['\"]([^'\"#\\\n]{1,200})['\"]",
    re.MULTILINE,
)
_STUB = re.compile(rb"^# stub: ([^ \n]{1,200}) ([^ \n]{1,200}) ", re.MULTILINE)


def claims(path: str) -> bool:
    """A specification where RubyGems keeps those of what is installed."""
    folder = f"/{path.rpartition('/')[0]}"
    return path.endswith(".gemspec") and folder.endswith(("/specifications", "/specifications/default"))


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the one gem."""
    data = data[:_LARGEST]
    found: dict[bytes, bytes] = {}
    for match in _ASSIGNMENT.finditer(data):
        found.setdefault(match[1], match[2])
    if stub := _STUB.search(data):
        # What RubyGems itself goes by when it does not want to evaluate them all.
        found |= {b"name": stub[1], b"version": stub[2]}
    name, version = (field(found.get(key, b"")) for key in (b"name", b"version"))
    if not name or not version or len(name) >= LONGEST:
        raise CatalogError("it assigns no plain name and version")
    return [RawPackage(name, version, name, version)]


CATALOG = Catalog(name="ruby", type="gem", extensions=frozenset(("gemspec",)), claims=claims, parse=parse)
