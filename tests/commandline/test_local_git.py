"""`plimsoll review` sees the working tree as it is, and leaves no trace in the repository."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.change import FileStatus
from bot.errors import ConfigError
from bot.local_git import local_change
from bot.trees import LARGEST_FILE


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--initial-branch", "main")
    git(tmp_path, "config", "user.name", "Alice")
    git(tmp_path, "config", "user.email", "alice@example.com")
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.20.3\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "Start")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(repository: Path) -> None:
    """Git then takes the time of the index for the hint that its entry may be out of date."""
    moment = 1_700_000_000
    dockerfile, index = repository / "Dockerfile", repository / ".git" / "index"
    # The time at which the file's entry changed, which nobody can set, would tell.
    git(repository, "config", "core.trustctime", "false")
    dockerfile.write_text("FROM alpine:3.20.9\n")
    os.utime(dockerfile, (moment, moment))
    git(repository, "commit", "--all", "--message", "Nine")
    dockerfile.write_text("FROM alpine:3.20.0\n")
    for path in (dockerfile, index):
        os.utime(path, (moment, moment))
    (file,) = local_change(repository).files
    assert file.after is not None
    assert file.after.content == b"FROM alpine:3.20.0\n"


def test_a_file_that_is_too_large_is_named_and_not_read(repository: Path) -> None:
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n" + "#" * LARGEST_FILE)
    (file,) = local_change(repository).files
    assert file.after is not None
    assert file.after.content is None
    assert "larger than 1,000,000 bytes" in file.after.problem


def test_untracked_files_are_judged_and_ignored_ones_are_not(repository: Path) -> None:
    (repository / ".gitignore").write_text("scratch/\n")
    (repository / "scratch").mkdir()
    (repository / "scratch" / "Dockerfile").write_text("FROM alpine:3.1\n")
    (repository / "worker.dockerfile").write_text("FROM alpine:3.2\n")
    files = local_change(repository).files
    assert [(file.path, file.status) for file in files] == [("worker.dockerfile", FileStatus.ADDED)]


def test_looking_leaves_no_trace(repository: Path) -> None:
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in (repository / ".git").rglob("*"))
    local_change(repository)
    assert sorted((path, path.stat().st_mtime_ns) for path in (repository / ".git").rglob("*")) == before
    assert git(repository, "status", "--porcelain") == " M Dockerfile\n"


def test_a_branch_is_compared_with_where_it_left_the_target(repository: Path) -> None:
    start = git(repository, "rev-parse", "HEAD").strip()
    git(repository, "switch", "--create", "topic")
    git(repository, "mv", "Dockerfile", "Containerfile")
    git(repository, "commit", "--message", "Move")
    git(repository, "switch", "main")
    (repository / "other.dockerfile").write_text("FROM alpine:3.19\n")
    git(repository, "add", ".")
    git(repository, "commit", "--message", "Meanwhile on main")
    change = local_change(repository, head="topic")
    assert change.merge_base == start
    assert [(file.path, file.status) for file in change.files] == [("Containerfile", FileStatus.RENAMED)]


def test_a_symbolic_link_is_named_and_not_followed(repository: Path) -> None:
    (repository / "Dockerfile").unlink()
    (repository / "Dockerfile").symlink_to("/etc/passwd")
    (file,) = local_change(repository).files
    assert file.after is not None
    assert file.after.content is None
    assert "symbolic link" in file.after.problem


@pytest.mark.parametrize(
    ("base", "head", "says"),
    [
        ("nope", "", "'nope' is not a commit"),
        ("", "-x", "'-x' is not a revision"),
        ("HEAD~5", "", "not a commit"),
    ],
)
def test_a_wrong_revision_is_said(repository: Path, base: str, head: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        local_change(repository, base, head)


def test_a_folder_that_is_no_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a git repository"):
        local_change(tmp_path)


def test_a_repository_without_commits_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init")
    with pytest.raises(ConfigError, match="has no commits yet"):
        local_change(tmp_path)


def test_without_a_target_branch_nothing_is_compared_with_itself(repository: Path) -> None:
    git(repository, "branch", "--move", "trunk")
    with pytest.raises(ConfigError, match="--base"):
        local_change(repository)
    assert local_change(repository, base="trunk").files == ()
