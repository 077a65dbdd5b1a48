"""Turns and the run lock, shared by processes on one database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from bot.errors import LockHeld, StoreReadOnly
from bot.store import Store
from bot.store import locks as module
from bot.store.run_lock import run_lock
from tests.builders import NOON


@pytest.fixture
def machine(monkeypatch):
    """The machine's clock as the locks see it: `machine.now` can be set."""

    class Machine:
        now = 1_000_000.0

        def time(self):
            return self.now

    machine = Machine()
    monkeypatch.setattr(module, "time", machine)
    return machine


async def test_turns_are_the_interval_apart(store, machine):
    waits = [await store.locks.reserve_turn("arxiv", 3.0) for _ in range(4)]
    assert waits == [0.0, 3.0, 6.0, 9.0]
    machine.now += 7
    assert await store.locks.reserve_turn("arxiv", 3.0) == pytest.approx(5.0)


async def test_a_turn_after_a_pause_is_free_at_once(store, machine):
    await store.locks.reserve_turn("arxiv", 3.0)
    machine.now += 3
    assert await store.locks.reserve_turn("arxiv", 3.0) == 0.0
    machine.now += 3600
    assert await store.locks.reserve_turn("arxiv", 3.0) == 0.0


async def test_different_things_take_turns_apart(store, machine):
    await store.locks.reserve_turn("arxiv", 3.0)
    assert await store.locks.reserve_turn("another", 3.0) == 0.0


async def test_a_clock_that_was_far_ahead_does_not_block_for_days(store, machine):
    machine.now += 86_400
    await store.locks.reserve_turn("arxiv", 3.0)
    machine.now -= 86_400
    assert await store.locks.reserve_turn("arxiv", 3.0) == 0.0


async def test_no_interval_means_no_waiting(store, machine):
    assert [await store.locks.reserve_turn("arxiv", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]


async def test_two_processes_never_get_the_same_turn(path):
    """Two real processes reserve 20 turns each of one hour: forty different hours come out."""
    Store(path).close()
    script = textwrap.dedent("""
        import asyncio, sys, time
        from pathlib import Path
        from bot.store import Store
        store = Store(Path(sys.argv[1]))
        async def main():
            for _ in range(20):
                wait = await store.locks.reserve_turn("arxiv", 3600)
                print(time.time() + wait)
        asyncio.run(main())
        store.close()
    """)
    command = [sys.executable, "-c", script, str(path)]
    running = [await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = [(await process.communicate())[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    moments = sorted(float(line) for output in outputs for line in output.split())
    hours = [round((moment - moments[0]) / 3600) for moment in moments]
    assert hours == list(range(40))


def test_a_second_holder_is_refused_and_told_who_the_first_is(path):
    with run_lock(path, NOON):
        with (
            pytest.raises(LockHeld, match=rf"process {os.getpid()} on .* since 2025-05-08T12:00:00"),
            run_lock(path, NOON),
        ):
            pass
        assert json.loads(path.with_suffix(".holder").read_text())["pid"] == os.getpid()
    with run_lock(path, NOON):
        pass


def test_a_holder_who_left_no_readable_note_is_called_another_process(path):
    with run_lock(path, NOON):
        path.with_suffix(".holder").write_text("{")
        with pytest.raises(LockHeld, match="another process"), run_lock(path, NOON):
            pass


def test_the_lock_is_released_when_its_holder_fails(path):
    with pytest.raises(ValueError), run_lock(path, NOON):
        raise ValueError
    with run_lock(path, NOON):
        pass


def test_a_place_where_no_lock_can_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreReadOnly, match="the lock cannot be made"), run_lock(tmp_path / "file" / "a.db", NOON):
        pass


def test_a_killed_holder_frees_the_lock(path):
    script = textwrap.dedent("""
        import sys, datetime
        from pathlib import Path
        from bot.store.run_lock import run_lock
        with run_lock(Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)):
            print("held", flush=True)
            sys.stdin.read()
    """)
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LockHeld, match=f"process {process.pid} "), run_lock(path, NOON):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with run_lock(path, NOON):
        pass
