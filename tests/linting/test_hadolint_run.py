"""hadolint as a program: the real one, and impostors that are slow, loud or silent."""

import stat
import sys

import pytest

from bot.inventory import Skipped
from bot.linting.hadolint import Hadolint, find_hadolint, hadolint

REAL = find_hadolint()
needs_hadolint = pytest.mark.skipif(REAL is None, reason="hadolint is not installed")


def impostor(folder, script):
    program = folder / "hadolint"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


@needs_hadolint
async def test_it_lints_documents_and_gives_the_lines_of_the_file():
    text = "FROM a:1\nRUN <<-E\n\tapt install é\n\tE\n# c\nRUN sudo x\n# hadolint ignore=DL3004\nRUN sudo y\n"
    reports = await hadolint(text)
    assert not isinstance(reports, Skipped)
    assert {(each.code, each.line) for each in reports} >= {("DL3027", 2), ("DL3004", 6), ("DL3004", 8)}


@needs_hadolint
async def test_what_it_cannot_read_is_not_clean():
    missed = await hadolint("FROM a:1\nRUN <<A <<B\na\nA\nb\nB\nRUN sudo x\n")
    assert isinstance(missed, Skipped)
    assert missed.why == "not linted by hadolint: it cannot read line 5"


@needs_hadolint
async def test_the_folder_it_is_called_from_has_no_say(tmp_path, monkeypatch):
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3004]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HADOLINT_IGNORE", "DL3004")
    reports = await hadolint("FROM a:1\nRUN sudo x\n")
    assert not isinstance(reports, Skipped)
    assert "DL3004" in {each.code for each in reports}


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exec sleep 60", "it took longer than 0.3 seconds"),
        ("exec yes", "its answer is larger than 10,000 bytes"),
        ("cat > /dev/null; echo nothing", "its answer is not JSON"),
        ("exit 3", "it ended with code 3 and no answer"),
        ("exit 0", "its answer is not JSON"),
    ],
)
async def test_a_program_that_misbehaves_has_not_linted(tmp_path, script, why):
    runner = Hadolint(impostor(tmp_path, script), seconds=0.3, max_output=10_000)
    missed = await runner.lint("FROM a:1\nRUN " + "a" * 150_000)
    assert isinstance(missed, Skipped)
    assert missed.why == f"not linted by hadolint: {why}"
    assert missed.transient


async def test_it_is_told_nothing_about_us(tmp_path, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_WEBHOOK_SECRET", "abc")
    seen = tmp_path / "seen"
    program = impostor(tmp_path, f"cat > /dev/null; env > {seen}; pwd >> {seen}; ls -A >> {seen}; echo '[]'")
    assert await hadolint("FROM a:1\n", program) == ()
    assert "PLIMSOLL" not in seen.read_text()
    assert seen.read_text().splitlines()[-1] == "config.yaml"


@pytest.mark.parametrize(
    ("program", "text", "why"),
    [
        ("/nowhere/hadolint", "FROM a:1\n", "it cannot be started: No such file or directory"),
        (sys.executable, "RUN a\n", "RUN before the first FROM"),
        (sys.executable, "FROM a\nRUN " + "a" * 200_000, "the file has more than 200,000 characters"),
    ],
)
async def test_what_is_not_given_to_it_is_said(program, text, why):
    missed = await hadolint(text, program)
    assert isinstance(missed, Skipped)
    assert missed.why == f"not linted by hadolint: {why}"


async def test_without_the_program_that_is_said():
    missed = await Hadolint(None).lint("FROM a:1\n")
    assert isinstance(missed, Skipped)
    assert missed.why == "not linted by hadolint: it is not installed"
