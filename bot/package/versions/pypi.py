"""Order Python versions as PEP 440 does, https://packaging.python.org/en/latest/specifications/version-specifiers/.

`packaging` reads them; what it refuses (legacy versions such as `2004d`) has no defined order.
"""

from functools import lru_cache

from packaging.version import InvalidVersion, Version

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_LOWEST, _PRESENT, _HIGHEST = "\x01\x02\x03"
_PHASES = {"a": "\x01", "b": "\x02", "rc": "\x03"}


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    try:
        parsed = Version(version)
    except InvalidVersion:
        raise NotComparable(f"{version[:80]!r} is not a Python version (PEP 440)") from None
    return "".join(
        (
            _number(parsed.epoch),
            _release(parsed.release),
            _pre(parsed),
            _post(parsed),
            _dev(parsed),
            _local(parsed),
        )
    )


def _number(value: int) -> str:
    return number(str(value))


def _release(parts: tuple[int, ...]) -> str:
    last = max((index for index, part in enumerate(parts) if part), default=-1)
    return "".join(_PRESENT + _number(part) for part in parts[: last + 1]) + _LOWEST


def _pre(version: Version) -> str:
    """A release that is only under development comes before its own pre-releases."""
    if version.pre is not None:
        phase, count = version.pre
        return _PRESENT + _PHASES[phase] + _number(count)
    return _LOWEST if version.dev is not None and version.post is None else _HIGHEST


def _post(version: Version) -> str:
    return _LOWEST if version.post is None else _PRESENT + _number(version.post)


def _dev(version: Version) -> str:
    return _HIGHEST if version.dev is None else _PRESENT + _number(version.dev)


def _local(version: Version) -> str:
    """Numbers after words, and a longer local version after its beginning."""
    parts = version.local.split(".") if version.local else ()
    return "".join(_HIGHEST + number(p) if p.isdigit() else _PRESENT + p + _LOWEST for p in parts) + _LOWEST
