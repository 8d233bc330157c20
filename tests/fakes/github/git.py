"""A bare git repository behind each fake repository: trees, renames and patches come from git itself.

Commits go in through `git fast-import`, objects come out of one `git cat-file --batch` kept open.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

#: A regular file, or `(mode, bytes)` for any other: "100755", "120000", "160000" (the bytes are a commit id).
Content = str | bytes | tuple[str, bytes]

STATUSES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "T": "changed"}
IDENTITY = "Octo Cat <octocat@users.noreply.example>"
#: Commits are a minute apart, so that a test's commit ids do not depend on when it runs.
EPOCH = 1_735_689_600
SETTINGS = ("core.quotePath=false", "fastimport.unpackLimit=100000", "gc.auto=0", "core.fsync=none")


@dataclass(frozen=True, slots=True)
class GitObject:
    sha: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TreeEntry:
    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file as GitHub shows it; `patch` is None for binary files."""

    status: str
    path: str
    previous_path: str | None
    sha: str
    patch: str | None

    @property
    def additions(self) -> int:
        return self._lines("+")

    @property
    def deletions(self) -> int:
        return self._lines("-")

    def _lines(self, sign: str) -> int:
        return sum(line.startswith(sign) for line in (self.patch or "").split("\n"))


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    seconds: int
    message: str
    committer: str
    committer_email: str


class GitError(Exception):
    """Git refused; the text is its own."""


class GitRepository:
    """Plumbing over one bare repository. Objects never change, so answers about them are cached."""

    def __init__(self, path: Path, *, objects_of: "GitRepository | None" = None) -> None:
        self.path = path
        self._lock = Lock()
        self._reader: subprocess.Popen[bytes] | None = None
        self._clock: int = objects_of._clock if objects_of else EPOCH
        _git(None, "init", "--quiet", "--bare", "--template=", str(path))
        if objects_of:
            alternates = path / "objects" / "info" / "alternates"
            alternates.parent.mkdir(exist_ok=True)
            alternates.write_text(f"{objects_of.path / 'objects'}\n")
        self.tree = cache(self._tree)
        self.changes = cache(self._changes)

    def close(self) -> None:
        with self._lock:
            if self._reader:
                self._reader.communicate()
                self._reader = None

    def read(self, name: str) -> GitObject | None:
        """Read an object by any name git understands, such as `main`, an id, or `main:Dockerfile`."""
        if "\n" in name or name.startswith("-"):
            return None
        with self._lock:
            reader = self._reader or self._start_reader()
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write(name.encode() + b"\n")
            reader.stdin.flush()
            header = reader.stdout.readline().split()
            if len(header) != 3 or not header[2].isdigit():
                return None
            data = reader.stdout.read(int(header[2]) + 1)[:-1]
        return GitObject(header[0].decode(), header[1].decode(), data)

    def commit_id(self, name: str) -> str | None:
        """Return the commit a branch, a full reference or an id stands for."""
        for candidate in (f"refs/heads/{name}", f"refs/tags/{name}", name):
            if found := self.read(f"{candidate}^{{commit}}"):
                return found.sha
        return None

    def commit_of(self, name: str) -> Commit | None:
        found = self.read(f"{name}^{{commit}}")
        return parse_commit(found) if found else None

    def refs(self, prefix: str) -> dict[str, str]:
        """Return reference names below a prefix, with the object each points at."""
        lines = self._run("for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()
        pairs = (line.split(" ", 1) for line in lines)
        return {name: sha for sha, name in pairs if name.startswith(prefix)}

    def set_ref(self, name: str, sha: str) -> None:
        self._run("update-ref", name, sha)

    def delete_ref(self, name: str) -> None:
        self._run("update-ref", "-d", name)

    def commit(
        self,
        branch: str,
        *,
        files: Mapping[str, Content] | None = None,
        delete: tuple[str, ...] = (),
        rename: Mapping[str, str] | None = None,
        parents: tuple[str, ...] = (),
        message: str = "Change",
        author: str = IDENTITY,
    ) -> str:
        """Write a commit on a branch and return its id. Renames come first, then deletions, then contents."""
        self._clock += 60
        text = message.encode()
        lines = [
            f"commit refs/heads/{branch}\nmark :1\ncommitter {author} {self._clock} +0000\n".encode(),
            b"data %d\n%s\n" % (len(text), text),
            *(
                f"{word} {sha}\n".encode()
                for word, sha in zip(("from", *["merge"] * 9), parents, strict=False)
            ),
            *(b"R %s %s\n" % (_quoted(old), _quoted(new)) for old, new in (rename or {}).items()),
            *(b"D %s\n" % _quoted(path) for path in delete),
            *(_file_command(path, content) for path, content in (files or {}).items()),
            b"\nget-mark :1\n",
        ]
        options = ("--quiet", "--force", "--date-format=raw")
        return self._run("fast-import", *options, stdin=b"".join(lines)).decode().strip()

    def merge(self, branch: str, ours: str, theirs: str, message: str) -> str | None:
        """Write a merge commit on a branch; None when the two sides conflict."""
        try:
            tree = self._run("merge-tree", "--write-tree", ours, theirs).decode().split()[0]
        except GitError:
            return None
        sha = self.write_commit(tree, (ours, theirs), message)
        self.set_ref(f"refs/heads/{branch}", sha)
        return sha

    def write_commit(
        self,
        tree: str,
        parents: tuple[str, ...],
        message: str,
        author: str = IDENTITY,
        committer: str = IDENTITY,
    ) -> str:
        """Write a commit that no reference knows yet."""
        self._clock += 60
        words = [word for parent in parents for word in ("-p", parent)]
        who = _who("AUTHOR", author, self._clock) | _who("COMMITTER", committer, self._clock)
        done = _git(self.path, "commit-tree", tree, *words, "-F", "-", stdin=message.encode(), extra=who)
        return done.decode().strip()

    def write_blob(self, data: bytes) -> str:
        """Store bytes and return their name."""
        return self._run("hash-object", "-w", "--stdin", stdin=data).decode().strip()

    def write_tree(self, base: str | None, entries: Iterable[tuple[str, str, str | None]]) -> str:
        """Write a tree of `(path, mode, id)` on top of another; an entry without an id goes away."""
        index = {"GIT_INDEX_FILE": str(self.path / "index-of-a-tree")}
        lines = (f"{mode if sha else '0'} {sha or '0' * 40}\t{path}\0" for path, mode, sha in entries)
        _git(self.path, "read-tree", *([base] if base else ["--empty"]), extra=index)
        _git(self.path, "update-index", "-z", "--index-info", stdin="".join(lines).encode(), extra=index)
        return _git(self.path, "write-tree", extra=index).decode().strip()

    def contains(self, head: str, commit: str) -> bool:
        """Whether a commit is in the history of another."""
        return self.merge_base(head, commit) == commit

    def fetch(self, other: "GitRepository", sha: str, ref: str) -> None:
        """Bring a fork's commit here under a reference, as GitHub does for `refs/pull/N/head`."""
        self._run("fetch", "--quiet", "--no-tags", str(other.path), f"+{sha}:{ref}")

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self._run("merge-base", one, other).decode().split()[0]
        except GitError:
            return None

    def log(self, base: str, head: str) -> list[Commit]:
        """Return the commits of head that base does not have, oldest first."""
        names = self._run("rev-list", "--reverse", f"{base}..{head}").decode().split()
        return [commit for name in names if (commit := self.commit_of(name))]

    def _tree(self, name: str, recursive: bool) -> tuple[TreeEntry, ...]:
        options = ("-r", "-t") if recursive else ()
        output = self._run("ls-tree", "-z", "-l", *options, name).decode(errors="surrogateescape")
        return tuple(_tree_entry(line) for line in output.split("\0") if line)

    def _changes(self, base: str, head: str) -> tuple[FileChange, ...]:
        raw = self._run("diff-tree", "-r", "-M", "--raw", "-z", "--no-abbrev", base, head)
        text = self._run("diff-tree", "-r", "-M", "-p", base, head).decode(errors="replace")
        patches = (_hunks(part) for part in f"\n{text}".split("\ndiff --git ")[1:])
        return tuple(_file_changes(raw.decode(errors="surrogateescape").split("\0"), patches))

    def _start_reader(self) -> subprocess.Popen[bytes]:
        command = ["git", "--git-dir", str(self.path), "cat-file", "--batch"]
        pipe = subprocess.PIPE
        self._reader = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=_environment())
        return self._reader

    def _run(self, *words: str, stdin: bytes | None = None) -> bytes:
        return _git(self.path, *words, stdin=stdin)


def _git(
    path: Path | None, *words: str, stdin: bytes | None = None, extra: Mapping[str, str] | None = None
) -> bytes:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    place = ["--git-dir", str(path)] if path else []
    command = ["git", *settings, *place, *words]
    environment = _environment() | dict(extra or {})
    done = subprocess.run(command, input=stdin or b"", capture_output=True, env=environment, check=False)
    if done.returncode:
        raise GitError(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _environment() -> dict[str, str]:
    isolated = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    return {"PATH": os.environ.get("PATH", os.defpath)} | isolated


def _who(role: str, identity: str, at: int) -> dict[str, str]:
    name, email = identity.rstrip(">").split(" <")
    pairs = (("NAME", name), ("EMAIL", email), ("DATE", f"{at} +0000"))
    return {f"GIT_{role}_{key}": value for key, value in pairs}


def parse_commit(found: GitObject) -> Commit:
    """Parse a commit object; see gitformat, "commit objects"."""
    header, _, message = found.data.decode(errors="replace").partition("\n\n")
    fields = [line.partition(" ")[::2] for line in header.split("\n")]
    values = dict(fields)
    name, email, seconds = _signature(values["author"])
    committer, committer_email, _ = _signature(values["committer"])
    parents = tuple(value for key, value in fields if key == "parent")
    return Commit(
        found.sha, values["tree"], parents, name, email, seconds, message, committer, committer_email
    )


def _signature(text: str) -> tuple[str, str, int]:
    name, _, rest = text.rpartition(" <")
    email, _, when = rest.partition("> ")
    return name, email, int(when.split()[0])


def _file_command(path: str, content: Content) -> bytes:
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    if isinstance(data, str):
        data = data.encode()
    if mode == "160000":
        return b"M %s %s %s\n" % (mode.encode(), data, _quoted(path))
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), _quoted(path), len(data), data)


def _quoted(path: str) -> bytes:
    """Quote as in C, which fast-import takes for names with any byte in them."""
    return b'"' + b"".join(b"\\%03o" % byte for byte in path.encode(errors="surrogateescape")) + b'"'


def _tree_entry(line: str) -> TreeEntry:
    fields, _, path = line.partition("\t")
    mode, kind, sha, size = fields.split()
    return TreeEntry(mode, kind, sha, int(size) if size.isdigit() else None, path)


def _hunks(patch: str) -> str | None:
    """Keep what GitHub calls the patch: everything from the first hunk on."""
    start = patch.find("\n@@ ")
    return patch[start + 1 :].removesuffix("\n") if start >= 0 else None


def _file_changes(fields: list[str], patches: Iterator[str | None]) -> Iterator[FileChange]:
    """Pair `--raw -z` (":modes shas status", path, and a second path for a rename) with the patches."""
    waiting = iter(fields)
    for header in waiting:
        if not header:
            break
        _, _, old_sha, new_sha, status = header.split()
        kind = status[0]
        path = next(waiting)
        previous = path if kind == "R" else None
        if kind == "R":
            path = next(waiting)
        if kind == "T":
            next(patches)  # git shows a change of type as a deletion and a creation
        yield FileChange(STATUSES[kind], path, previous, old_sha if kind == "D" else new_sha, next(patches))
