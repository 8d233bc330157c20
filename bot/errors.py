"""The errors the bot raises on purpose, split by who can mend them.

Anything else that is raised is a bug. Only the job worker and the command line turn them into words.
"""


class BotError(Exception):
    """Raised on purpose; its text says what happened, where, and what to do next."""


class UserError(BotError):
    """The author of the change, or of a command, can mend it."""


class ConfigError(UserError):
    """A setting, an argument or a configuration file is wrong."""


class TransientError(BotError):
    """Time can mend it: the job is tried again."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds to wait before the next try, when the other side said so.
        self.retry_after = retry_after


class OperatorError(BotError):
    """Only whoever runs the bot can mend it: a permission, a credential, a missing tool."""
