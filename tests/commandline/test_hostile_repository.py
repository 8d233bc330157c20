"""Nothing a repository brings along is run by looking at it: its configuration may be a stranger's."""

import subprocess
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.local_git import local_change


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "shop")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when it is run, and passes its input on."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {mark_of(tmp_path)}\ncat\n")
    program.chmod(0o755)
    return program


def mark_of(folder: Path) -> Path:
    return folder / "it-was-run"


def make_repository(folder: Path) -> Path:
    git(folder.parent, "init", "--initial-branch", "main", str(folder))
    git(folder, "config", "user.name", "Alice")
    git(folder, "config", "user.email", "alice@example.com")
    (folder / "Dockerfile").write_text("FROM alpine:3.20.3\n")
    git(folder, "add", ".")
    git(folder, "commit", "--message", "Start")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    "settings",
    [
        {"core.fsmonitor": "{trap}"},
        {"filter.x.clean": "{trap}", "filter.x.required": "true"},
        {"filter.x.process": "{trap}"},
        {"filter.x=y.clean": "{trap}"},
        {"diff.external": "{trap}"},
        {"diff.x.textconv": "{trap}", "diff.x.command": "{trap}"},
        {"core.pager": "{trap}", "core.alternateRefsCommand": "{trap}"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_programs_that_the_configuration_names_are_not_run(
    repository: Path, trap: Path, settings: dict[str, str]
) -> None:
    (repository / ".gitattributes").write_text("* filter=x diff=x\nDockerfile filter=x=y\n")
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    for name, value in settings.items():
        git(repository, "config", name, value.format(trap=trap))
    changed = {file.path: file for file in local_change(repository).files}
    after = changed["Dockerfile"].after
    assert after is not None
    assert after.content == b"FROM alpine:3.20.0\n"
    assert not mark_of(trap.parent).exists()


def test_programs_that_the_configuration_of_the_working_tree_names_are_not_run(
    repository: Path, trap: Path
) -> None:
    (repository / ".gitattributes").write_text("* filter=x\n")
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    git(repository, "config", "extensions.worktreeConfig", "true")
    git(repository, "config", "--worktree", "filter.x.clean", str(trap))
    assert {file.path for file in local_change(repository).files} == {"Dockerfile"}
    assert not mark_of(trap.parent).exists()


def test_hooks_are_not_run(repository: Path, trap: Path) -> None:
    for hook in ("post-index-change", "fsmonitor-watchman", "reference-transaction"):
        (repository / ".git" / "hooks" / hook).write_bytes(trap.read_bytes())
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    assert len(local_change(repository).files) == 1
    assert not mark_of(trap.parent).exists()


def test_programs_of_a_submodule_are_not_run(repository: Path, trap: Path) -> None:
    inner = make_repository(repository / "inner")
    (inner / ".gitattributes").write_text("* filter=x\n")
    git(inner, "add", ".")
    git(inner, "commit", "--message", "Attributes")
    git(repository, "add", "inner")
    git(repository, "commit", "--message", "A repository within")
    git(inner, "config", "filter.x.clean", str(trap))
    git(inner, "config", "core.fsmonitor", str(trap))
    (inner / "Dockerfile").write_text("FROM alpine:3.20.9\n")
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    assert [file.path for file in local_change(repository).files] == ["Dockerfile"]
    assert not mark_of(trap.parent).exists()


def test_a_missing_object_is_not_fetched(repository: Path, trap: Path) -> None:
    blob = git(repository, "rev-parse", "HEAD:Dockerfile").strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        git(repository, "config", name, value)
    (repository / "Dockerfile").write_text("FROM alpine:3.20.0\n")
    with pytest.raises(ConfigError):
        local_change(repository)
    assert not mark_of(trap.parent).exists()
