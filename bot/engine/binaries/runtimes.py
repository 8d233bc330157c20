"""Well-known programs by what they say of themselves: each is looked for only in files of its own name.

One rule a program: the names its file has, and a text of its own that holds the version. A plain text is searched
for, and only around it a bounded pattern is tried, so content made to be slow is not.
"""

import re
from dataclasses import dataclass

from bot.engine.binaries.stream import Window, occurrences
from bot.engine.catalog.model import RawPackage

_CANDIDATES = 2000
"""Places where the pattern is tried in one file."""
_AHEAD = 192
_RELEASE = rb"([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,4})"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one program is recognised. `@` in texts stands for what `file` captured."""

    name: str
    file: re.Pattern[str]
    """What the last part of its path looks like."""
    anchor: bytes
    """A plain text of its own, beside the version."""
    says: bytes
    """The pattern of the whole; groups are the parts of the version."""
    behind: int = 0
    """Bytes before the anchor that belong to the pattern."""


def _rule(name: str, file: str, anchor: bytes, says: bytes, behind: int = 0) -> Rule:
    return Rule(name, re.compile(file), anchor, says, behind)


_RULES = (
    _rule(
        "python",
        r"(?:lib)?python([23]\.[0-9]{1,2})[dmut]{0,3}(?:\.so(?:\.[0-9.]{1,8})?)?",
        b"@.",
        # The linker may keep it as the end of a longer text, such as where it was built.
        rb"[\0/-](@\.[0-9]{1,3}(?:(?:a|b|rc)[0-9]{1,3})?)\+?\0",
        behind=1,
    ),
    _rule("node", r"node(?:js)?|libnode\.so\.[0-9]{1,4}", b"node.js/v", rb"node\.js/v" + _RELEASE),
    _rule("nginx", r"nginx(?:-debug)?", b"\0nginx version: nginx/", rb"\0nginx version: nginx/" + _RELEASE),
    _rule(
        "openresty",
        r"nginx(?:-debug)?|openresty",
        b"\0nginx version: openresty/",
        rb"\0nginx version: openresty/([0-9]{1,3}(?:\.[0-9]{1,4}){3})",
    ),
    _rule(
        "postgresql",
        r"postgres",
        b"postgres (PostgreSQL) ",
        rb"postgres \(PostgreSQL\) ([0-9]{1,2}(?:(?:\.[0-9]{1,3}){1,2}|(?:beta|rc)[0-9]))",
    ),
    _rule(
        "openssl",
        r"openssl|lib(?:crypto|ssl)\.so(?:\.[0-9.]{1,8})?",
        b"OpenSSL ",
        rb"OpenSSL ([0-9]\.[0-9]{1,2}\.[0-9]{1,2}[a-z]{0,2}(?:-(?:alpha|beta|pre)[0-9]{1,2})?)[a-z+-]{0,8} {1,2}"
        rb"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}",
    ),
    _rule("busybox", r"busybox(?:[.-][a-z]{1,12})?", b"BusyBox v", rb"BusyBox v" + _RELEASE + rb"[ \0(]"),
    _rule("java", r"libjvm\.so", b" JRE (", rb" JRE \(([0-9]{1,3}(?:[._][0-9]{1,4}){0,4})"),
    _rule(
        "php",
        r"php(?:-fpm|-cgi|dbg)?[0-9.]{0,4}|libphp[0-9.]{0,4}\.so",
        b"X-Powered-By: PHP/",
        rb"X-Powered-By: PHP/" + _RELEASE[:-1] + rb"(?:(?:alpha|beta|RC)[0-9]{1,2})?)",
    ),
    _rule(
        "ruby",
        r"ruby[0-9.]{0,4}|libruby[0-9.-]{0,6}\.so(?:\.[0-9.]{1,8})?",
        b"\0ruby ",
        rb"\0ruby " + _RELEASE + rb"[a-z0-9]{0,10} \([0-9]{4}-[0-9]{2}-[0-9]{2} ",
    ),
    _rule(
        "perl",
        r"perl(?:5[0-9.]{0,8})?|libperl\.so(?:\.[0-9.]{1,8})?",
        b"This is perl 5, version ",
        rb"This is perl (5), version ([0-9]{1,3}), subversion ([0-9]{1,3}) ",
    ),
    _rule(
        "redis",
        r"redis-(?:server|check-(?:rdb|aof)|sentinel)",
        # REDIS_BUILD_ID_RAW: version, host or nothing, time, and for a release no change and no commit.
        b"000000000\0",
        rb"([0-9][0-9]?\.[0-9]{1,3}\.[0-9]{1,3}?)"
        rb"(?:[0-9a-f]{12}-|[A-Za-z][\w.-]{0,64}-)?[0-9]{10}0{9}\0",
        behind=100,
    ),
    _rule("mysql", r"mysqld(?:-debug)?", b"/mysql-", rb"/mysql-([5-9]\.[0-9]{1,2}\.[0-9]{1,3})/"),
    _rule("mariadb", r"mariadbd|mysqld", b"-MariaDB", rb"\0" + _RELEASE + rb"-MariaDB", behind=13),
    _rule("httpd", r"httpd|apache2", b"\0Apache/", rb"\0Apache/" + _RELEASE + rb"[ \0]"),
    _rule(
        "haproxy",
        r"haproxy",
        b" version ",
        rb" version ([0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,3}|-dev[0-9]{1,3}))[^\0,]{0,60}, released [0-9]{4}/",
    ),
    _rule("memcached", r"memcached(?:-debug)?", b"memcached ", rb"memcached " + _RELEASE + rb"\0"),
)
#: Every name above begins with one of these: nearly all files are told apart by that.
_FIRST = ("python", "lib", "node", "nginx", "open", "postgres", "busybox", "php", "ruby", "perl", "redis-")
_BEGINNINGS = (*_FIRST, "mysqld", "mariadbd", "httpd", "apache2", "haproxy", "memcached")


class _Pattern:
    """A rule for one file, with what is left of its tries."""

    def __init__(self, rule: Rule, captured: bytes) -> None:
        self.name = rule.name
        self._anchor = rule.anchor.replace(b"@", captured)
        self._says = re.compile(rule.says.replace(b"@", re.escape(captured)))
        self._behind = rule.behind
        self._left = _CANDIDATES
        self.gave_up = False

    def version(self, window: Window) -> str:
        """Return the version the text says, if it is in this window."""
        for at in occurrences(window, self._anchor):
            if not self._left:
                self.gave_up = True
                break
            self._left -= 1
            around = window.data[max(0, at - self._behind) : at + _AHEAD]
            if match := self._says.search(around):
                return b".".join(match.groups()).decode("ascii", "replace")
        return ""


class RuntimeSearch:
    """Looks for the version of the program that a file is by its name."""

    def __init__(self, path: str) -> None:
        self._patterns = [_Pattern(rule, captured) for rule, captured in _rules(path)]
        self._found: dict[str, str] = {}

    def take(self, window: Window) -> None:
        """Look at one window of the file; the first text that speaks counts."""
        for pattern in self._patterns:
            if pattern.name not in self._found and (version := pattern.version(window)):
                self._found[pattern.name] = version

    def packages(self) -> list[RawPackage]:
        """Return the programs that are in the file."""
        return [RawPackage(name, version, name, version) for name, version in self._found.items()]

    @property
    def problem(self) -> str:
        """Why a version is not known though something like it is there, if so."""
        unknown = [each.name for each in self._patterns if each.gave_up and each.name not in self._found]
        return f"it has too many texts that may be the version of {', '.join(unknown)}" if unknown else ""


def is_runtime(path: str) -> bool:
    """Whether the file at this path may be such a program, by its name."""
    return bool(_rules(path))


def _rules(path: str) -> list[tuple[Rule, bytes]]:
    name = path.rpartition("/")[2]
    if not name.startswith(_BEGINNINGS):
        return []
    matches = ((rule, rule.file.fullmatch(name)) for rule in _RULES)
    return [(rule, match[1].encode() if match.re.groups else b"") for rule, match in matches if match]
