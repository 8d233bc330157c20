"""What a program in the sandbox gets and keeps, and how it is ended: with real small programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox import NO_ISOLATION, Failed, Finished, Sandbox, SandboxLimits, launch, run
from bot.sandbox.launch import REFUSED


async def ran(sandbox: Sandbox, script: str, **more: bytes) -> Finished | Failed:
    async with sandbox.folder() as folder:
        return await sandbox.run(["/bin/sh", "-c", script], folder, **more)


@pytest.fixture
async def strict(tmp_path: Path) -> Sandbox:
    sandbox = Sandbox(tmp_path / "sandbox")
    if await ran(sandbox, "exit 0") == Failed(NO_ISOLATION):
        pytest.skip("this system does not let its network be taken away")
    return sandbox


def relaxed(tmp_path: Path, **limits: float) -> Sandbox:
    return Sandbox(tmp_path / "sandbox", isolate=False, limits=SandboxLimits(**limits))


async def test_it_has_no_network_but_a_loopback_that_is_down(strict):
    ended = await ran(strict, "cat /proc/net/dev /proc/net/route")
    assert isinstance(ended, Finished)
    found = [line.split(":")[0].strip() for line in ended.output.decode().splitlines() if ":" in line]
    assert found == ["lo"]


async def test_nothing_is_inherited_and_nothing_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_WEBHOOK_SECRET", "hunter2")
    sandbox = relaxed(tmp_path)
    async with sandbox.folder() as folder:
        ended = await sandbox.run(["/usr/bin/env"], folder, environment={"MORE": "1"})
        assert isinstance(ended, Finished)
        given = dict(line.split("=", 1) for line in ended.output.decode().splitlines())
        given.pop("LC_CTYPE", None)  # Python's own start sets it in the C locale.
        home = str(folder)
        assert given == {"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin", "MORE": "1"}
        await sandbox.run(["/bin/sh", "-c", "mkdir -p a/b; echo x > a/b/c; chmod 500 a/b"], folder)
        assert (folder / "a" / "b" / "c").is_file()
    assert list(sandbox.root.iterdir()) == []


async def test_it_reads_what_it_is_given_and_open_files_are_not_handed_down(tmp_path):
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        ended = await ran(
            relaxed(tmp_path), "cat; ls /proc/self/fd | wc -l; echo oops >&2; exit 3", stdin=b"in "
        )
    # Standard streams, and the folder that is listed.
    assert isinstance(ended, Finished)
    assert (ended.code, ended.output.split(), ended.errors) == (3, [b"in", b"4"], "oops\n")


@pytest.mark.parametrize(
    ("script", "limits", "why"),
    [
        ("exec sleep 60", {"seconds": 0.4}, "it took longer than 0.4 seconds"),
        ("sleep 60 & sleep 60", {"seconds": 0.4}, "it took longer than 0.4 seconds"),
        ("exec yes", {"output": 5000}, "it wrote more than 5,000 bytes"),
        ("kill -9 $$", {}, "it was ended by signal 9"),
        ("exec head -c 9000 /dev/zero > big", {"file": 4096}, "it was ended by signal 25"),
    ],
)
async def test_limits(tmp_path, script, limits, why):
    assert await ran(relaxed(tmp_path, **limits), script) == Failed(why, transient=True)


async def test_memory_is_bounded(tmp_path):
    sandbox = relaxed(tmp_path, memory=100 << 20)
    async with sandbox.folder() as folder:
        ended = await sandbox.run([sys.executable, "-ISc", "bytearray(1 << 30)"], folder)
    assert isinstance(ended, Finished)
    assert (ended.code, ended.errors.split()[-1]) == (1, "MemoryError")


async def test_much_said_on_stderr_is_cut_and_hangs_nobody(tmp_path):
    ended = await ran(relaxed(tmp_path), "head -c 900000 /dev/zero | tr '\\0' e >&2; echo done")
    assert isinstance(ended, Finished)
    assert (ended.output, len(ended.errors)) == (b"done\n", 4000)


async def test_a_program_that_is_not_there(tmp_path):
    sandbox = relaxed(tmp_path)
    async with sandbox.folder() as folder:
        assert await sandbox.run(["/nowhere/trivy"], folder) == Failed("/nowhere/trivy cannot be started")


async def test_where_the_network_cannot_be_taken_away_nothing_runs(tmp_path, monkeypatch):
    launcher = tmp_path / "launch.py"
    launcher.write_text(f"raise SystemExit({REFUSED})")
    monkeypatch.setattr(run, "_LAUNCH", launcher)
    assert await ran(Sandbox(tmp_path / "sandbox"), "echo ran") == Failed(NO_ISOLATION)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_it_runs_as_another_user_who_owns_its_folder(strict, tmp_path):
    sandbox = Sandbox(strict.root, user=(54321, 54322))
    # Its parents are those of pytest, which lets nobody else in.
    for parent in (strict.root, *tmp_path.parents[:2], tmp_path):
        parent.chmod(0o755)
    ended = await ran(sandbox, "id -u; id -g; id -G; pwd > made && cat made > /dev/null && echo wrote")
    assert isinstance(ended, Finished)
    assert ended.output.split() == [b"54321", b"54322", b"54322", b"wrote"], ended.errors


async def test_what_a_killed_bot_left_is_removed(tmp_path):
    sandbox = relaxed(tmp_path)
    for name in ("old", "young"):
        (sandbox.root / name / "blobs").mkdir(parents=True)
    os.utime(sandbox.root / "old", (0, 0))
    async with sandbox.folder():
        pass
    assert [path.name for path in sandbox.root.iterdir()] == ["young"]


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to be somebody else first")
def test_who_is_not_root_becomes_nobody_else():
    settings = json.dumps({"limits": {}, "isolate": True, "user": 1, "group": 1})
    # Loaded while its own Python can still be read.
    modules = "import ctypes, json, os, resource, signal, sys"
    code = f"{modules}; os.setuid(54321); sys.argv.insert(1, os.environ['SETTINGS']); exec(sys.stdin.read())"
    command = [sys.executable, "-ISc", code, "/bin/true"]
    source = Path(launch.__file__).read_text()
    ended = subprocess.run(command, input=source, text=True, env={"SETTINGS": settings}, check=False)
    assert ended.returncode == launch.NOT_THAT_USER
