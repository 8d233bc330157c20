"""What speaks against a candidate once it was looked into: the first reason, in words. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.bump.facts import moment
from bot.bump.model import Facts
from bot.bump.weigh import Weighed
from bot.image.tags.model import Track
from bot.inspection import SeenImage
from bot.policy.bumps import CoolDown
from bot.sides import hindrance, unexamined

_SMALL_MOVES = (Track.DIGEST, Track.PATCH)


@dataclass(frozen=True, slots=True)
class Side:
    """An image that was looked into."""

    seen: SeenImage
    facts: Facts


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate beside the image in use."""

    before: Side
    after: Side
    weighed: Weighed
    severe: int
    """Flaws that gate, in the image in use."""
    track: Track
    cool_down: CoolDown
    now: datetime
    first_seen: datetime | None = None
    """When we saw the candidate first."""
    due_since: datetime | None = None
    """Since when something newer has been due, as the caller remembers."""
    asked: bool = False
    """A person wants it, so it need not be of age."""

    @property
    def is_security_fix(self) -> bool:
        """Whether it clears more flaws that gate than it brings."""
        return _cleared(self) > _brought(self) and self.weighed.severe_left < self.severe

    @property
    def ends_neglect(self) -> bool:
        """Whether it leads from a line without support to one that has it."""
        return self.before.facts.support_over and not self.after.facts.support_over


def inconclusive(seen: SeenImage) -> str:
    """Why nothing can be concluded about an image that was read; empty when something can."""
    skipped = hindrance(seen) or unexamined(seen)
    return f"{skipped.what}: {skipped.why}" if skipped else ""


def reason_against(trial: Trial) -> str:
    """The first thing that speaks against a candidate; empty when nothing does."""
    return next((reason for hurdle in _HURDLES if (reason := hurdle(trial))), "")


def _unexamined(trial: Trial) -> str:
    why = inconclusive(trial.after.seen)
    return f"nothing can be concluded about it: {why}" if why else ""


def _same_image(trial: Trial) -> str:
    before, after = trial.before.seen, trial.after.seen
    if before.manifest_digest == after.manifest_digest:
        return "it is the image in use"
    layers = after.inventory.layers
    return "the same layers as the image in use" if layers and layers == before.inventory.layers else ""


def _platforms(trial: Trial) -> str:
    if _plain(trial.before.seen.platform) != _plain(trial.after.seen.platform):
        return f"it lacks the platform {trial.before.seen.platform}"
    # A registry that does not tell them is no proof that some are missing; the report says they are not known.
    if not trial.after.facts.platforms:
        return ""
    there = {_plain(name) for name in trial.after.facts.platforms}
    missing = [name for name in trial.before.facts.platforms if _plain(name) not in there]
    return f"it lacks the platforms {', '.join(missing)}" if missing else ""


def _plain(platform: str) -> str:
    """https://github.com/opencontainers/image-spec/blob/main/image-index.md: v8 is what arm64 means."""
    return platform.removesuffix("/v8") if "/arm64/" in platform else platform


def _libc(trial: Trial) -> str:
    before, after = trial.before.facts.libc, trial.after.facts.libc
    return f"another C library ({after} instead of {before})" if before and after and before != after else ""


def _support(trial: Trial) -> str:
    before, facts = trial.before.facts, trial.after.facts
    # On a line that is over, its last fixes are better than none; the report says that it is over.
    same = trial.track in _SMALL_MOVES or before.supported_until == facts.supported_until
    if not facts.support_over or (before.support_over and same):
        return ""
    since = f" since {facts.supported_until.isoformat()}" if facts.supported_until else ""
    return f"its line is past its end of life{since}"


def _nothing_changes(trial: Trial) -> str:
    weighed = trial.weighed
    same = not weighed.fixes and not weighed.adds and weighed.severe_left == trial.severe
    return "its findings are the same" if same and not trial.ends_neglect else ""


def _no_gain(trial: Trial) -> str:
    if trial.is_security_fix or (trial.ends_neglect and trial.weighed.severe_left <= trial.severe):
        return ""
    if not trial.severe and not trial.weighed.severe_left:
        gain = len(trial.weighed.fixes) > len(trial.weighed.adds)
        return "" if gain else _balance(len(trial.weighed.fixes), len(trial.weighed.adds), "")
    # One that stays may gate there and not here, as where only that release has a fix.
    brings = trial.weighed.severe_left - trial.severe + _cleared(trial)
    return _balance(_cleared(trial), max(_brought(trial), brings), " that gate")


def _balance(clears: int, brings: int, which: str) -> str:
    return f"it clears {clears} vulnerabilities{which} and brings {brings}"


def _age(trial: Trial) -> str:
    """Wait a few days, as bad releases are noticed soon; but not for a security fix, and not for ever."""
    published = moment(trial.after.facts.published, trial.now)
    days = timedelta(days=trial.cool_down.days)
    if trial.is_security_fix or trial.asked or published is None:
        return ""
    # Some registries tell a new time whenever a tag is pushed again, with the same content.
    oldest = min(published, trial.first_seen or published)
    waited = trial.now - trial.due_since if trial.due_since else timedelta(0)
    if trial.now - oldest >= days or waited >= timedelta(days=trial.cool_down.at_most):
        return ""
    by = trial.after.facts.published_by
    return f"too young: of {published.date()} ({by}), waits until {(oldest + days).date()}"


def _cleared(trial: Trial) -> int:
    return sum(flaw.severe for flaw in trial.weighed.fixes)


def _brought(trial: Trial) -> int:
    return sum(flaw.severe for flaw in trial.weighed.adds)


_HURDLES: tuple[Callable[[Trial], str], ...] = (
    _unexamined,
    _same_image,
    _platforms,
    _libc,
    _support,
    _nothing_changes,
    _no_gain,
    _age,
)
