"""Scan with a program of somebody else: our own pass for layers, secrets and settings, its packages instead of ours.

The program gets the image as files, and neither network nor credentials. Where a package is in both lists, ours says
which layer brought it: programs name the layer that last wrote the package database.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.inventory import InstalledPackage, Inventory, SkipKind, Skipped
from bot.package import Package
from bot.registry.model import Access, ResolvedImage
from bot.sandbox import Failed, Finished, Sandbox
from bot.sbom.purls import SYSTEM_TYPES
from bot.scanners import grype
from bot.scanners.layout import lay_out
from bot.scanners.port import Looked, Scanner, Source
from bot.scanners.program import Program
from bot.scanners.reported import reported_flaws
from bot.scanners.tool import Answer, Tool, ToolError

_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Matcher:
    """Grype, where it is to match what the other program lists."""

    program: Program
    database: Path | None


class ExternalScanner:
    """One program behind the port; one run at a time, as each takes all processors and much memory."""

    def __init__(
        self,
        own: Scanner,
        program: Program,
        tool: Callable[[], Tool],
        sandbox: Sandbox,
        *,
        matcher: Matcher | None = None,
        has_database: Callable[[], bool] = lambda: False,
    ) -> None:
        """`own` is the embedded scanner; `tool` gives the program as it can be used now, and may raise ToolError."""
        self._own = own
        self._program = program
        self._tool = tool
        self._sandbox = sandbox
        self._matcher = matcher
        self._has_database = has_database
        self._one = asyncio.Lock()

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return self._programs[-1].name

    @property
    def reports(self) -> bool:
        """Whether it judges by a database of its own now."""
        return self._matcher is not None or self._has_database()

    async def look(self, source: Source, image: ResolvedImage, access: Access) -> Looked | Skipped:
        """Look into an image; when the program fails, nothing is known of its packages, and that is said instead."""
        what = f"image {image.reference}"
        try:
            for program in self._programs:
                program.find()
            own = await self._own.look(source, image, access)
            if isinstance(own, Skipped):
                return own
            async with self._one, self._sandbox.folder() as folder:
                may_link = self._sandbox.changes_user
                problem = await lay_out(source, image, access, folder, may_link=may_link)
                if problem is not None:
                    return problem
                return await asyncio.to_thread(_merged, own.inventory, await self._answer(folder))
        except ToolError as exc:
            return Skipped(what, f"{self.name}: {exc}", transient=True)
        except OSError as exc:
            why = f"{self.name}: its folder could not be written: {exc.strerror}"
            return Skipped(what, why, transient=True)

    @property
    def _programs(self) -> tuple[Program, ...]:
        return (self._program, self._matcher.program) if self._matcher else (self._program,)

    def close(self) -> None:
        """Let running scans end."""
        self._own.close()

    async def _answer(self, folder: Path) -> Answer:
        tool = await asyncio.to_thread(self._tool)
        command = tool.command(self._program.find(), folder)
        output = await self._output(command, folder, tool.environment)
        answer = await asyncio.to_thread(tool.read, output)
        if self._matcher is None:
            return answer
        sbom = folder / "sbom.json"
        await asyncio.to_thread(sbom.write_bytes, output)
        command = grype.command(self._matcher.program.find(), sbom)
        found = await self._output(command, folder, grype.environment(self._matcher.database))
        reported, database = await asyncio.to_thread(grype.read, found)
        return replace(answer, reported=reported, database=database)

    async def _output(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> bytes:
        ended = await self._sandbox.run(command, folder, environment=environment)
        if isinstance(ended, Failed):
            raise ToolError(ended.why)
        if ended.code != 0:
            raise ToolError(f"it ended with code {ended.code}: {_last_words(ended)}")
        return ended.output


def _last_words(ended: Finished) -> str:
    """The end of what it said, in a form that can be shown."""
    lines = [line.strip() for line in ended.errors.splitlines() if line.strip()]
    said = lines[-1][-_SHOWN:] if lines else "it said nothing"
    return "".join(char for char in said if char.isprintable())


def _merged(own: Inventory, answer: Answer) -> Looked:
    """Take its packages, and ours of the kinds it lists none of: what it cannot read is not absent."""
    kinds = {entry.package.type for entry in answer.packages}
    kept = [entry for entry in own.packages if entry.package.type not in kinds]
    packages = (*_attributed(own, answer.packages), *kept)
    # Who judges by its own advisories says nothing of what it did not list, or could not tell the release of.
    unjudged = _unjudged(kept, answer.packages) if answer.database else ()
    inventory = replace(
        own,
        packages=tuple(sorted(packages, key=lambda entry: (entry.package, entry.layer, entry.evidence))),
        release=own.release or answer.release,
        skipped=(*own.skipped, *answer.skipped, *unjudged),
    )
    return Looked(inventory, reported_flaws(answer))


def _unjudged(kept: Sequence[InstalledPackage], listed: Sequence[InstalledPackage]) -> Iterator[Skipped]:
    """Name what neither it nor anybody speaks of."""
    why = "it lists none of this kind in this image"
    counts = Counter((entry.package.type, bool(entry.package.ecosystem), why) for entry in kept)
    why = "it does not know which release they are of"
    unknown = (entry.package.type for entry in listed if not entry.package.ecosystem)
    counts += Counter((kind, kind in SYSTEM_TYPES, why) for kind in unknown)
    for (kind, matters, reason), count in sorted(counts.items()):
        skip = SkipKind.UNCOVERED if matters else SkipKind.UNADVISED
        what = f"{count:,} {kind} package{'s' if count > 1 else ''}"
        yield Skipped(what, f"not judged by the scanner: {reason}", skip)


def _attributed(own: Inventory, packages: Sequence[InstalledPackage]) -> Iterator[InstalledPackage]:
    ours = {_identity(entry.package): entry for entry in reversed(own.packages)}
    places = {digest: at for names in (own.layers, own.config.diff_ids) for at, digest in enumerate(names)}
    for entry in packages:
        known = ours.get(_identity(entry.package))
        at = known.layer if known else places.get(entry.layer_digest, 0)
        digest = own.layers[at] if at < len(own.layers) else ""
        yield replace(
            entry,
            layer=at,
            layer_digest=digest,
            evidence=entry.evidence or (known.evidence if known else ""),
            owner=known.owner if known else entry.owner,
        )


def _identity(package: Package) -> tuple[str, str, str]:
    return package.type, package.name, package.version
