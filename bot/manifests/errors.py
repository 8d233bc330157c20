"""What is wrong with a file that uses images, or stands in the way of changing it, and on which line."""

from bot.errors import UserError


class ManifestError(UserError):
    """The author of the file can mend it; `line` is None when no line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason = reason
        self.line = line


class BrokenYaml(ManifestError):
    """The text is no YAML at all, as that of a template is before it is filled in."""
