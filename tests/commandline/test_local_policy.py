"""`plimsoll review` judges by the policy at the tip of what a change is compared with, as the bot does."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.advisory.severity import Severity
from bot.local_git import local_change
from bot.local_policy import local_policy
from bot.policy.gate import Policy
from bot.policy.tree import LARGEST

POLICY = ".github/plimsoll.yml"
STRICT = "fail-on-severity: low\n"
BROKEN = "fail-on-severty: low\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--initial-branch", "main")
    git(tmp_path, "config", "user.name", "Alice")
    git(tmp_path, "config", "user.email", "alice@example.com")
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.20.3\n")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--allow-empty", "--message", "Change")


def write(folder: Path, text: str) -> None:
    (folder / ".github").mkdir(exist_ok=True)
    (folder / POLICY).write_text(text)


def policy_of(folder: Path, base: str = "", head: str = "") -> Policy:
    return local_policy(folder, base, local_change(folder, base, head), head)


def test_without_a_file_the_default_holds(repository: Path) -> None:
    assert policy_of(repository) == Policy()


def test_the_tip_of_the_target_counts_and_not_the_working_tree(repository: Path) -> None:
    write(repository, STRICT)
    commit(repository)
    write(repository, BROKEN)
    policy = policy_of(repository)
    assert policy.fail_on_severity is Severity.LOW
    assert policy.source == f"{POLICY} at {git(repository, 'rev-parse', 'HEAD')[:7]}"
    assert policy.problems == ()
    assert policy.proposed is not None
    assert "did you mean 'fail-on-severity'?" in policy.proposed[0].message


@pytest.mark.parametrize("committed", [True, False])
def test_a_branch_that_left_before_is_judged_by_the_new_policy(repository: Path, committed: bool) -> None:
    git(repository, "checkout", "-b", "change")
    commit(repository)
    git(repository, "checkout", "main")
    write(repository, STRICT)
    commit(repository)
    git(repository, "checkout", "change")
    policy = policy_of(repository, "main", "change" if committed else "")
    assert policy.fail_on_severity is Severity.LOW
    assert policy.proposed is None


def test_a_broken_file_of_the_target_is_said_and_not_used(repository: Path) -> None:
    write(repository, BROKEN)
    commit(repository)
    policy = policy_of(repository)
    assert (policy.fail_on_severity, policy.source) == (Severity.HIGH, "")
    assert [problem.location.start_line for problem in policy.problems] == [1]
    (repository / POLICY).unlink()
    assert policy_of(repository).proposed == ()


def break_by_link(file: Path) -> None:
    file.symlink_to(os.devnull)


def break_by_folder(file: Path) -> None:
    file.mkdir()
    (file / "a").write_text("b")


def break_by_size(file: Path) -> None:
    file.write_text("#" + "x" * LARGEST)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (break_by_link, "symbolic link"),
        (break_by_folder, "not a file"),
        (break_by_size, "larger than 64,000 bytes"),
    ],
)
def test_what_is_no_such_file_is_said(repository: Path, spoil: Callable[[Path], None], said: str) -> None:
    (repository / ".github").mkdir()
    spoil(repository / POLICY)
    policy = policy_of(repository)
    assert policy.proposed is not None
    assert said in policy.proposed[0].message
    commit(repository)
    assert said in policy_of(repository).problems[0].message


def test_a_name_that_is_not_read_is_a_problem_as_it_is_for_the_bot(repository: Path) -> None:
    (repository / ".github").mkdir()
    (repository / ".github/plimsoll.yaml").write_text(STRICT)
    commit(repository)
    (problem,) = policy_of(repository).problems
    assert problem.location.path == ".github/plimsoll.yaml"
    assert "rename it" in problem.message


def test_behind_a_link_nobody_looks(repository: Path) -> None:
    (repository / "else").mkdir()
    (repository / "else/plimsoll.yml").write_text(STRICT)
    (repository / ".github").symlink_to("else")
    commit(repository)
    policy = policy_of(repository)
    assert policy.fail_on_severity is Severity.HIGH
    assert [problem.location.path for problem in policy.problems] == [POLICY]
