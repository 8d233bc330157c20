"""What can go wrong at GitHub, in the bot's own three kinds: author, time, operator.

See https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from datetime import datetime

from bot.errors import OperatorError, TransientError, UserError


class MalformedPayload(UserError):
    """A webhook delivery lacks something we need, or holds it in another shape."""


class GitHubUnavailable(TransientError):
    """No answer, a broken one, or a server error: whether the work was done is not known."""


class RateLimited(TransientError):
    """GitHub wants no more requests before `again_at` (UTC)."""

    def __init__(self, message: str, *, again_at: datetime, now: datetime) -> None:
        super().__init__(message, retry_after=max(0.0, (again_at - now).total_seconds()))
        self.again_at = again_at


class NotFound(OperatorError):
    """It does not exist, or the app may not see it: GitHub does not say which."""


class Forbidden(OperatorError):
    """GitHub refuses it to us."""


class PermissionMissing(Forbidden):
    """The app lacks a permission; `needs` is GitHub's own list, such as `checks=write`, where it gives one."""

    def __init__(self, message: str, *, needs: str = "") -> None:
        super().__init__(message)
        self.needs = needs


class Protected(OperatorError):
    """A ruleset or a branch protection keeps us from doing it to this branch."""


class Archived(OperatorError):
    """The repository is archived, so nothing in it can be changed."""


class Suspended(OperatorError):
    """The installation was suspended by its owner or by GitHub."""


class Unauthorized(OperatorError):
    """GitHub does not accept our credential; `server_time` tells a wrong clock from a wrong key."""

    def __init__(self, message: str, *, server_time: datetime | None = None) -> None:
        super().__init__(message)
        self.server_time = server_time


class BadPrivateKey(OperatorError):
    """The app's private key cannot sign anything."""


class Unprocessable(OperatorError):
    """GitHub understood the request and refuses it: a limit, a conflict, or a fault of ours."""


class BranchExists(Unprocessable):
    """A branch of this name exists already, at another commit."""

    def __init__(self, message: str, *, tip: str) -> None:
        super().__init__(message)
        self.tip = tip


class NotFastForward(Unprocessable):
    """The branch has commits that the new one does not contain."""


class NothingToMerge(Unprocessable):
    """Head and base of a pull request do not differ."""


class NotWritable(OperatorError):
    """What we never write: workflow files, links, submodules, and paths that are none."""


class AnswerTooLarge(OperatorError):
    """The answer is longer than the bot is willing to hold in memory."""


class UnexpectedAnswer(OperatorError):
    """GitHub answered well, but with something this version cannot read."""
