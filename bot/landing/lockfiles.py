"""What the lockfiles of one side bring to a target. Each is read once, in however many targets it lands."""

import hashlib

from bot.change import Contents
from bot.finding import Origin
from bot.inspection import Brought, Location, PredictedPackage, Unresolved
from bot.inventory import SkipKind, Skipped
from bot.landing.model import Landing
from bot.landing.reading import files_of, read_lockfile
from bot.lockfiles import Lockfile, Manager, manager_of
from bot.lockfiles.updaters import FILES as UPDATER_FILES
from bot.lockfiles.updaters import keeper


class Lockfiles:
    """The lockfiles of one side."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._known: dict[tuple[str, tuple[str, ...], str], Lockfile | None] = {}
        self._packages: dict[tuple[int, bool], tuple[PredictedPackage, ...]] = {}
        self._keeper = keeper(filter(contents.has, UPDATER_FILES), contents.content)

    def read(self, path: str, constraints: tuple[str, ...] = (), called: str = "") -> Lockfile | None:
        """Read one; None when its content is not there."""
        key = path, constraints, called
        if key not in self._known:
            self._known[key] = read_lockfile(path, self.contents, None, constraints, called)
        return self._known[key]

    def known(self, path: str, manager: str) -> Lockfile | None:
        """One that was read as a manager's, with whatever told its versions."""
        return next(
            (
                each
                for (own, _, _), each in self._known.items()
                if own == path and each is not None and str(each.manager) == manager
            ),
            None,
        )

    def kept_by(self, lockfile: Lockfile) -> str:
        """Which program keeps its dependencies up to date; empty where none does."""
        return self._keeper(lockfile.manager, lockfile.path.rpartition("/")[0])

    def brought(self, landing: Landing) -> Brought:
        """What a lockfile adds to the target it lands in."""
        lockfile = self.read(landing.path, landing.constraints, landing.called)
        problem = self._problem(landing.path, lockfile)
        return Brought(
            origin=Origin.DEPENDENCY,
            source=landing.path,
            manager=str(
                lockfile.manager if lockfile else manager_of(landing.called or landing.path) or Manager.PIP
            ),
            location=landing.location,
            stage=landing.stage,
            shipped=landing.shipped,
            packages=self._predicted(lockfile, development=landing.development) if lockfile else (),
            unresolved=tuple(_unresolved(lockfile)) if lockfile else (),
            skipped=(Skipped(landing.path, problem, SkipKind.UNREADABLE),) if problem else (),
            why=landing.why,
            content=self._content(landing) if problem else "",
        )

    def _problem(self, path: str, lockfile: Lockfile | None) -> str:
        if lockfile is None:
            version = self.contents.read.get(path)
            return (version.problem if version else "") or "it was not read"
        return f"line {lockfile.line}: {lockfile.problem}" if lockfile.problem else ""

    def _content(self, landing: Landing) -> str:
        """A name for what a lockfile is made of, whether or not it can be read."""
        asked: set[str] = set()
        read_lockfile(landing.path, self.contents, asked, landing.constraints, landing.called)
        files = {*files_of(landing.path, self.contents, landing.constraints, landing.called), *asked}
        blobs = self.contents.blobs
        # Also of what could not be read: it may be what changed.
        text = "\0".join(f"{each}\0{blobs[each]}" for each in sorted(files) if each in blobs)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def _predicted(self, lockfile: Lockfile, *, development: bool) -> tuple[PredictedPackage, ...]:
        key = id(lockfile), development
        if key not in self._packages:
            self._packages[key] = tuple(
                PredictedPackage(
                    each.package,
                    Location(each.path or lockfile.path, each.line, each.end_line),
                    each.development,
                    each.direct,
                )
                for each in lockfile.dependencies
                if development or not each.development
            )
        return self._packages[key]


def _unresolved(lockfile: Lockfile) -> list[Unresolved]:
    return [
        Unresolved(
            each.name,
            each.requirement,
            each.why,
            Location(each.path or lockfile.path, each.line, each.line),
            each.unclear,
        )
        for each in lockfile.open
    ]
