"""Started in the place of the program: gives up network, user and resources, then becomes it.

Runs alone (`python -I -S launch.py JSON PROGRAM ARGUMENT…`), with nothing but the standard library, so that no thread
of the bot is in the way of unshare(2). See https://man7.org/linux/man-pages/man2/unshare.2.html.
"""

import ctypes
import json
import os
import resource
import signal
import sys

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_NO_NEW_PRIVS = 38
NOT_THAT_USER = 96
"""Exit code: it may not become the user it was told to."""
REFUSED = 97
"""Exit code: the system does not let the network be taken away."""
MISSING = 98
"""Exit code: the program cannot be started."""


def main() -> None:
    """Read the settings, give up what they say, become the program."""
    settings, command = json.loads(sys.argv[1]), sys.argv[2:]
    for name, value in settings["limits"].items():
        _limit(getattr(resource, name), value)
    if settings["user"] is not None and os.geteuid() not in (0, settings["user"]):
        sys.exit(NOT_THAT_USER)
    if settings["isolate"] and not _without_network(
        changes_user=settings["user"] not in (None, os.geteuid())
    ):
        sys.exit(REFUSED)
    if settings["user"] not in (None, os.geteuid()):
        _become(settings["user"], settings["group"])
    if sys.platform == "linux":
        # No set-id program gives it back what it gave up.
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        # Python ignores them, and the program would inherit that.
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError:
        sys.exit(MISSING)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (allowed, allowed))


def _without_network(*, changes_user: bool) -> bool:
    """A network namespace of its own has no way out.

    Around it goes a user namespace: who is not root needs it, and who stays root could else go back. Root that becomes
    somebody else cannot go back, and could not become somebody else in there.
    """
    if sys.platform != "linux":
        return False
    flags = CLONE_NEWNET if changes_user else CLONE_NEWUSER | CLONE_NEWNET
    return bool(ctypes.CDLL(None).unshare(flags) == 0)


def _become(user: int, group: int) -> None:
    try:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    except OSError:
        sys.exit(NOT_THAT_USER)


if __name__ == "__main__":
    main()
