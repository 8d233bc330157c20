"""Well-known programs by what they say of themselves: each is looked for only in files of its own name.

One rule a program: the names its file has, and a text of its own that holds the version. Every pattern is bounded.
"""

import re
from dataclasses import dataclass

from bot.engine.binaries.stream import Window
from bot.engine.catalog.model import RawPackage

#: Bytes of a file that are searched: more than any of these programs has.
_FARTHEST = 192 << 20
_RELEASE = rb"([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,4})"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one program is recognised."""

    name: str
    file: re.Pattern[str]
    """What the last part of its path looks like."""
    says: bytes
    """The pattern of its text; groups are the parts of the version. `@` stands for what `file` captured."""


def _rule(name: str, file: str, says: bytes) -> Rule:
    return Rule(name, re.compile(file), says)


_RULES = (
    _rule(
        "python",
        r"(?:lib)?python([23]\.[0-9]{1,2})[dmut]{0,3}(?:\.so(?:\.[0-9.]{1,8})?)?",
        # The linker may keep it as the end of a longer text, such as where it was built.
        rb"[\0/-](@\.[0-9]{1,3}(?:(?:a|b|rc)[0-9]{1,3})?)\+?\0",
    ),
    _rule("node", r"node(?:js)?|libnode\.so\.[0-9]{1,4}", rb"node\.js/v" + _RELEASE),
    _rule("nginx", r"nginx(?:-debug)?", rb"\0nginx version: nginx/" + _RELEASE),
    _rule(
        "openresty",
        r"nginx(?:-debug)?|openresty",
        rb"\0nginx version: openresty/([0-9]{1,3}(?:\.[0-9]{1,4}){3})",
    ),
    _rule(
        "postgresql",
        r"postgres",
        rb"postgres \(PostgreSQL\) ([0-9]{1,2}(?:\.[0-9]{1,3}){1,2}|[0-9]{1,2}(?:beta|rc)[0-9])",
    ),
    _rule(
        "openssl",
        r"openssl|lib(?:crypto|ssl)\.so(?:\.[0-9.]{1,8})?",
        rb"OpenSSL ([0-9]\.[0-9]{1,2}\.[0-9]{1,2}[a-z]{0,2}(?:-(?:alpha|beta|pre)[0-9]{1,2})?)[a-z+-]{0,8} {1,2}"
        rb"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}",
    ),
    _rule("busybox", r"busybox(?:[.-][a-z]{1,12})?", rb"BusyBox v" + _RELEASE + rb"[ \0(]"),
    _rule("java", r"libjvm\.so", rb" JRE \(([0-9]{1,3}(?:[._][0-9]{1,4}){0,4})"),
    _rule(
        "php",
        r"php(?:-fpm|-cgi|dbg)?[0-9.]{0,4}|libphp[0-9.]{0,4}\.so",
        rb"X-Powered-By: PHP/" + _RELEASE[:-1] + rb"(?:(?:alpha|beta|RC)[0-9]{1,2})?)",
    ),
    _rule(
        "ruby",
        r"ruby[0-9.]{0,4}|libruby[0-9.-]{0,6}\.so(?:\.[0-9.]{1,8})?",
        rb"\0ruby " + _RELEASE + rb"[a-z0-9]{0,10} \([0-9]{4}-[0-9]{2}-[0-9]{2} ",
    ),
    _rule(
        "perl",
        r"perl(?:5[0-9.]{0,8})?|libperl\.so(?:\.[0-9.]{1,8})?",
        rb"This is perl (5), version ([0-9]{1,3}), subversion ([0-9]{1,3}) ",
    ),
    _rule(
        "redis",
        r"redis-(?:server|check-(?:rdb|aof)|sentinel)",
        # REDIS_BUILD_ID_RAW: version, host or nothing, time, whether changed, commit.
        rb"(?<![0-9.])([0-9]{1,2}\.[0-9]{1,3}\.[0-9]{1,3}?)"
        rb"(?:[0-9a-f]{12}-|[A-Za-z][\w.-]{0,64}-)?[0-9]{10}[0-9]{0,1}[0-9a-f]{8}\0",
    ),
    _rule("mysql", r"mysqld(?:-debug)?", rb"/mysql-([5-9]\.[0-9]{1,2}\.[0-9]{1,3})/"),
    _rule("mariadb", r"mariadbd|mysqld", rb"\0" + _RELEASE + rb"-MariaDB"),
    _rule("httpd", r"httpd|apache2", rb"\0Apache/" + _RELEASE + rb"[ \0]"),
    _rule(
        "haproxy",
        r"haproxy",
        rb" version ([0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,3}|-dev[0-9]{1,3}))[^\0,]{0,60}, released [0-9]{4}/",
    ),
    _rule("memcached", r"memcached(?:-debug)?", rb"memcached " + _RELEASE + rb"\0"),
)
#: Every name above begins with one of these: nearly all files are told apart by that.
_FIRST = ("python", "lib", "node", "nginx", "open", "postgres", "busybox", "php", "ruby", "perl", "redis-")
_BEGINNINGS = (*_FIRST, "mysqld", "mariadbd", "httpd", "apache2", "haproxy", "memcached")


class RuntimeSearch:
    """Looks for the version of the program that a file is by its name."""

    def __init__(self, path: str) -> None:
        self._patterns = _patterns(path.rpartition("/")[2])
        self._found: dict[str, str] = {}

    def take(self, window: Window) -> None:
        """Look at one window of the file; the first text that speaks counts."""
        if window.offset > _FARTHEST:
            return
        for name, pattern in self._patterns:
            if name not in self._found and (match := pattern.search(window.data)):
                self._found[name] = b".".join(match.groups()).decode("ascii", "replace")

    def packages(self) -> list[RawPackage]:
        """Return the programs that are in the file."""
        return [RawPackage(name, version, name, version) for name, version in self._found.items()]


def is_runtime(path: str) -> bool:
    """Whether the file at this path may be such a program, by its name."""
    return bool(_patterns(path.rpartition("/")[2]))


def _patterns(name: str) -> list[tuple[str, re.Pattern[bytes]]]:
    if not name.startswith(_BEGINNINGS):
        return []
    found = []
    for rule in _RULES:
        if match := rule.file.fullmatch(name):
            says = rule.says
            if match.re.groups:
                says = says.replace(b"@", re.escape(match[1]).encode())
            found.append((rule.name, re.compile(says)))
    return found
