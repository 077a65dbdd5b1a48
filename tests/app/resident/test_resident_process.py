"""`paperlark run` as a person runs it: a real process with a terminal's lines, signals, and a second one beside it."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import PAPERLARK, SETTINGS, environment

STOPS_WITHIN_S = 10
PATIENCE_S = 100  # of a machine that does much else besides
STARTED = "what was left or missed has been tried"


class Running:
    """A `paperlark run` whose output is collected while it lives."""

    def __init__(self, folder: Path, **changes: str) -> None:
        self.process = subprocess.Popen(
            [*PAPERLARK, "run"],
            cwd=folder,
            env=environment(**{"PAPERLARK_LOG_LEVEL": "info", **changes}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        self._heard = threading.Condition()
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self) -> None:
        for line in self.process.stdout or ():
            with self._heard:
                self.output += line
                self._heard.notify_all()

    def shows(self, text: str) -> bool:
        """Wait until the output holds `text`."""
        with self._heard:
            return self._heard.wait_for(lambda: text in self.output, PATIENCE_S)

    def type(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """End it with a signal; its status and how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return status, time.monotonic() - began


@pytest.fixture
def start(folder) -> Iterator[type]:
    """Start a bot in the folder: `start()`; it is killed at the end if it still lives."""
    started: list[Running] = []

    def run(**changes: str) -> Running:
        started.append(Running(folder, **changes))
        return started[-1]

    yield run
    for running in started:
        running.process.kill()
        running.process.wait(PATIENCE_S)
        for pipe in (running.process.stdin, running.process.stdout):
            pipe.close()


def rows(folder, query):
    connection = sqlite3.connect(folder / "data" / "paperlark.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_morning_is_posted_a_vote_is_stored_and_sigterm_stops_it_in_time(start, folder):
    bot = start()
    assert bot.shows("Papers of Thu 8 May 2025"), bot.output
    assert bot.shows(STARTED), bot.output
    bot.type("+1 1")
    bot.type("why 1")
    assert bot.shows("topic"), bot.output
    status, seconds = bot.stop()
    assert status == 0, bot.output
    assert seconds < STOPS_WITHIN_S
    assert "Traceback" not in bot.output
    first = rows(folder, "SELECT arxiv_id FROM impressions WHERE position = 1")[0][0]
    assert rows(folder, "SELECT arxiv_id, emoji, person FROM current_votes") == [(first, "👍", "you")]
    assert rows(folder, "SELECT count(*) FROM posts WHERE state != 'sent'") == [(0,)]


def test_a_restart_posts_nothing_twice(start, folder):
    bot = start()
    assert bot.shows(STARTED), bot.output
    assert bot.stop(signal.SIGINT)[0] == 0
    before = rows(folder, "SELECT message FROM posts ORDER BY message")
    again = start()
    assert again.shows(STARTED), again.output
    assert again.stop()[0] == 0
    assert "Papers of" not in again.output
    assert rows(folder, "SELECT message FROM posts ORDER BY message") == before


def beside(folder, *arguments):
    """Run a command in the folder of a running bot."""
    return subprocess.run(
        [*PAPERLARK, *arguments],
        cwd=folder,
        env=environment(),
        input="",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_beside_a_running_bot_a_second_one_is_refused_and_a_digest_by_hand_works(start, folder):
    bot = start()
    assert bot.shows(STARTED), bot.output
    second = beside(folder, "run")
    assert second.returncode == 1
    assert f"process {bot.process.pid} on" in second.stderr
    assert "Traceback" not in second.stderr
    by_hand = beside(folder, "digest", "--day", "2025-05-06")
    assert by_hand.returncode == 0, by_hand.stderr
    assert "Papers of Tue 6 May 2025" in by_hand.stdout
    assert bot.stop()[0] == 0, bot.output
    assert rows(folder, "SELECT number, kind FROM digests ORDER BY number") == [(1, "morning"), (2, "remedial")]


def test_sighup_reads_settings_and_topics_again_and_a_mistake_leaves_them_as_they_are(start, folder):
    bot = start()
    assert bot.shows(STARTED), bot.output
    (folder / "paperlark.toml").write_text("papers = 99\n", encoding="utf-8")
    bot.process.send_signal(signal.SIGHUP)
    assert bot.shows("the settings were not reloaded"), bot.output
    (folder / "paperlark.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "topics.md").write_text("1. Pruning of networks\n", encoding="utf-8")
    bot.process.send_signal(signal.SIGHUP)
    assert bot.shows("The topics changed (version 2)"), bot.output
    assert bot.shows("settings reloaded: 1 channels"), bot.output
    assert bot.stop()[0] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_bot_ended_in_the_middle_of_a_digest_is_followed_by_one_that_posts_the_rest(start, folder, number):
    """Ended right after the first line of the digest is out; checked against the terminal's own transcript."""
    bot = start()
    assert bot.shows("Papers of Thu 8 May 2025"), bot.output
    assert bot.stop(number)[1] < STOPS_WITHIN_S
    again = start()
    assert again.shows(STARTED), again.output
    assert again.stop()[0] == 0
    transcript = (folder / "data" / "terminal.jsonl").read_text(encoding="utf-8").splitlines()
    keys = [json.loads(line)["key"] for line in transcript if '"posted"' in line]
    assert len(keys) == len(set(keys)) == 6
    assert rows(folder, "SELECT DISTINCT state FROM posts") == [("sent",)]


def test_quit_ends_it(start):
    bot = start()
    assert bot.shows(STARTED), bot.output
    bot.type("quit")
    assert bot.process.wait(PATIENCE_S) == 0


def test_a_database_that_vanishes_is_a_clear_error_and_does_not_keep_it_from_stopping(start, folder):
    bot = start()
    assert bot.shows(STARTED), bot.output
    (folder / "data" / "paperlark.db").unlink()
    bot.type("+1 1")
    assert bot.shows("was removed or replaced"), bot.output
    status, seconds = bot.stop()
    assert (status, seconds < STOPS_WITHIN_S) == (0, True)
