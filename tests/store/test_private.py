"""The database, what lies beside it, its backups and its lock are their owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

from bot.store import Store
from bot.store.backups.making import back_up
from bot.store.run_lock import run_lock
from tests.builders import NOON


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in sorted(folder.rglob("*"))}


def test_nobody_else_can_read_what_the_bot_writes(tmp_path):
    before = os.umask(0o022)
    try:
        path = tmp_path / "data" / "paperlark.db"
        with run_lock(path, NOON):
            store = Store(path)
            back_up(path, tmp_path / "data" / "backups" / "one.db", made_at=NOON)
            found = modes(tmp_path)
            store.close()
    finally:
        os.umask(before)
    assert {"data", "data/backups", "data/paperlark.db", "data/paperlark.db-wal", "data/paperlark.lock"} <= set(found)
    assert {name: mode for name, mode in found.items() if mode & 0o077} == {}
