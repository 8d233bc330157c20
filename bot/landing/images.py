"""Files taken from an image by their path: which packages of it lie there.

Follows https://docs.docker.com/reference/dockerfile/#copy---from. Where a package lies is told by its evidence, or by
that of what it owns; the database of a distribution itself is no part of what is copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.dockerfile.copies import Copy, read_events
from bot.dockerfile.sources import Source, UseKind
from bot.dockerfile.uses import find_uses
from bot.finding import Origin
from bot.inspection import Brought, Gap, Location, PredictedPackage, SeenImage
from bot.inventory import InstalledPackage, Skipped
from bot.landing.flow import source_paths
from bot.landing.installs import lies_below
from bot.landing.ways import Way

NOTHING = "no package of it is known to lie there"
_COPIES = (UseKind.COPY,)


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that one instruction of the target copies from an image."""

    written: str
    reference: str
    """Normalised."""
    location: Location
    stage: str
    paths: tuple[str, ...]
    """Absolute, up to the first wild card."""


def is_looked_at(source: Source) -> bool:
    """Whether the files of a source are told by their path: those of a COPY are, where the image is known."""
    return source.whole or (source.kind in _COPIES and source.image.word is not None)


def taken_from_images(path: str, way: Way) -> Iterator[Taken]:
    """The images from which the target copies some files."""
    dockerfile = way.resolved.dockerfile
    uses = [
        use
        for use in find_uses(dockerfile, way.resolved, way.sources)
        if use.kind in _COPIES and not use.whole and use.reference and way.shipped.has(use.stage)
    ]
    if not uses:
        return
    copies = {
        event.instruction.start_line: event
        for stage in read_events(way.resolved)
        for event in stage
        if isinstance(event, Copy) and not event.mounted
    }
    for use in uses:
        copy = copies.get(use.start_line)
        if copy is None or use.reference is None or use.stage is None:
            continue
        yield Taken(
            use.written,
            str(use.reference.normalized()),
            Location(path, use.start_line, use.end_line),
            dockerfile.stages[use.stage].name or str(use.stage),
            tuple(source_paths(copy)) if not copy.unknown else ("/",),
        )


def brought_from(taken: Taken, answer: SeenImage | Skipped | None) -> Brought | Gap:
    """The packages that lie at the paths, or why nothing is known of them."""
    what = f"files copied from image {taken.written}"
    if answer is None or isinstance(answer, Skipped):
        return Gap(what, answer.why if answer else "it was not read", taken.location)
    found = tuple(dict.fromkeys(_packages(answer.inventory.packages, taken.paths)))
    if not found:
        return Gap(what, NOTHING, taken.location)
    return Brought(
        origin=Origin.INSTRUCTION,
        source=taken.written,
        manager="COPY",
        location=taken.location,
        stage=taken.stage,
        shipped=True,
        packages=tuple(PredictedPackage(each.package, taken.location) for each in found),
        why=f"line {taken.location.start_line} copies it from {taken.written}",
    )


def _packages(entries: tuple[InstalledPackage, ...], paths: tuple[str, ...]) -> Iterator[InstalledPackage]:
    by_name = {entry.package.name: entry for entry in entries}
    databases = {entry.evidence for entry in entries if entry.package.type in ("deb", "apk", "rpm")}
    for entry in entries:
        if entry.evidence in databases:
            # A whole database is copied along with all the packages in it, or with none of their files.
            continue
        place = f"/{entry.evidence}"
        if any(lies_below(place, path) or lies_below(path, place) for path in paths):
            yield by_name.get(entry.owner, entry) if entry.owner else entry
