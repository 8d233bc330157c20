"""Which package owns a file. Distributions that merged `/usr` list a file in one place and ship it in the other.

See https://www.freedesktop.org/wiki/Software/systemd/TheCaseForTheUsrMerge/.
"""

from collections.abc import Iterable, Mapping

from bot.engine.catalog import Claim

_MERGED = frozenset(("bin", "sbin", "lib", "lib32", "lib64", "libx32"))


def owners(claims: Iterable[Claim], wanted: Iterable[str]) -> Mapping[str, str]:
    """Return the package of each wanted path that one claims; of several, the first by name."""
    written = {name.encode(): path for path in wanted for name in _names(path)}
    if not written:
        return {}
    found: dict[str, str] = {}
    for package, paths in claims:
        for name in written.keys() & set(paths.split(b"\n")):
            path = written[name]
            found[path] = min(package, found.get(path, package))
    return found


def _names(path: str) -> tuple[str, ...]:
    """Both names of a file in a merged directory."""
    first, _, rest = path.partition("/")
    if first == "usr" and rest.partition("/")[0] in _MERGED:
        return f"/{path}", f"/{rest}"
    return (f"/{path}", f"/usr/{path}") if first in _MERGED else (f"/{path}",)
