"""A change in a local git repository, as the bot would gather it from GitHub. Runs `git`, and nothing of the change.

The working tree is judged as it is: it is written into a tree object of its own, in a scratch object folder.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.change import Change, FileVersion
from bot.errors import ConfigError
from bot.gathering import Building, Gathering
from bot.trees import TreeEntry, largest

WORKING_TREE = "the working tree"
SECONDS = 120
AMBIGUOUS = "two paths differ only in bytes that are no text"
# Branches that changes are usually made against, the first that exists.
TARGETS = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


# The configuration of a repository may come with it from a stranger, and several settings name programs to run.
_SETTINGS = {"core.fsmonitor": "false", "core.hooksPath": os.devnull}
# A missing object is not fetched: `remote.*`, `core.sshCommand` and `credential.helper` name programs as well.
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}


def _above_all(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Settings above those of the repository. Unlike `-c`, the environment takes a name with `=` in it."""
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    for number, (name, value) in enumerate(settings.items(), first):
        yield f"GIT_CONFIG_KEY_{number}", name
        yield f"GIT_CONFIG_VALUE_{number}", value
    yield "GIT_CONFIG_COUNT", str(first + len(settings))


@dataclass(frozen=True, slots=True)
class LocalGit:
    """One repository on disk."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    """Above those of the repository."""

    def run(self, *arguments: str) -> bytes:
        """Run one git command; raises ConfigError with what git said."""
        try:
            done = subprocess.run(
                ["git", "-C", str(self.folder), *arguments],
                capture_output=True,
                check=True,
                timeout=SECONDS,
                env={**os.environ, **_QUIET, **dict(_above_all(_SETTINGS | self.settings)), **self.env},
            )
        except FileNotFoundError:
            raise ConfigError("git is not installed, and `plimsoll review` needs it") from None
        except subprocess.TimeoutExpired:
            raise ConfigError(f"git {arguments[0]} did not end within {SECONDS} seconds") from None
        except subprocess.CalledProcessError as exc:
            said = exc.stderr.decode(errors="replace").strip().splitlines()
            raise ConfigError(f"git {arguments[0]}: {said[-1] if said else 'failed'}") from None
        return done.stdout

    def text(self, *arguments: str) -> str:
        """Run one git command and return its answer without the line end."""
        return self.run(*arguments).decode(errors="surrogateescape").strip()

    def commit(self, revision: str) -> str:
        """Return the commit a revision names; raises ConfigError when it names none."""
        if revision.startswith("-"):
            raise ConfigError(f"{revision!r} is not a revision")
        try:
            return self.text("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except ConfigError:
            raise ConfigError(f"{revision!r} is not a commit in {self.folder}") from None


def local_change(folder: Path, base: str = "", head: str = "", building: Building | None = None) -> Change:
    """Compare `head` (default: the working tree) with where it left `base` (default: the target branch)."""
    building = building or Building()
    git = LocalGit(_top(folder))
    start = git.commit(head) if head else _tip(git)
    merge_base = _merge_base(git, _base(git, base), start)
    name = git.folder.name
    if head:
        return _compare(git, name, merge_base, start, start, building)
    with _working_tree(git) as (scratch, tree):
        return _compare(scratch, name, merge_base, tree, WORKING_TREE, building)


def target(folder: Path, base: str = "") -> tuple[LocalGit, str]:
    """Return the repository and the tip of what changes are compared with."""
    git = LocalGit(_top(folder))
    return git, _base(git, base)


def _top(folder: Path) -> Path:
    return Path(LocalGit(folder).text("rev-parse", "--show-toplevel"))


def _tip(git: LocalGit) -> str:
    try:
        return git.commit("HEAD")
    except ConfigError:
        raise ConfigError(f"{git.folder} has no commits yet, so there is nothing to compare with") from None


def _base(git: LocalGit, wanted: str) -> str:
    if wanted:
        return git.commit(wanted)
    for target in TARGETS:
        try:
            return git.commit(target)
        except ConfigError:
            continue
    raise ConfigError(
        f"no target branch was found (tried {', '.join(TARGETS)}): name what the change is compared with by --base"
    )


def _merge_base(git: LocalGit, base: str, start: str) -> str:
    try:
        return git.text("merge-base", base, start)
    except ConfigError:
        raise ConfigError(
            f"{base[:12]} and {start[:12]} share no history; name another commit with --base, "
            "or fetch more of it (a shallow clone has only the last commits)"
        ) from None


@contextmanager
def _working_tree(git: LocalGit) -> Iterator[tuple[LocalGit, str]]:
    """Write the files as they are, untracked ones included, to a tree that leaves no trace in the repository."""
    with tempfile.TemporaryDirectory(prefix="plimsoll-") as scratch:
        folder = Path(git.text("rev-parse", "--absolute-git-dir"))
        objects = git.text("rev-parse", "--path-format=absolute", "--git-path", "objects")
        index = Path(scratch) / "index"
        if (folder / "index").is_file():
            # With its times: by them git knows which entries may have changed in the second it was written.
            shutil.copy2(folder / "index", index)
        (Path(scratch) / "objects").mkdir()
        env = {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(Path(scratch) / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
        }
        aside = replace(git, env=env, settings=dict(_without_own_filters(git)))
        aside.run("add", "--all", "--", ".", *_submodules(aside))
        yield aside, aside.text("write-tree")


def _without_own_filters(git: LocalGit) -> Iterator[tuple[str, str]]:
    """Empty the filter programs the repository itself configures; the person's own, such as git-lfs, stay."""
    listed = git.text("config", "--list", "--name-only", "--show-scope", "-z").split("\0")
    for scope, name in zip(listed[::2], listed[1::2], strict=False):
        if scope in ("local", "worktree") and name.startswith("filter."):
            yield name, "false" if name.endswith(".required") else ""


def _submodules(git: LocalGit) -> Iterator[str]:
    """Exclude them: git would look into each, and heed its configuration."""
    for line in git.run("ls-files", "--stage", "-z").split(b"\0")[:-1]:
        facts, _, path = line.partition(b"\t")
        if facts.startswith(b"160000 "):
            yield f":(top,exclude,literal){os.fsdecode(path)}"


def _compare(git: LocalGit, name: str, merge_base: str, head: str, shown: str, building: Building) -> Change:
    (before, merged_before), (after, merged_after) = _tree(git, merge_base), _tree(git, head)
    gathering = Gathering(before, after, _renames(git, merge_base, head), building)
    while wanted := gathering.wanted():
        gathering.take([_read(git, version) for version in wanted])
    return gathering.change(name, merge_base, shown, AMBIGUOUS if merged_before or merged_after else "")


def _tree(git: LocalGit, revision: str) -> tuple[dict[str, TreeEntry], bool]:
    """Return the files of a commit by path, and whether one hides another: to git a path is bytes, here text."""
    entries: dict[str, TreeEntry] = {}
    lines = git.run("ls-tree", "-r", "-z", "--full-tree", revision).split(b"\0")[:-1]
    for line in lines:
        facts, _, path = line.partition(b"\t")
        mode, kind, sha = facts.decode().split(" ")
        entries[path.decode(errors="replace")] = TreeEntry(mode, kind, sha)
    return entries, len(entries) < len(lines)


def _renames(git: LocalGit, merge_base: str, head: str) -> dict[str, str]:
    """New path → old path."""
    fields = git.run("diff-tree", "-r", "-M", "-z", "--name-status", "--diff-filter=R", merge_base, head)
    words = fields.decode(errors="replace").split("\0")[:-1]
    return {words[at + 2]: words[at + 1] for at in range(0, len(words) - 2, 3)}


def _read(git: LocalGit, version: FileVersion) -> FileVersion:
    limit = largest(version.path)
    if int(git.text("cat-file", "-s", version.blob)) > limit:
        return replace(version, problem=f"it is larger than {limit:,} bytes")
    return replace(version, content=git.run("cat-file", "blob", version.blob))
