"""Started in the place of the program: gives up network, user and resources, then becomes it.

Runs alone (`python -I -S launch.py JSON PROGRAM ARGUMENT…`), with nothing but the standard library, so that no thread
of the bot is in the way of unshare(2). See https://man7.org/linux/man-pages/man2/unshare.2.html.
"""

import ctypes
import json
import os
import resource
import sys

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
REFUSED = 97
"""Exit code: the system does not let the network be taken away."""
MISSING = 98
"""Exit code: the program cannot be started."""


def main() -> None:
    """Read the settings, give up what they say, become the program."""
    settings, command = json.loads(sys.argv[1]), sys.argv[2:]
    for name, value in settings["limits"].items():
        _limit(getattr(resource, name), value)
    if settings["isolate"] and not _without_network():
        sys.exit(REFUSED)
    if settings["user"] is not None:
        os.setgroups([])
        os.setgid(settings["group"])
        os.setuid(settings["user"])
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError:
        sys.exit(MISSING)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (allowed, allowed))


def _without_network() -> bool:
    """A network namespace of its own has no way out; who is not root needs a user namespace around it."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc.unshare(flags) == 0)


if __name__ == "__main__":
    main()
