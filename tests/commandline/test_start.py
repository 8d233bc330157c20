"""A command imports what it needs: together all of it takes two seconds, longer than most images."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.images import image
from tests.system.root import write_layout

HEAVY = (
    "bot.examiner",
    "bot.feeds.download",
    "bot.linting",
    "bot.lockfiles",
    "bot.manifests",
    "bot.registry.client",
    "bot.review",
    "dbos",
    "fastapi",
    "githubkit",
    "httpx",
    "sqlalchemy",
    "uvicorn",
    "yaml",
)


def loaded(code: str, *arguments: str) -> set[str]:
    """Names of the modules a fresh interpreter has at the end of some code."""
    code += "; sys.stdout.flush(); print('\\0', *sys.modules)"
    command = [sys.executable, "-c", f"import sys; {code}", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return set(done.stdout.rpartition("\0")[2].split())


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An Alpine with one package, in a folder."""
    return write_layout(tmp_path / "image", image(packages={"openssl": "3.3.0-r0"}))


def test_help_needs_no_command() -> None:
    assert loaded("import bot.cli") & {"httpx", "jinja2", "rich", "sqlalchemy"} == set()


@pytest.mark.parametrize(("form", "besides"), [("json", {"jinja2", "rich"}), ("table", set())])
def test_a_scan_of_a_layout_imports_no_more_than_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, layout: Path, form: str, besides: set[str]
) -> None:
    monkeypatch.setenv("PLIMSOLL_DATA_DIR", str(tmp_path / "data"))
    code = "from bot.cli import main; main(sys.argv[1:], standalone_mode=False)"
    # A scan ends the process with its exit code.
    code = f"exec('try:\\n    {code}\\nexcept SystemExit: pass')"
    names = loaded(code, "scan", f"oci:{layout}", "--format", form)
    assert "bot.engine.layer" in names
    assert names & {*HEAVY, *besides} == set()
