"""What can go wrong with the advisory index. In every case the index that was there stays in use."""

from bot.errors import ConfigError, OperatorError, TransientError


class IndexUnusable(OperatorError):
    """There is no advisory index, or it was made by another version, or it is damaged."""


class IndexOutdated(IndexUnusable, TransientError):
    """Another version made it. After an upgrade the first update makes it anew, and a review waits for that."""

    def __init__(self) -> None:
        super().__init__(
            "The advisory index was made by another version of Plimsoll: "
            "run `plimsoll db update`, which makes it anew."
        )


class IndexBusy(TransientError):
    """Another process is replacing the index right now."""


class ImportRefused(ConfigError):
    """What should be imported holds no advisories, or more than a feed can have, or is damaged."""

    def __init__(self, message: str, *, feed: str = "") -> None:
        super().__init__(message)
        self.feed = feed
        """Whose fault it is; empty when it is not known, or not that of one feed."""


class FeedUnavailable(TransientError):
    """A feed could not be fetched, or what came was refused."""

    def __init__(self, feed: str, reason: str) -> None:
        what = f"{feed} catalogue" if feed in ("KEV", "EPSS") else f"{feed} advisories"
        super().__init__(f"The {what} could not be fetched: {reason}. The ones in use stay in use.")
        self.feed = feed
        self.reason = reason


class LifecycleUnavailable(TransientError):
    """Support dates could not be fetched, or what came was refused."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The support dates could not be fetched: {reason}. The ones in use stay in use.")
        self.reason = reason
