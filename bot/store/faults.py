"""Everything that can be wrong with a database file, in plain words with a way out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from bot.store.backups import newest_backup

_BUSY = "another process holds it; stop that one or wait"
_READ_ONLY = "it cannot be written; check the owner and permissions of the data folder"
_KINDS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("SQLITE_BUSY", StoreBusy, _BUSY),
    ("SQLITE_LOCKED", StoreBusy, _BUSY),
    ("SQLITE_READONLY", StoreReadOnly, _READ_ONLY),
    ("SQLITE_PERM", StoreReadOnly, _READ_ONLY),
    ("SQLITE_CANTOPEN", StoreReadOnly, "it cannot be opened; check the owner and permissions of the data folder"),
    ("SQLITE_FULL", StoreFull, "the disk is full; free some space, nothing stored so far is lost"),
    ("SQLITE_IOERR", StoreFull, "the disk refuses to read or write; it may be full or failing"),
    ("SQLITE_CORRUPT", StoreCorrupt, "it is damaged; {way_out}"),
    ("SQLITE_NOTADB", StoreCorrupt, "it is not a SQLite database; {way_out}, or name another data_dir"),
)


def way_out(backup: Path | None) -> str:
    """What to do about a damaged database whose newest backup this is."""
    if backup is None:
        return "there is no backup in the backup folder: restore a copy of your own with `paperlark restore FILE`"
    return f"stop the bot and run `paperlark restore {backup}`"


@contextmanager
def translated(path: Path, newest: Path | None = None, *, backups: Path | None = None) -> Iterator[None]:
    """Turn sqlite3's errors into StoreErrors that name the file and the way out: its newest backup.

    `backups` is a folder to look for that only when it is needed.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        for prefix, kind, remedy in _KINDS:
            if name.startswith(prefix):
                raise kind(
                    f"{path}: {remedy.format(way_out=way_out(newest or newest_backup(backups)))} ({error})"
                ) from error
        raise StoreError(f"{path}: {error}") from error
