"""A mistake of the person who runs it is one line that names what is wrong and what to write, and exit code 2.

Nothing but a verdict exits with 1.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import PREFIX
from tests.fakes.github.keys import PRIVATE_KEY

Plimsoll = Callable[..., Result]
PEM = "-----BEGIN"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything `serve` cannot do without."""
    values = {"DATA_DIR": str(tmp_path / "data"), "APP_ID": "1", "WEBHOOK_SECRET": "secret"}
    for name, value in {**values, "PRIVATE_KEY": PRIVATE_KEY, "PORT": "0"}.items():
        monkeypatch.setenv(PREFIX + name, value)


@pytest.fixture
def plimsoll(app: None) -> Plimsoll:
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


def as_process(
    *arguments: str, stdout: int = subprocess.PIPE, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run it as a shell does."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, env=os.environ | more, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "arguments", "says"),
    [
        ("BUILD_ARGS", "x", "db status", "as JSON"),
        ("BUILD_ARGS", "{'x'", "db status", f"plimsoll: {PREFIX}BUILD_ARGS: write"),
        ("PRIVATE_KEY", "garbage", "serve", "not an unencrypted key"),
        ("PRIVATE_KEY_FILE", "{folder}/app.der", "serve", PEM),
        ("PRIVATE_KEY_FILE", "{folder}/none.pem", "serve", "No such file"),
        ("APP_ID", "abc", "serve", "App ID"),
        ("PORT", "99999", "serve", f"{PREFIX}PORT"),
        ("HOST", "192.0.2.1", "serve", "--host"),
        ("GITHUB_URL", "nonsense", "serve", "https://HOST"),
        ("GITHUB_URL", "https://x:99999", "serve", f"{PREFIX}GITHUB_URL"),
        ("OSV_URL", "ftp://x", "db update", "https://HOST"),
        ("PROXY", "nonsense", "scan alpine:3", "http://HOST[:PORT]"),
        ("PROXY", "nonsense", "db update", "http://HOST[:PORT]"),
        ("PROXY", "socks5://x", "serve", "http://HOST[:PORT]"),
        ("PRIVATE_HOSTS", "http://x:99999", "serve", "HOST:PORT"),
        ("INSECURE_HOSTS", "a, b:99999", "serve", "'b:99999'"),
        ("DATABASE_URL", "foo", "serve", "sqlite:////"),
        ("PLATFORM", "windows", "serve", "OS/ARCHITECTURE"),
        ("REGISTRY_CREDENTIALS", "/nope.json", "serve", "/nope.json cannot be read: No such file"),
        ("REGISTRY_CREDENTIALS", "{folder}/app.der", "serve", "no text"),
        ("DOCKER_CONFIG", "/nope.json", "scan alpine:3", "/nope.json cannot be read: No such file"),
        ("DOCKER_CONFIG", "{folder}/list.json", "serve", "not a JSON object"),
        ("DATA_DIR", "/proc/none", "scan alpine:3", "/proc/none cannot be created"),
        ("DATA_DIR", "/etc/passwd", "scan alpine:3", "/etc/passwd is a file, not a folder"),
        ("DATA_DIR", "/etc/passwd", "serve", "/etc/passwd is a file, not a folder"),
        ("DATA_DIR", "/etc/passwd", "db update", "/etc/passwd is a file, not a folder"),
        ("DATA_DIR", "/etc/passwd/x", "db import .", "/etc/passwd/x cannot be created"),
    ],
)
def test_a_bad_setting_is_one_line(
    plimsoll: Plimsoll,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    value: str,
    arguments: str,
    says: str,
) -> None:
    (tmp_path / "app.der").write_bytes(b"\x30\x82\xff")
    (tmp_path / "list.json").write_text("[]")
    monkeypatch.setenv(PREFIX + name, value.replace("{folder}", str(tmp_path)))
    result = plimsoll(*arguments.split())
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert (PREFIX + name in result.stderr) or name in ("HOST", "PRIVATE_KEY_FILE")
    assert len(result.stderr.splitlines()) == 1


def test_a_port_that_is_in_use_is_one_line(plimsoll: Plimsoll) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = plimsoll("serve", "--port", port)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert f"127.0.0.1:{port} is in use by another process" in result.stderr
    assert "PLIMSOLL_PORT" in result.stderr


def test_a_bug_is_no_verdict(plimsoll: Plimsoll, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("odd")

    monkeypatch.setattr("bot.commandline.local.local_change", broken)
    result = plimsoll("review", ".")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == "plimsoll: failed by a bug: KeyError: 'odd'"


@pytest.fixture
def repository(app: None, tmp_path: Path) -> Path:
    """A change whose verdict is an error, for which nothing is asked over the network."""
    folder = tmp_path / "shop"
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for words in (f"init -q -b main {folder}", f"-C {folder} commit -q --allow-empty -m x"):
        subprocess.run(["git", *identity, *words.split()], check=True)
    (folder / "Dockerfile").write_text("ARG BASE\nFROM $BASE\n")
    return folder


def test_a_reader_that_leaves_early_is_no_verdict(repository: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = as_process("review", str(repository), "--format", "json", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (3, "")


def test_a_file_is_written_whatever_the_locale(repository: Path, tmp_path: Path) -> None:
    place = tmp_path / "review.md"
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    arguments = ("review", str(repository), "--format", "markdown", "--output", str(place))
    done = as_process(*arguments, **ascii_only)
    assert (done.returncode, done.stderr) == (3, "")
    assert not place.read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize("image", ["sbom:none.json", "sbom:", "sbom:/", "oci:none", "archive:none.tar"])
def test_what_is_not_there_is_one_line(plimsoll: Plimsoll, image: str) -> None:
    result = plimsoll("scan", image)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert f"{image}: there is no such" in result.stderr.replace("sbom:.", "sbom:")
