"""The one edit that clears a reason, as facts: which instruction, which image to keep, which versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.builds import MOST_VARIANTS
from bot.finding import Finding, Kind, Origin
from bot.inspection import Base, Location
from bot.nearness import MOST_BUILDERS
from bot.package.language import ECOSYSTEMS
from bot.package.versions import NotComparable, sort_key
from bot.report.escaping import cut
from bot.report.images import ImagePair
from bot.standins import MORE_WAYS

_ORDERING_OF_TYPE = {"apk": "Alpine", "deb": "Debian", **ECOSYSTEMS}
NAMED_PACKAGES = 3
"""Packages an edit names; the table beside it has the others."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A package and the version that is enough; empty when the versions asked for cannot be ordered."""

    package: str
    version: str


MOST_OF_A_NOTE = 300

NAME_A_STAGE = "where it is built, name a stage of the Dockerfile, or give the variable a default."
FEWER_WAYS = (
    f"have each Dockerfile built in at most {MOST_VARIANTS} ways, with a file of its own for the others."
)
FEWER_FILES = (
    "write out images and settings in the Dockerfile, or have fewer files that may say how it is built: of those that "
    f"did not change at most {MOST_BUILDERS} are read."
)


@dataclass(frozen=True, slots=True)
class Step:
    """What brings a safe version: a command and what may be in its way, or the edit alone."""

    command: str
    note: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the words of an edit are made from. Every field may be empty."""

    instruction: str = "FROM"
    """`FROM`, or `ARG NAME` where the reference is decided there; else what uses the image."""
    image: str = ""
    """The image now written, without tag and digest."""
    keep: str = ""
    """What stood there before, when it was readable and is another image."""
    same_image: bool = False
    """Both sides start from the very same image, so an instruction made the difference."""
    needed: tuple[Needed, ...] = ()
    needed_more: int = 0
    for_builder: bool = True
    """What is missing can be given to a build."""
    steps: tuple[Step, ...] = ()
    """What brings the safe versions of an application's dependencies."""
    doubt: str = ""
    """What to know where there is no safe version."""
    dependency: bool = False
    """It is a lockfile or a command of the Dockerfile that names the package, not an image."""
    updater: str = ""
    """The program that keeps the lockfile's dependencies up to date."""
    edit: str = ""
    """What the rule itself says to do."""


def base_at(
    pairs: Iterable[ImagePair], image: str, *, shipped: bool, location: Location | None = None
) -> ImagePair:
    """The image pair a finding or a reason is about, the one at this place where several name one image."""
    named = [
        pair
        for pair in pairs
        if pair.after is not None and image in (pair.after.written, pair.after.reference)
    ]
    named.sort(key=lambda pair: (not _stands_at(pair.after, location), pair.shipped is not shipped))
    return named[0] if named else ImagePair(None, None)


def _stands_at(base: Base | None, location: Location | None) -> bool:
    if base is None or location is None:
        return False
    decided = ((arg.path or base.location.path, arg.line) for arg in base.args)
    return location == base.location or (location.path, location.start_line) in decided


def remedy_for(images: ImagePair, location: Location | None, findings: Sequence[Finding]) -> Remedy:
    """The facts for one group of findings, or for one obstacle when `findings` is empty."""
    before, after = images.before, images.after
    if after is None:
        return Remedy()
    if after.is_stage:
        return Remedy(edit=NAME_A_STAGE)
    if after.content:
        return Remedy(edit=FEWER_WAYS if after.stage == MORE_WAYS else FEWER_FILES)
    needed = _needed(findings)
    return Remedy(
        instruction=after.stage if images.kind else _instruction(after, location),
        image=_image(after),
        keep=before.written if before and before.seen and before.written != after.written else "",
        same_image=not images.changed,
        needed=needed[:NAMED_PACKAGES],
        needed_more=max(0, len(needed) - NAMED_PACKAGES),
        for_builder=not images.kind,
    )


def own_remedy(findings: Sequence[Finding]) -> Remedy | None:
    """The facts for what no image brings: a dependency, or a fault of the file; None for the findings of images."""
    first = findings[0] if findings else None
    if first is None:
        return None
    if first.kind is not Kind.VULNERABILITY:
        return Remedy(edit=first.remedy)
    if first.origin is Origin.BASE:
        return None
    needed = _needed(findings)
    told = dict.fromkeys(
        (finding.safe_version != "", Step(finding.upgrade, cut(finding.upgrade_note, MOST_OF_A_NOTE)))
        for finding in findings
        if finding.upgrade or finding.upgrade_note
    )
    steps = tuple(step for safe, step in told if safe)
    return Remedy(
        needed=needed[:NAMED_PACKAGES],
        needed_more=max(0, len(needed) - NAMED_PACKAGES),
        steps=steps[:NAMED_PACKAGES],
        doubt=next((step.note for safe, step in told if not safe), ""),
        dependency=True,
        updater=first.updater,
    )


def _image(base: Base) -> str:
    """The name people know: a variable alone tells nothing, so what it stands for does."""
    written = name_of(base.written)
    if "$" not in written or not base.reference:
        return written
    return name_of(base.reference).removeprefix("docker.io/").removeprefix("library/")


def name_of(written: str) -> str:
    """`ghcr.io:443/acme/shop:1@sha256:…` → `ghcr.io:443/acme/shop`."""
    name = written.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.partition(":")[0]


def _instruction(base: Base, location: Location | None) -> str:
    if location is None or location == base.location:
        return "FROM"
    for arg in base.args:
        if (arg.path or base.location.path, arg.line) == (location.path, location.start_line):
            return f"{arg.name} in {arg.path}" if arg.path else f"ARG {arg.name}"
    return "FROM"


def _needed(findings: Sequence[Finding]) -> tuple[Needed, ...]:
    """Each package once, in the order of the findings."""
    versions: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        if enough := finding.safe_version or (finding.fixed_version if finding.fixable else ""):
            versions.setdefault((finding.package, finding.package_type), set()).add(enough)
    return tuple(
        Needed(package, _highest(package_type, wanted))
        for (package, package_type), wanted in versions.items()
    )


def _highest(package_type: str, versions: set[str]) -> str:
    if len(versions) == 1:
        return next(iter(versions))
    ordering = _ORDERING_OF_TYPE.get(package_type, "")
    try:
        return max(sorted(versions), key=lambda version: sort_key(ordering, version))
    except NotComparable:
        return ""
