"""The policy a local change is judged by: the repository file at the tip of what it is compared with."""

from dataclasses import replace
from pathlib import Path

from bot.change import Change, FileVersion
from bot.config import PATH, RENAME, SLIP, UNLISTED, parse_config, problems_of
from bot.inspection import Location
from bot.local_git import LocalGit, target
from bot.policy.gate import Policy, PolicyProblem
from bot.policy.tree import LARGEST
from bot.trees import SYMBOLIC_LINK

TOO_LARGE = f"the file is larger than {LARGEST:,} bytes, which no such file needs"
LINK = "it is a symbolic link, which is not followed"
NO_FILE = "it is not a file"


def local_policy(folder: Path, base: str, change: Change, head: str = "") -> Policy:
    """Read the policy as the bot would, and what is wrong with the file as the change leaves it."""
    git, tip = target(folder, base)
    before, now = _at(git, change.merge_base), _at(git, head) if head else _on_disk(git.folder / PATH)
    touched = (now.content, now.problem) != (before.content, before.problem)
    policy = _policy(git, tip)
    return replace(policy, proposed=problems_of(now) if touched else None)


def _policy(git: LocalGit, commit: str) -> Policy:
    file = _at(git, commit)
    if file.problem:
        return Policy(problems=(PolicyProblem(Location(PATH, 1, 1), file.problem),))
    if not file.blob:
        return Policy(problems=_in_its_place(git, commit))
    policy, problems = parse_config(file.content or b"", PATH)
    return replace(policy, problems=problems, source="" if problems else f"{PATH} at {commit[:7]}")


def _in_its_place(git: LocalGit, commit: str) -> tuple[PolicyProblem, ...]:
    """What may be a policy where there is none: a file of a likely name, a folder that is a link."""
    slip = git.run("ls-tree", "-z", "--full-tree", commit, "--", SLIP)
    if slip:
        return (PolicyProblem(Location(SLIP, 1, 1), RENAME),)
    folder = git.run("ls-tree", "-z", "--full-tree", commit, "--", PATH.partition("/")[0]).split(b" ")
    unlisted = folder[0] == SYMBOLIC_LINK.encode() or folder[1:2] == [b"commit"]
    return (PolicyProblem(Location(PATH, 1, 1), UNLISTED),) if unlisted else ()


def _at(git: LocalGit, revision: str) -> FileVersion:
    """Read the file at a commit; one that is not there is empty."""
    line = git.run("ls-tree", "-z", "--full-tree", revision, "--", PATH)
    if not line:
        return FileVersion(PATH, "", b"")
    mode, kind, blob = line.partition(b"\t")[0].decode().split(" ")
    if mode == SYMBOLIC_LINK or kind != "blob":
        return FileVersion(PATH, blob, problem=LINK if mode == SYMBOLIC_LINK else NO_FILE)
    if int(git.text("cat-file", "-s", blob)) > LARGEST:
        return FileVersion(PATH, blob, problem=TOO_LARGE)
    return FileVersion(PATH, blob, git.run("cat-file", "blob", blob))


def _on_disk(path: Path) -> FileVersion:
    """Read the file of the working tree."""
    if path.is_symlink() or path.parent.is_symlink():
        return FileVersion(PATH, "", problem=LINK)
    if not path.exists():
        return FileVersion(PATH, "", b"")
    if not path.is_file():
        return FileVersion(PATH, "", problem=NO_FILE)
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    return (
        FileVersion(PATH, "", problem=TOO_LARGE) if len(content) > LARGEST else FileVersion(PATH, "", content)
    )
