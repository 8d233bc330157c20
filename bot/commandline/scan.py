"""`plimsoll scan IMAGE`: what is in one image, and which flaws are known."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread

from bot.advisory.model import FixState
from bot.clock import SystemClock
from bot.commandline.options import SEVERITIES as SEVERITIES
from bot.commandline.options import Progress, coloured, with_options
from bot.compose import open_images
from bot.errors import ConfigError, OperatorError
from bot.finding import Finding
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.images import Images
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import Inventory, Skipped
from bot.registry.model import Access
from bot.registry.oci_archive import open_archive
from bot.registry.oci_layout import OciLayout, parse_layout
from bot.settings import Settings
from bot.severity import Severity
from bot.sightings import Forgetful

FAILED = 1
INCONCLUSIVE = 3
SBOM = "sbom:"
REPORTING = ("bot.effective", "bot.report.scan", "bot.policy.gate")
NO_NAME = Reference.parse("local/image")


class Unreadable(OperatorError):
    """The image could not be read at all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    image: str
    platform: str
    fail_on: str | None
    only_fixed: bool
    form: str
    accept_stale: bool
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """An image that was read, on a snapshot or without one."""

    image: str
    seen: SeenImage
    snapshot: SnapshotSeen | None
    configured: bool = True
    """It says what it runs with; an SBOM does not."""

    def faults(self) -> list[Finding]:
        """List what the rules say of the image itself."""
        from bot.effective import image_findings

        return image_findings(self.seen) if self.configured else []


def _table(scanned: Scanned) -> str:
    from bot.report.scan_table import render_scan_table

    width = max(60, min(shutil.get_terminal_size().columns, 160))
    return render_scan_table(
        scanned.image,
        scanned.seen,
        scanned.snapshot,
        today=SystemClock().now().date(),
        faults=scanned.faults(),
        colour=coloured(),
        width=width,
    )


def _json(scanned: Scanned) -> str:
    from bot.report.scan import render_scan_json

    return render_scan_json(scanned.image, scanned.seen, scanned.snapshot, scanned.faults())


FORMATS: Mapping[str, Callable[[Scanned], str]] = {"table": _table, "json": _json}


def scan(settings: Settings, wanted: Wanted, tell: Progress) -> tuple[str, int]:
    """Read one image; return the report and the exit code."""
    tell(f"Looking into {wanted.image}")
    # What judges and writes takes as long to import as a small image to read, so both are done at once.
    Thread(target=_import, args=REPORTING, daemon=True).start()
    scanned = asyncio.run(_scan(with_options(settings, (), wanted.accept_stale, wanted.engine), wanted))
    return FORMATS[wanted.form](scanned), _exit_code(scanned, wanted)


def _import(*modules: str) -> None:
    for module in modules:
        import_module(module)


async def _scan(settings: Settings, wanted: Wanted) -> Scanned:
    platform = Platform.parse(wanted.platform) if wanted.platform else None
    if wanted.image.startswith(SBOM):
        return await _scan_sbom(settings, wanted, platform)
    async with _source(settings, wanted.image) as (images, reference):
        with images.reader(Access(""), Forgetful()) as reader:
            seen = await reader.see(reference, platform)
            if isinstance(seen, Skipped):
                raise Unreadable(f"{wanted.image} could not be read: {seen.why}")
            if platform is not None and not _is_for(seen, platform):
                why = f"it has no image for {platform}, only for: {seen.platform}"
                raise Unreadable(f"{wanted.image} could not be read: {why}")
            return Scanned(wanted.image, seen, reader.snapshot([seen]))


def _is_for(seen: SeenImage, platform: Platform) -> bool:
    """Whether an image is for the platform that was asked for. One that is no index is given whatever it is for."""
    try:
        return Platform.parse(seen.platform).serves(platform)
    except ConfigError:
        return False


async def _scan_sbom(settings: Settings, wanted: Wanted, platform: Platform | None) -> Scanned:
    inventory, digest = await asyncio.to_thread(_read_sbom, Path(wanted.image.removeprefix(SBOM)))
    async with open_images(settings, SystemClock()) as images:
        with images.reader(Access(""), Forgetful()) as reader:
            seen = await reader.assess(inventory, digest, platform)
            return Scanned(wanted.image, seen, reader.snapshot([seen]), configured=False)


def _read_sbom(path: Path) -> tuple[Inventory, str]:
    """Read a document; its own digest stands for that of the image, which it need not name."""
    from bot.sbom import SbomError, parse_sbom
    from bot.sbom.document import LARGEST

    if not path.is_file():
        raise ConfigError(f"{SBOM}{path}: there is no such file")
    with path.open("rb") as file:
        # One byte more than is read, so that a larger one is refused and not cut.
        data = file.read(LARGEST + 1)
    try:
        sbom = parse_sbom(data)
    except SbomError as exc:
        raise Unreadable(f"{path} could not be read: {exc}") from exc
    inventory = Inventory(
        packages=sbom.packages, release=sbom.release, skipped=sbom.skipped, layers=sbom.layers
    )
    return inventory, f"sha256:{hashlib.sha256(data).hexdigest()}"


@asynccontextmanager
async def _source(settings: Settings, image: str) -> AsyncIterator[tuple[Images, Reference]]:
    kind, colon, place = image.partition(":")
    if colon and kind in LOCAL:
        with LOCAL[kind](place) as layout:
            async with open_images(settings, SystemClock(), layout) as images:
                yield images, NO_NAME
    else:
        async with open_images(settings, SystemClock()) as images:
            yield images, Reference.parse(image).normalized()


@contextmanager
def _layout(place: str) -> Iterator[OciLayout]:
    root, tag = parse_layout(place)
    yield OciLayout(root, tag)


@contextmanager
def _archive(place: str) -> Iterator[OciLayout]:
    with open_archive(Path(place)) as layout:
        yield layout


LOCAL = {"oci": _layout, "archive": _archive}


def _exit_code(scanned: Scanned, wanted: Wanted) -> int:
    """Say 1 for a flaw that was asked about, else 3 when something could not be looked at: never a false clean."""
    from bot.policy.gate import Policy

    threshold = Severity.parse(wanted.fail_on) if wanted.fail_on else None
    for match in scanned.seen.matches:
        fixed = match.fix_state is FixState.FIXED
        severity = match.rating.severity
        if severity is Severity.UNKNOWN and fixed:
            severity = Policy().unknown_severity
        if threshold is not None and (fixed or not wanted.only_fixed) and severity >= threshold:
            return FAILED
    if threshold is not None and any(each.severity >= threshold for each in scanned.seen.inventory.secrets):
        return FAILED
    from bot.report.scan import is_conclusive

    return 0 if is_conclusive(scanned.seen, scanned.snapshot) else INCONCLUSIVE
