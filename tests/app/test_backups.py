"""`paperlark backup` and `paperlark restore` as a person runs them, and a damaged database at the start."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.app.conftest import environment
from tests.app.resident.test_resident_process import PATIENCE_S, STARTED, beside, rows, start

__all__ = ["start"]  # a fixture


def posted(folder):
    lines = (folder / "data" / "terminal.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry["key"] for line in lines if (entry := json.loads(line))["event"] == "posted"]


def day(text):
    return {"PAPERLARK_NOW": f"2025-05-{text}T09:30Z"}


def lived(start, *, backs_up=False, **changes):
    """A bot's day: it starts, does what is due, the backup too if one is, and is stopped."""
    bot = start(**changes)
    assert bot.shows(STARTED), bot.output
    assert not backs_up or bot.shows("backup: data/backups/"), bot.output
    assert bot.stop()[0] == 0, bot.output
    return bot.output


def test_a_backup_is_made_beside_a_running_bot_and_restored_once_it_is_stopped(start, folder):
    bot = start(**day("07"))
    assert bot.shows(STARTED), bot.output
    made = beside(folder, "backup", "mine.db")
    assert made.returncode == 0, made.stderr
    assert "`paperlark restore mine.db` puts it back" in made.stdout
    refused = beside(folder, "restore", "mine.db")
    assert refused.returncode == 1
    assert f"process {bot.process.pid} on" in refused.stderr
    assert bot.stop()[0] == 0
    restored = beside(folder, "restore", "mine.db")
    assert restored.returncode == 0, restored.stderr
    assert "The one before it is kept: data/paperlark.db.replaced-" in restored.stdout


def test_after_a_restore_from_yesterdays_backup_the_bot_posts_nothing_twice(start, folder):
    lived(start, backs_up=True, **day("07"))
    shutil.copytree(folder / "data" / "backups", folder / "saved")
    lived(start, **day("08"))
    before = posted(folder)
    (backup,) = (folder / "saved").glob("*20250507*.db")
    assert beside(folder, "restore", str(backup)).returncode == 0
    output = lived(start, **day("08"))
    assert "were taken up from the chat" in output
    assert posted(folder) == before
    lived(start, **day("09"))
    after = posted(folder)
    assert len(after) > len(before)
    assert len(after) == len(set(after))
    assert rows(folder, "SELECT count(*) FROM digests") == [(3,)]


@pytest.mark.parametrize("kind", ["cut off", "garbage", "gone", "emptied"])
def test_a_damaged_or_missing_database_is_refused_with_the_command_that_helps(start, folder, kind):
    lived(start, backs_up=True, **day("08"))
    database = folder / "data" / "paperlark.db"
    content = database.read_bytes()
    match kind:
        case "cut off":
            database.write_bytes(content[: len(content) // 2])
        case "garbage":
            database.write_bytes(b"\x07" * len(content))
        case "gone":
            database.unlink()
        case "emptied":
            database.write_bytes(b"")
    (backup,) = (folder / "data" / "backups").glob("*.db")
    command = f"paperlark restore data/backups/{backup.name}"
    for refused in (beside(folder, "run"), beside(folder, "digest"), beside(folder, "doctor")):
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert command in refused.stdout + refused.stderr
    assert beside(folder, *command.split()[1:]).returncode == 0
    before = posted(folder)
    lived(start, **day("08"))
    assert posted(folder) == before


def test_a_killed_bot_whose_log_is_lost_looks_into_the_chat_first(start, folder):
    lived(start, backs_up=True, **day("07"))
    bot = start(**day("08"))
    assert bot.shows("backup: data/backups/"), bot.output
    bot.process.kill()
    bot.process.wait(PATIENCE_S)
    for name in ("paperlark.db-wal", "paperlark.db-shm"):
        (folder / "data" / name).unlink()
    before = posted(folder)
    assert rows(folder, "SELECT count(*) FROM digests") == [(1,)]
    lived(start, **day("08"))
    assert posted(folder) == before
    assert rows(folder, "SELECT count(*) FROM digests") == [(2,)]


def test_what_must_not_be_overwritten_is_not(paperlark, folder):
    assert paperlark("digest").exit_code == 0
    (folder / "topics.bak").write_text("precious", encoding="utf-8")
    for name in ("topics.bak", "data/paperlark.db"):
        done = paperlark("backup", name)
        assert done.exit_code == 2
        assert "name another file" in done.output
    assert (folder / "topics.bak").read_text(encoding="utf-8") == "precious"


def test_a_backup_into_a_folder_is_named_by_its_time_and_one_of_that_name_is_replaced(paperlark, folder):
    assert paperlark("digest").exit_code == 0
    (folder / "usb").mkdir()
    assert paperlark("backup", "usb").exit_code == 0
    (made,) = (folder / "usb").iterdir()
    assert made.name.startswith("paperlark-20250508T093")
    assert paperlark("backup", str(made)).exit_code == 0
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT count(*) FROM copies").fetchone() == (1,)


def test_without_a_database_there_is_nothing_to_back_up(paperlark):
    done = paperlark("backup", "mine.db")
    assert done.exit_code == 1
    assert "there is no database yet" in done.output


def test_a_file_that_is_no_backup_is_not_restored(paperlark, folder):
    assert paperlark("digest").exit_code == 0
    before = (folder / "data" / "paperlark.db").read_bytes()
    for name in ("topics.md", "nowhere.db"):
        done = paperlark("restore", name)
        assert done.exit_code == 1
        assert name in done.output
    assert (folder / "data" / "paperlark.db").read_bytes() == before


def test_a_health_port_in_use_does_not_keep_the_bot_from_its_work(start, folder):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        output = lived(start, PAPERLARK_HEALTH__ENABLED="true", PAPERLARK_HEALTH__PORT=port)
    assert f"port {port} cannot be had" in output
    assert "Papers of Thu 8 May 2025" in output
    assert environment()["PAPERLARK_HEALTH__ENABLED"] == "false"
