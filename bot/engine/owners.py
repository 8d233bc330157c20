"""Which package owns a file. Distributions that merged `/usr` list a file in one place and ship it in the other.

See https://www.freedesktop.org/wiki/Software/systemd/TheCaseForTheUsrMerge/. To be owned excuses: a distribution
mends what is its own and says so. So only what a distribution ships counts, not what others' packages put aside.
"""

from collections.abc import Iterable, Iterator, Mapping

from bot.engine.catalog import Claim

_MERGED = frozenset(("bin", "sbin", "lib", "lib32", "lib64", "libx32"))
#: Where no distribution puts a file: for other vendors' packages and for what the image's maker installs. See the
#: Filesystem Hierarchy Standard 3.0, /opt, /srv and /usr/local, and the Debian Policy Manual, 9.1.2.
_OTHERS = ("opt/", "usr/local/", "srv/", "home/", "root/", "app/", "mnt/", "media/", "tmp/", "var/tmp/")
#: Bytes of a list that are looked at together: as a set of lines they take several times as much.
_PIECE = 1 << 20


def owners(claims: Iterable[Claim], wanted: Iterable[str]) -> Mapping[str, str]:
    """Return the package of each wanted path that one claims; of several, the first by name."""
    written = {
        name.encode(): path for path in wanted if not path.startswith(_OTHERS) for name in _names(path)
    }
    if not written:
        return {}
    found: dict[str, str] = {}
    for package, paths in claims:
        for lines in _pieces(paths):
            for name in written.keys() & lines:
                path = written[name]
                found[path] = min(package, found.get(path, package))
    return found


def _pieces(paths: bytes) -> Iterator[set[bytes]]:
    start = 0
    while start < len(paths):
        end = paths.find(b"\n", start + _PIECE)
        end = end if end >= 0 else len(paths)
        yield set(paths[start:end].split(b"\n"))
        start = end + 1


def _names(path: str) -> tuple[str, ...]:
    """Both names of a file in a merged directory."""
    first, _, rest = path.partition("/")
    if first == "usr" and rest.partition("/")[0] in _MERGED:
        return f"/{path}", f"/{rest}"
    return (f"/{path}", f"/usr/{path}") if first in _MERGED else (f"/{path}",)
