"""Which folder a Dockerfile is built in, and which of its files a build sees.

What compose, bake, devcontainer and workflow files say counts. Where none does, it is the root of the repository if
what is copied is there, else the Dockerfile's folder.
"""

import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.change import Contents
from bot.dockerfile.copies import Copy, Event
from bot.landing.ignore import Ignore, excluding, ignore_paths, read_ignore
from bot.landing.patterns import BadPattern, Pattern, Work, places

_WILD = ("*", "?", "[")


@dataclass(frozen=True, slots=True)
class Found:
    """A lockfile that a source of a COPY brings."""

    path: str
    """In the build context."""
    rest: str
    """What of it is kept below the destination."""
    depth: int
    """0 where the source names the file, 1 where it names the file's folder, 2 for a folder above."""
    is_file: bool
    """The source is the file itself, and not a folder that holds it."""


@dataclass(slots=True)
class Context:
    """One build context."""

    folder: str
    contents: Contents
    ignore: Ignore
    work: Work = field(default_factory=Work)
    _hidden: dict[str, bool] = field(default_factory=dict)

    @property
    def lockfiles(self) -> Sequence[str]:
        """The lockfiles in it, relative to it, sorted; those that are left out as well."""
        if not self.folder:
            return self.contents.lockfiles
        start = f"{self.folder}/"
        at = bisect_left(self.contents.lockfiles, start)
        found = []
        while at < len(self.contents.lockfiles) and self.contents.lockfiles[at].startswith(start):
            found.append(self.contents.lockfiles[at][len(start) :])
            at += 1
        return found

    def hides(self, path: str) -> bool:
        """Whether `.dockerignore` leaves a file out."""
        if path not in self._hidden:
            self._hidden[path] = self.ignore.hides(path, self.work)
        return self._hidden[path]

    def in_repository(self, path: str) -> str:
        """The path in the repository."""
        return posixpath.join(self.folder, path)


def context_at(folder: str, dockerfile: str, contents: Contents) -> Context:
    """Take a folder for the context; the ignore file that goes with it must have been read."""
    for path in ignore_paths(dockerfile, folder):
        if contents.has(path):
            version = contents.read.get(path)
            content = version.content if version else None
            why = (version.problem if version else "") or "it was not read"
            ignore = Ignore(path, problem=why) if content is None else read_ignore(path, content)
            return Context(folder, contents, ignore)
    return Context(folder, contents, Ignore())


def guessed_folders(
    dockerfile: str, events: Iterable[Sequence[Event]], contents: Contents
) -> tuple[str, ...]:
    """The folders that may be the context where no file says so, the likelier first."""
    own = posixpath.dirname(dockerfile)
    if not own:
        return ("",)
    named = {
        source.path
        for stage in events
        for event in stage
        if isinstance(event, Copy) and event.origin.is_context
        for source in event.sources
        if source.path
    }
    at_root, at_own = (sum(_is_there(folder, each, contents) for each in named) for folder in ("", own))
    return ("", own) if at_root >= at_own else (own, "")


def _is_there(folder: str, source: str, contents: Contents) -> bool:
    wild = min((at for each in _WILD if (at := source.find(each)) >= 0), default=-1)
    if wild < 0:
        return contents.has(posixpath.join(folder, source))
    start = posixpath.join(folder, source[:wild])
    at = bisect_left(contents.paths, start)
    return at < len(contents.paths) and contents.paths[at].startswith(start)


class Sources:
    """What the sources of instructions bring from one context, each found once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._paths = list(context.lockfiles)
        self.hidden: dict[str, None] = {}
        """Those that the ignore file keeps out of the context."""
        self._found: dict[tuple[str, str, tuple[str, ...]], list[Found]] = {}

    def of(self, copy: Copy) -> Iterator[Found]:
        """The lockfiles that an instruction takes from the context."""
        for source in copy.sources:
            key = source.path, source.pivot if copy.parents else "", copy.excluded
            if key not in self._found:
                parents = source.pivot if copy.parents else None
                self._found[key] = list(self._search(source.path, copy.excluded, parents))
            yield from self._found[key]

    def _search(self, source: str, excluded: tuple[str, ...], pivot: str | None) -> Iterator[Found]:
        left_out = excluding(excluded) if excluded else None
        for path, start in self._matched(source):
            inside = path[len(start) :].lstrip("/") if start != path else posixpath.basename(path)
            if self._context.hides(path):
                self.hidden.setdefault(path)
                continue
            if left_out is not None and left_out.hides(inside, self._context.work):
                continue
            rest = inside if pivot is None else path[len(pivot) :].lstrip("/")
            named = start == path and posixpath.basename(source) not in ("*", "**")
            depth = 0 if named else min(2, inside.count("/") + 1)
            yield Found(path, rest, depth, start == path)

    def _matched(self, source: str) -> Iterator[tuple[str, str]]:
        """The lockfiles below a source, and what of their path the source stands for."""
        if not any(char in source for char in (*_WILD, "\\")):
            yield from ((path, source) for path in self._below(source))
            return
        try:
            pattern = Pattern.parse(source)
        except BadPattern:
            return
        for path in self._below(pattern.plain.rpartition("/")[0]):
            for start in places(path):
                if pattern.matches(start, self._context.work):
                    yield path, start
                    break

    def _below(self, folder: str) -> Iterator[str]:
        self._context.work.spend(1)
        if not folder:
            yield from self._paths
            return
        at = bisect_left(self._paths, folder)
        if at < len(self._paths) and self._paths[at] == folder:
            yield folder
        start = f"{folder}/"
        at = bisect_left(self._paths, start)
        while at < len(self._paths) and self._paths[at].startswith(start):
            yield self._paths[at]
            at += 1
