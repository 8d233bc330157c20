"""Which distribution release an image is, from its os-release file or an older one. See os-release(5)."""

import re
from collections.abc import Callable, Mapping

from bot.engine.catalog.model import field
from bot.inventory import Release

_LINES = 1000
_ASSIGNMENT = re.compile(rb"\s*([A-Z0-9_]+)=([^\r\n]*)")
#: An id is written into package URLs, so it has the letters os-release(5) allows and no others.
_NOT_IN_ID = re.compile(r"[^a-z0-9._-]")


def parse_os_release(data: bytes) -> Release | None:
    """Read `NAME=value` lines; an unnamed system is `linux`, as os-release(5) says. None without any line."""
    fields: dict[bytes, str] = {}
    for line in data.split(b"\n", _LINES)[:_LINES]:
        if match := _ASSIGNMENT.match(line):
            fields[match[1]] = _unquote(match[2])
    if not fields:
        return None
    return Release(
        id=_id(fields.get(b"ID", "")) or "linux",
        version_id=fields.get(b"VERSION_ID", ""),
        pretty_name=fields.get(b"PRETTY_NAME", ""),
        codename=fields.get(b"VERSION_CODENAME", "") or fields.get(b"UBUNTU_CODENAME", ""),
    )


def parse_alpine_release(data: bytes) -> Release | None:
    """`3.20.3`."""
    version = _first_line(data)
    return Release("alpine", version, f"Alpine Linux {version}") if version else None


def parse_debian_version(data: bytes) -> Release | None:
    """`12.5`, or `trixie/sid` before a release has its number."""
    version = _first_line(data)
    if not version:
        return None
    if version[0].isdigit():
        return Release("debian", version.partition(".")[0], f"Debian GNU/Linux {version}")
    return Release("debian", "", f"Debian GNU/Linux {version}", version.partition("/")[0])


def _first_line(data: bytes) -> str:
    return field(data.lstrip().partition(b"\n")[0])


def _unquote(raw: bytes) -> str:
    text = field(raw)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text.replace("\\", "")


def _id(text: str) -> str:
    return _NOT_IN_ID.sub("", text.lower())


#: The files that tell, the first one present counts.
READERS: Mapping[str, Callable[[bytes], Release | None]] = {
    "etc/os-release": parse_os_release,
    "usr/lib/os-release": parse_os_release,
    "etc/alpine-release": parse_alpine_release,
    "etc/debian_version": parse_debian_version,
}
