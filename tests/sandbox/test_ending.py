"""A program is gone when it is ended, with its pipes, whatever it does."""

import asyncio
import gc
import os
from asyncio.subprocess import PIPE

import pytest

from bot.sandbox import ending
from bot.sandbox.ending import end


async def start(script):
    return await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", script, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
    )


async def wait_until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)


async def test_one_that_writes_more_than_anybody_reads():
    process = await start("exec yes")
    # A reader that has enough takes no more from the pipe, which then is never at its end.
    await wait_until(lambda: process.stdout._paused)
    async with asyncio.timeout(10):
        await end(process)
    assert process.returncode == -9


async def test_one_that_has_ended():
    process = await start("exit 3")
    await wait_until(lambda: process.returncode is not None)
    await end(process)
    assert process.returncode == 3


async def test_its_children_too(tmp_path):
    process = await start(f"sleep 600 & echo $! > {tmp_path}/pid; mv {tmp_path}/pid {tmp_path}/child; wait")
    await wait_until((tmp_path / "child").exists)
    await end(process)
    child = int((tmp_path / "child").read_text())
    await wait_until(lambda: not runs(child))


async def test_one_whose_child_fled_and_holds_the_pipes(tmp_path, monkeypatch):
    monkeypatch.setattr(ending, "_PATIENCE", 0.2)
    process = await start(
        f"setsid sh -c 'echo $$ > {tmp_path}/pid; mv {tmp_path}/pid {tmp_path}/child; exec sleep 600'"
    )
    await wait_until((tmp_path / "child").exists)
    child = int((tmp_path / "child").read_text())
    try:
        async with asyncio.timeout(10):
            await end(process)
        del process
        with pytest.MonkeyPatch.context() as patch:
            complaints = []
            patch.setattr("sys.unraisablehook", complaints.append)
            await asyncio.sleep(0)
            gc.collect()
            assert complaints == []
    finally:
        os.kill(child, 9)


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
