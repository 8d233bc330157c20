"""Ports of services that should not be reached from outside."""

import re
from collections.abc import Iterator

from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

SENSITIVE = {
    21: "FTP, which sends passwords in plain text",
    22: "SSH",
    23: "Telnet, which sends passwords in plain text",
    445: "SMB",
    512: "rexec",
    513: "rlogin",
    514: "rsh",
    2375: "the Docker engine without TLS",
    3389: "remote desktop",
    5900: "VNC",
    5901: "VNC",
    6000: "X11",
}
WORSE = frozenset({2375})
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/[a-z]+)?", re.IGNORECASE)


def ports_in(word: str) -> range:
    """`8000-8010/tcp` → its ports; nothing for what is none."""
    found = _PORTS.fullmatch(word.strip().strip("'\""))
    if found is None:
        return range(0)
    first = int(found[1])
    return range(first, min(int(found[2] or first), 65_535) + 1)


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("EXPOSE"):
        for word in step.words:
            ports = ports_in(word or "")
            for port in sorted(port for port in facts.ports if port in ports):
                severity = Severity.HIGH if port in WORSE else None
                alias = ("DS-0004",) if port == 22 else ()
                summary = f"Port {port} is exposed: {facts.ports[port]}."
                yield Hit(step, f"port {port}", summary, severity=severity, aliases=alias)


RULE = Rule(
    id="sensitive-port",
    severity=Severity.MEDIUM,
    title="A port for administration is exposed",
    explanation="Services for remote access are tried by everybody who finds them, and a container is entered with"
    " `docker exec`, not through a login of its own.",
    remedy="Take the port out of EXPOSE, and the service out of the image.",
    aliases=("DS-0004",),
    check=_check,
)
