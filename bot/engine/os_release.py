"""Which distribution release an image is, from its os-release file or an older one. See os-release(5)."""

import re
from collections.abc import Callable, Mapping

from bot.engine.catalog.model import field
from bot.engine.paths import link_target
from bot.inventory import Release

_LINES = 1000
#: Links in a row, as Linux follows them: see path_resolution(7).
_LINKS = 40
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


#: How the one line of an older file begins, and the id os-release would have. The first that fits counts.
_NAMED = (
    ("red hat", "rhel"),
    ("centos", "centos"),
    ("fedora", "fedora"),
    ("rocky", "rocky"),
    ("almalinux", "almalinux"),
    ("oracle", "ol"),
    ("amazon", "amzn"),
    ("scientific", "scientific"),
    ("cbl-mariner", "mariner"),
    ("opensuse", "opensuse"),
    ("suse linux enterprise server", "sles"),
    ("suse linux enterprise desktop", "sled"),
    ("mageia", "mageia"),
)
_NUMBER = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,8}){0,5}")
_PATCH_LEVEL = re.compile(rb"^PATCHLEVEL\s{0,9}=\s{0,9}([0-9]{1,4})", re.MULTILINE)


def parse_named_release(data: bytes) -> Release | None:
    """`CentOS Linux release 7.9.2009 (Core)`, `SUSE Linux Enterprise Server 11 (x86_64)` with its patch level."""
    line = _first_line(data)
    found = next((id_ for begin, id_ in _NAMED if line.lower().startswith(begin)), "")
    number = _NUMBER.search(line)
    if not found or number is None:
        return None
    version = number[0]
    if patch := _PATCH_LEVEL.search(data[:4096]):
        version = f"{version}.{patch[1].decode()}"
    return Release(found, version, line)


#: The files that tell, the first one present counts. Oracle's has beside it one that says it were Red Hat's.
READERS: Mapping[str, Callable[[bytes], Release | None]] = {
    "etc/os-release": parse_os_release,
    "usr/lib/os-release": parse_os_release,
    "etc/alpine-release": parse_alpine_release,
    "etc/debian_version": parse_debian_version,
    "etc/oracle-release": parse_named_release,
    "etc/centos-release": parse_named_release,
    "etc/fedora-release": parse_named_release,
    "etc/redhat-release": parse_named_release,
    "etc/system-release": parse_named_release,
    "etc/SuSE-release": parse_named_release,
}
_ENDINGS = ("release", "debian_version")
#: Fedora keeps one for each of its editions, and a link to the one that counts.
_EDITIONS = "usr/lib/os.release.d/"


def release_reader(path: str) -> Callable[[bytes], Release | None] | None:
    """Return what reads the file at this path: one of the fixed places, or a file that those may link to."""
    if not path.endswith(_ENDINGS) and not path.startswith(_EDITIONS):
        return None
    if path.startswith(_EDITIONS) or path.endswith("/os-release"):
        return parse_os_release
    folder, _, name = path.rpartition("/")
    return READERS.get(path) or (READERS.get(f"etc/{name}") if folder == "usr/lib" else None)


def find_release(releases: Mapping[str, Release], links: Mapping[str, str]) -> Release | None:
    """Return what the first file says that is there, or that a link in its place leads to."""
    for path in READERS:
        for _ in range(_LINKS):
            if path in releases:
                return releases[path]
            if path not in links:
                break
            path = link_target(path, links[path])
    return None
