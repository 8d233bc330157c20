"""What BuildKit refuses about a single instruction, as ValueErrors that name it.

Follows https://docs.docker.com/reference/dockerfile/. Unknown flags pass: newer frontends bring new ones.
"""

import re
from collections.abc import Callable

from bot.dockerfile.arguments import split_words
from bot.dockerfile.heredoc import is_heredoc
from bot.dockerfile.model import Instruction

_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")
_NOT_IN_ONBUILD = frozenset({"ONBUILD", "FROM", "MAINTAINER"})
_SINGLE_FLAGS = {"FROM": ("platform",), "COPY": ("from",)}
_VALUE_FLAGS = {**_SINGLE_FLAGS, "RUN": ("mount",)}


def check_instruction(instruction: Instruction, escape: str) -> None:
    """Raise ValueError when BuildKit would not accept the instruction."""
    check = _CHECKS.get(instruction.cmd)
    if check is None:
        raise ValueError(f"unknown instruction: {instruction.cmd[:100] or 'an empty line, continued'}")
    _check_flags(instruction)
    check(instruction, escape)


def stage_name(instruction: Instruction) -> str:
    """Give the name a FROM instruction gives its stage, in lower case, empty without one."""
    return instruction.args[2].lower() if len(instruction.args) == 3 else ""


def _check_flags(instruction: Instruction) -> None:
    cmd = instruction.cmd
    for name in _VALUE_FLAGS.get(cmd, ()):
        if any(flag == f"--{name}" for flag in instruction.flags):
            raise ValueError(f"{cmd} --{name} needs a value: write --{name}=VALUE")
    for name in _SINGLE_FLAGS.get(cmd, ()):
        if len(instruction.flag_values(name)) > 1:
            raise ValueError(f"{cmd} has the flag --{name} twice")


def _from(instruction: Instruction, escape: str) -> None:
    args = instruction.args
    if len(args) not in (1, 3) or (len(args) == 3 and args[1].upper() != "AS"):
        raise ValueError("FROM needs an image, and optionally AS and a name")
    if len(args) == 3 and not _STAGE_NAME.fullmatch(stage_name(instruction)):
        raise ValueError(
            f"{args[2][:100]!r} cannot name a stage: start with a letter, then letters, digits, - _ ."
        )


def _arg(instruction: Instruction, escape: str) -> None:
    _at_least_one(instruction, escape)
    for word in split_words(instruction.body, escape):
        if word.text.startswith("="):
            raise ValueError("ARG has a blank name")


def _copy(instruction: Instruction, escape: str) -> None:
    if len(instruction.args) < 2:
        raise ValueError(f"{instruction.cmd} needs a source and a destination")
    if not instruction.json and is_heredoc(instruction.args[-1]):
        raise ValueError(f"{instruction.cmd} cannot have a heredoc as its destination")


def _onbuild(instruction: Instruction, escape: str) -> None:
    _at_least_one(instruction, escape)
    nested = instruction.nested
    if nested is None or nested.cmd in _NOT_IN_ONBUILD:
        raise ValueError(f"{nested.cmd if nested else 'ONBUILD'} is not allowed in ONBUILD")
    check_instruction(nested, escape)


def _shell(instruction: Instruction, escape: str) -> None:
    if not instruction.json or not instruction.args:
        raise ValueError("SHELL needs a JSON array of strings")


def _healthcheck(instruction: Instruction, escape: str) -> None:
    kind, *command = instruction.args or ("",)
    if kind.upper() not in ("NONE", "CMD") or (kind.upper() == "CMD") != bool(command):
        raise ValueError("HEALTHCHECK needs NONE, or CMD and a command")


def _at_least_one(instruction: Instruction, escape: str) -> None:
    if not instruction.args:
        raise ValueError(f"{instruction.cmd} needs an argument")


def _anything(instruction: Instruction, escape: str) -> None:
    """RUN, CMD and ENTRYPOINT may even be empty."""


_CHECKS: dict[str, Callable[[Instruction, str], None]] = {
    "ADD": _copy,
    "ARG": _arg,
    "CMD": _anything,
    "COPY": _copy,
    "ENTRYPOINT": _anything,
    "ENV": _at_least_one,
    "EXPOSE": _at_least_one,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _at_least_one,
    "MAINTAINER": _at_least_one,
    "ONBUILD": _onbuild,
    "RUN": _anything,
    "SHELL": _shell,
    "STOPSIGNAL": _at_least_one,
    "USER": _at_least_one,
    "VOLUME": _at_least_one,
    "WORKDIR": _at_least_one,
}
