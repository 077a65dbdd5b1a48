"""Make a backup: one consistent, checked file, beside a running writer, there at once or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from bot.store.file import companions, has_table, translated
from bot.store.private import private_file, private_folder

_PAGES = 1000  # of a step; between two steps a stop is heeded
_SPARE = 32 * 2**20  # what a backup leaves free, so that the bot itself can go on writing
PARTIAL = ".partial"
_IS_MARKED = """
SELECT 1 FROM copies c WHERE c.made_at = ?
AND NOT EXISTS (SELECT 1 FROM copies_caught_up u WHERE u.copy = c.number)
"""


def back_up(
    source: Path, target: Path, *, made_at: datetime | None, stopping: Callable[[], bool] = lambda: False
) -> Path:
    """Back `source` up to `target`, which appears whole or not at all; blocks, but never the writer of `source`.

    The backup is one file with everything that was committed when it began. With `made_at` it says of itself that it
    is a backup, so that whoever opens it as a database looks into the chats first.

    Raises:
        StoreError: it cannot be made, is damaged, or was stopped; nothing of it stays.
    """
    if not source.exists():
        raise StoreError(f"{source}: there is no such file to back up")
    _refuse_full(source, target.parent)
    partial = target.with_name(f"{target.name}{PARTIAL}")
    try:
        _copy(source, partial, stopping)
        _finish(partial, made_at)
        partial.replace(target)
        sync_folder(target.parent)
    except InterruptedError as error:
        raise StoreError(f"{target}: the backup was stopped before its end; nothing of it is left") from error
    except OSError as error:
        raise StoreReadOnly(f"{target}: the backup cannot be written ({error.strerror})") from error
    finally:
        for name in (partial, *companions(partial)):
            with suppress(OSError):
                name.unlink(missing_ok=True)
    return target


def _copy(source: Path, partial: Path, stopping: Callable[[], bool]) -> None:
    def watch(_status: int, _left: int, _total: int) -> None:
        if stopping():
            raise InterruptedError(0, "stopped")

    private_folder(partial.parent)
    partial.unlink(missing_ok=True)
    private_file(partial)
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with (
        translated(source),
        closing(sqlite3.connect(uri, uri=True)) as reading,
        closing(sqlite3.connect(partial)) as writing,
    ):
        # Within one reading transaction all steps see one state, and what is written meanwhile makes none of them void.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(writing, pages=_PAGES, progress=watch)


def _finish(partial: Path, made_at: datetime | None) -> None:
    """Make the backup a single sound file on disk."""
    with translated(partial), closing(sqlite3.connect(partial)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        if made_at is not None:
            mark_as_backup(copy, made_at)
            copy.commit()
        said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if said != "ok":
        raise StoreCorrupt(f"{partial}: the backup is damaged ({said}); so is what it was made from")
    with partial.open("rb+") as file:
        os.fsync(file.fileno())


def _refuse_full(source: Path, folder: Path) -> None:
    """Refuse a backup that would fill the disk: it would stop the bot itself."""
    try:
        private_folder(folder)
        wanted = sum(path.stat().st_size for path in (source, *companions(source)) if path.exists()) + _SPARE
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StoreReadOnly(f"{folder}: the folder cannot be used ({error.strerror})") from error
    if free < wanted:
        raise StoreFull(
            f"{folder}: {free / 2**20:,.0f} MB are free, a backup needs {wanted / 2**20:,.0f} MB; free some space or "
            "another folder in [backup]"
        )


def mark_as_backup(connection: sqlite3.Connection, made_at: datetime) -> None:
    """Let a database say of itself that it knows nothing after `made_at`; one of an early schema cannot.

    What it took up after an earlier restoring does not count: it may be a backup of that time again. The caller
    commits.
    """
    if not has_table(connection, "copies"):
        return
    stamp = made_at.astimezone(UTC).isoformat(timespec="microseconds")
    if not connection.execute(_IS_MARKED, [stamp]).fetchone():
        connection.execute("INSERT INTO copies (made_at) VALUES (?)", [stamp])


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
