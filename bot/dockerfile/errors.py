"""What is wrong with a Dockerfile, or too much of it, and on which line."""

from bot.errors import UserError


class DockerfileError(UserError):
    """The author of the Dockerfile can mend it; `line` is None when no line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class BeyondLimits(DockerfileError):
    """It may well be a Dockerfile, but it is more of one than is looked at."""
