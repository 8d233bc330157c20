"""Read a `WWW-Authenticate` header: `Bearer realm="…",service="…",scope="…"`.

Follows https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 and
https://distribution.github.io/distribution/spec/auth/token/. Servers are not trusted: reading is linear, and
what does not fit the grammar ends it.
"""

import re
from dataclasses import dataclass

_MAX_LENGTH = 8192
_PART = re.compile(
    r"[\s,]*(?P<token>[A-Za-z0-9!#$%&'*+.^_`|~-]+)"
    r'(?P<value>\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,"]+)))?'
)
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way the server accepts to be convinced. Scheme and parameter names are in lower case."""

    scheme: str
    parameters: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Return a parameter, or nothing. The first counts when a hostile server repeats one."""
        return next((value for key, value in self.parameters if key == name), "")


def parse_challenges(header: str) -> list[Challenge]:
    """Read `Basic realm="a", Bearer realm="b",scope="c"` into two challenges."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    text, position = header[:_MAX_LENGTH], 0
    while part := _PART.match(text, position):
        position = part.end()
        token = part["token"].lower()
        if part["value"] is None:
            found.append((token, []))
        elif found:
            found[-1][1].append((token, _unquote(part["quoted"], part["plain"])))
    return [Challenge(scheme, tuple(parameters)) for scheme, parameters in found]


def _unquote(quoted: str | None, plain: str) -> str:
    return plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
