"""The socket of a container engine: who can speak to it owns the host."""

import posixpath
import re
from collections.abc import Iterator

from bot.dockerfile.mounts import mount_fields
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

_SOCKET = re.compile(
    r"(/host)?(/var)?/run/(docker|podman/podman|containerd/containerd|crio/crio|cri-dockerd)\.sock"
)


def is_engine_socket(path: str) -> bool:
    """Whether a path is where a container engine listens."""
    return _SOCKET.fullmatch(posixpath.normpath("/" + path.strip("'\"").lstrip("/"))) is not None


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("VOLUME"):
        for value, word in zip(step.words, step.instruction.args, strict=True):
            if is_engine_socket(value or word):
                yield Hit(step, f"volume {value or word}", f"{value or word} is declared as a volume.")
    for step in facts.runs():
        for mount in step.instruction.flag_values("mount"):
            fields = mount_fields(mount)
            for key in ("source", "src", "target", "dst", "destination"):
                if key in fields and is_engine_socket(fields[key].text):
                    yield Hit(
                        step, f"mount {fields[key].text}", f"{fields[key].text} is mounted into a build step."
                    )
                    break
        for call in step.calls:
            if call.words[:1] in (["chmod"], ["chown"]) and any(map(is_engine_socket, call.words[1:])):
                summary = "The permissions of the engine's socket are changed."
                yield Hit(step, "socket permissions", summary, lines=(call.line, call.line))


RULE = Rule(
    id="docker-socket",
    severity=Severity.HIGH,
    title="The socket of the container engine",
    explanation="Whoever can speak to the engine can start a container with the host's file system in it: that is root"
    " on the host.",
    remedy="Take it out. Build images inside containers with a tool that needs no engine, such as BuildKit without root"
    " or buildah.",
    check=_check,
)
