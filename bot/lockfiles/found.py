"""What a parser finds, collected: within bounds, and with names and versions that can be shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.model import Ask, Dependency, Open
from bot.package.language import canonical_name, language_package

Read = Callable[[str], bytes | None]
"""Give the content of another file of the repository by its path; None when it is not there."""

MAX_BYTES = 16_000_000
MAX_ENTRIES = 60_000
MAX_NAME = 300
MAX_WANTED_BY = 3
MAX_ASKS = 20


@dataclass(slots=True)
class Found:
    """One file being read. `type` is the purl type of its packages."""

    path: str
    type: str
    read: Read
    constraints: tuple[str, ...] = ()
    """Files that whoever installs from it names to tell versions."""
    dependencies: list[Dependency] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    partial: str = ""
    form: str = ""
    made_by: tuple[str, ...] = ()

    def add(
        self,
        name: str,
        version: str,
        line: int,
        end_line: int = 0,
        *,
        development: bool = False,
        direct: bool | None = None,
        wanted_by: Iterable[str] = (),
        path: str = "",
        asks: Iterable[Ask] = (),
    ) -> None:
        """Take a package in; one whose name or version cannot be one is left open."""
        package = language_package(self.type, name, version)
        # `group:` and `@scope/` name nothing.
        if not is_plain(name) or not is_plain(version) or not package.name.strip("/"):
            why = "its name or version is none that a package can have" if version else "no version is given"
            self.leave_open(name, version, line, why, path=path, unclear=not is_plain(name))
            return
        self._count(line)
        asking = tuple(sorted(each for each in set(wanted_by) if is_plain(each))[:MAX_WANTED_BY])
        end_line = max(line, end_line)
        asked = tuple(dict.fromkeys(islice(asks, MAX_ASKS)))
        self.dependencies.append(
            Dependency(package, line, end_line, development, direct, asking, path, asked)
        )

    def leave_open(
        self, name: str, requirement: str, line: int, why: str, *, path: str = "", unclear: bool = False
    ) -> None:
        """List what is asked for without a version that can be told; `unclear` where the package cannot be either."""
        self._count(line)
        if not unclear:
            name = canonical_name(self.type, name)
        self.open.append(Open(showable(name), showable(requirement), line, showable(why), path, unclear))

    def _count(self, line: int) -> None:
        if len(self.dependencies) + len(self.open) >= MAX_ENTRIES:
            raise LockfileError(f"it has more than {MAX_ENTRIES:,} packages", line)

    def near(self, name: str) -> str:
        """The path of a file in the same folder."""
        return str(PurePosixPath(self.path).with_name(name))

    def sibling(self, name: str) -> str | None:
        """The text of a file in the same folder; None when it is not there or too large."""
        return self.text_of(self.near(name))

    def text_of(self, path: str) -> str | None:
        """The text of another file of the repository."""
        content = self.read(path)
        return None if content is None or len(content) > MAX_BYTES else decode(content)


def decode(content: bytes) -> str:
    """Bytes to text with plain line ends; what is no text stays in single characters that no name can have."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        # PowerShell writes `pip freeze > requirements.txt` so.
        text = content.decode("utf-16", "replace")
    else:
        text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_plain(text: str) -> bool:
    """Whether a text can be a name or a version: not empty, no blanks, nothing that cannot be printed."""
    return 0 < len(text) <= MAX_NAME and text.isprintable() and " " not in text


def showable(text: str) -> str:
    """Cut a text short and put `\ufffd` where it cannot be printed."""
    text = text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"
    return text if text.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in text)
