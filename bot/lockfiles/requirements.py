"""pip's requirements files, with what they include.

https://pip.pypa.io/en/stable/reference/requirements-file-format/. Who asks for a package is told by the comments
pip-compile and uv write behind it: `# via flask`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from bot.lockfiles.compiled import compiler_of
from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_ENTRIES, Found
from bot.lockfiles.paths import normal_path
from bot.lockfiles.pep508 import never_on_linux, pinned_version

MAX_FILES = 40
MAX_INCLUDES = 10
MAX_LINE = 8_000
MAX_MARKERS = 1_000
MAX_PARENTHESES = 50
_INCLUDE = re.compile(r"(-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(\S.*)")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s*)(\S.*)")
#: What else pip takes in such a file, none of which names a package.
_SETTING = re.compile(
    r"-[if].*|--(?:index-url|pypi-url|extra-index-url|no-index|find-links|no-binary|only-binary|prefer-binary"
    r"|require-hashes|pre|trusted-host|use-feature|all-releases|only-final)(?![a-z-]).*"
)
_COMMENT = re.compile(r"(?:^|\s)#")
_OPTION = re.compile(r"\s--?[a-zA-Z]")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]{1,200})")
_URL = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{0,30}://|git@)")
_ARCHIVE = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")
_ARCHIVED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,200}?)-[0-9]")
_NOT_PINNED = "no version is pinned, so the newest one that fits is installed"


@dataclass(slots=True)
class _Line:
    """A line with those that continue it, and the comments behind it."""

    text: str
    start: int
    end: int
    comments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Asked:
    """A requirement that was read, and where."""

    requirement: Requirement
    path: str
    line: _Line


@dataclass(slots=True)
class _Pin:
    version: str
    where: str


@dataclass(slots=True)
class _Reader:
    found: Found
    asked: list[_Asked] = field(default_factory=list)
    pins: dict[str, _Pin] = field(default_factory=dict)
    seen: set[tuple[str, bool]] = field(default_factory=set)
    markers: set[str] = field(default_factory=set)

    def file(self, path: str, source: str, depth: int, *, constrains: bool) -> None:
        """Read one file, and what it includes."""
        self.seen.add((path, constrains))
        for line in _lines(source):
            if found := _INCLUDE.fullmatch(line.text):
                self._include(path, line, found[2], depth, constrains=constrains or found[1] in _CONSTRAINTS)
            elif constrains:
                self._constrain(path, line)
            else:
                self._require(path, line)

    def _where(self, path: str) -> str:
        """The path to tell with a line: nothing for the lockfile itself."""
        return "" if path == self.found.path else path

    def _open(
        self, path: str, line: _Line, name: str, requirement: str, why: str, *, unclear: bool = False
    ) -> None:
        self.found.leave_open(name, requirement, line.start, why, path=self._where(path), unclear=unclear)

    def _include(self, path: str, line: _Line, word: str, depth: int, *, constrains: bool) -> None:
        word = word.strip().strip("\"'")
        what = "the file of constraints" if constrains else "the file"
        outside = _URL.match(word) or "$" in word
        target = None if outside else normal_path(PurePosixPath(path).parent, word)
        source = None
        if target is None:
            why = f"{what} lies outside the repository"
        elif (target, constrains) in self.seen:
            return
        elif depth >= MAX_INCLUDES or len(self.seen) >= MAX_FILES:
            why = f"{what} is included too deep, or after too many others"
        else:
            source = self.found.text_of(target)
            why = f"{what} {target} is not there"
        if target is None or source is None:
            # Constraints install nothing, while a file may ask for any package.
            self._open(path, line, word, line.text, why, unclear=not constrains)
            return
        self.found.includes.append(target)
        self.file(target, source, depth + 1, constrains=constrains)

    def _constrain(self, path: str, line: _Line) -> None:
        requirement = None if line.text.startswith("-") else _parse(line.text)
        if requirement is None and not line.text.startswith("-"):
            self._open(path, line, line.text, line.text, "the line is not understood")
        elif requirement is not None:
            if (version := pinned_version(requirement)) and not self._is_foreign(requirement.marker):
                pin = _Pin(version, f"{path} line {line.start}")
                self.pins.setdefault(canonicalize_name(requirement.name), pin)

    def _require(self, path: str, line: _Line) -> None:
        text = line.text
        if editable := _EDITABLE.fullmatch(text):
            self._place(path, line, editable[1])
        elif _SETTING.fullmatch(text):
            return
        elif text.startswith("-"):
            # pip takes shortened names of options too: `--req`.
            self._open(path, line, text, text, "the option is not known", unclear=True)
        elif requirement := _parse(text):
            if len(self.asked) >= MAX_ENTRIES:
                raise LockfileError(f"it has more than {MAX_ENTRIES:,} packages", line.start)
            self.asked.append(_Asked(requirement, path, line))
        else:
            self._place(path, line, _OPTION.split(text, maxsplit=1)[0])

    def _place(self, path: str, line: _Line, word: str) -> None:
        """A package named by where it lies."""
        egg, place = _EGG.search(word), word.partition(";")[0].strip()
        name = egg[1] if egg else _archived(place)
        if _URL.match(word) and not word.startswith("file:"):
            cloned = "+" in word.partition("://")[0] or word.startswith("git@")
            why = f"it comes from {'a repository' if cloned else 'a web address'}"
            self._open(path, line, name or word, line.text, why, unclear=not name)
        elif name:
            self._open(path, line, name, line.text, "it is a file, which is not looked into")
        elif not word.startswith((".", "/", "file:")):
            self._open(path, line, word, line.text, "the line is not understood", unclear=True)

    def _is_foreign(self, marker: Marker | None) -> bool:
        """Whether a marker keeps it off Linux. Each different one takes a millisecond."""
        if marker is None or len(self.markers) > MAX_MARKERS:
            return False
        self.markers.add(str(marker))
        return never_on_linux(marker)

    def finish(self) -> None:
        """Take in what was asked for, now that all constraints are known."""
        for each in self.asked:
            self._take(each)
        # With hashes pip installs nothing else, and compiled files name all there is.
        if not all("--hash" in each.line.text or _is_via(each.line.comments) for each in self.asked):
            self.found.partial = "pip also installs what these packages ask for in turn"

    def _take(self, asked: _Asked) -> None:
        requirement, line = asked.requirement, asked.line
        written = _OPTION.split(line.text, maxsplit=1)[0].strip()
        if self._is_foreign(requirement.marker):
            return
        if requirement.url:
            local = requirement.url.startswith("file:")
            why = "it is a file or folder" if local else "it comes from a web address or repository"
            self._open(asked.path, line, requirement.name, written, why)
            return
        version = pinned_version(requirement)
        if not version and (pin := self.pins.get(canonicalize_name(requirement.name))):
            if not requirement.specifier or requirement.specifier.contains(pin.version, prereleases=True):
                version = pin.version
        if not version:
            asks = written[len(requirement.name) :].strip()
            self._open(asked.path, line, requirement.name, asks, _NOT_PINNED)
            return
        by, direct = _asking(line.comments)
        self.found.add(
            requirement.name,
            version,
            line.start,
            line.end,
            direct=direct,
            wanted_by=by,
            path=self._where(asked.path),
        )


_CONSTRAINTS = ("-c", "--constraint")


def read_requirements(source: str, found: Found) -> None:
    """Read a file with all it includes. Only Linux counts: what a marker keeps off it is left out."""
    reader = _Reader(found)
    for path in found.constraints:
        if (told := found.text_of(path)) is not None:
            reader.file(path, told, 0, constrains=True)
    reader.file(found.path, source, 0, constrains=False)
    reader.finish()
    found.form, found.made_by = compiler_of(source)


def _parse(text: str) -> Requirement | None:
    """Read a requirement without the options behind it; None when it is none."""
    if text.count("(") > MAX_PARENTHESES:
        return None
    try:
        return Requirement(_OPTION.split(text, maxsplit=1)[0])
    except (InvalidRequirement, RecursionError):
        return None


def _archived(place: str) -> str:
    """`wheels/Own_Thing-1.0-py3-none-any.whl` → `Own_Thing`; nothing for what is no archive with such a name."""
    file = place.partition("#")[0].rpartition("/")[2]
    found = _ARCHIVED.match(file) if file.endswith(_ARCHIVE) else None
    return found[1] if found else ""


def _numbered(source: str) -> Iterator[tuple[int, str]]:
    """Lines as pip splits them, also at form feeds and their like, with the numbers that people see."""
    for number, raw in enumerate(source.split("\n"), 1):
        yield from ((number, part) for part in raw.splitlines() or [""])


def _lines(source: str) -> Iterator[_Line]:
    """Join continued lines, and cut comments off and hang them on the line before."""
    waiting: _Line | None = None
    parts: list[str] = []
    start = 0
    for number, raw in _numbered(source):
        if len(raw) > MAX_LINE:
            raise LockfileError(f"a line is longer than {MAX_LINE:,} characters", number)
        comment = _COMMENT.search(raw)
        # A comment goes to the end of its line, also when that ends with a backslash.
        continues = raw.endswith("\\") and not (comment and not parts and not raw[: comment.start()].strip())
        body = raw[: comment.start()] if comment else raw.removesuffix("\\")
        if comment and waiting and not parts and not body.strip():
            waiting.comments.append(raw[comment.end() :].strip())
            continue
        if not parts:
            start = number
        parts.append(body)
        if continues and not comment:
            continue
        text = " ".join(part.strip() for part in parts).strip()
        parts = []
        if not text:
            continue
        if waiting:
            yield waiting
        waiting = _Line(text, start, number)
        if comment:
            waiting.comments.append(raw[comment.end() :].strip())
    if text := " ".join(part.strip() for part in parts).strip():
        if waiting:
            yield waiting
        waiting = _Line(text, start, source.count("\n") + 1)
    if waiting:
        yield waiting


def _is_via(comments: list[str]) -> bool:
    return bool(comments) and comments[0].startswith("via")


_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?")


def _asking(comments: list[str]) -> tuple[list[str], bool | None]:
    """Who asks for it by the comments: packages, and whether the application itself does."""
    if not _is_via(comments):
        return [], None
    words = [comments[0][3:].strip(), *comments[1:]]
    names = [name for word in words for part in word.split(",") if (name := part.strip())]
    packages = [name for name in names if _NAME.fullmatch(name)]
    return packages, any(not _NAME.fullmatch(name.partition(" (")[0]) for name in names)
