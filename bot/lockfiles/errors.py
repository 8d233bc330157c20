"""Why a lockfile could not be read, and on which line."""


class LockfileError(Exception):
    """The file is not what its name says, or more than is looked at. `parse` turns it into `Lockfile.problem`."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
