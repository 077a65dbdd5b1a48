"""Check a database file, and say in plain words what is wrong with it and what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreReadOnly, StoreTooNew
from bot.models import DatabaseState
from bot.store.backups.listing import holds_nothing, newest_backup, refuse_to_begin_anew
from bot.store.schema import migrations

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
_MAGIC = b"SQLite format 3\0"


@contextmanager
def translated(path: Path, backups: Path | None = None) -> Iterator[None]:
    """Turn sqlite3's errors into StoreErrors that name the file and the way out: the newest of its `backups`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        for prefix, kind, remedy in _KINDS:
            if name.startswith(prefix):
                raise kind(f"{path}: {remedy.format(way_out=_way_out(backups))} ({error})") from error
        raise StoreError(f"{path}: {error}") from error


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as a SQLite file does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def companions(path: Path) -> tuple[Path, Path]:
    """The log and its index that SQLite keeps beside an open database."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether the file behind a connection has this table."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, [name]).fetchone() is not None


def fault_in(connection: sqlite3.Connection, path: Path) -> str:
    """Find the first thing wrong with the file behind a connection, "" if nothing is; reads all of it."""
    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        return " ".join(said.split())
    # SQLite takes what is missing of the last page for zeros. While there is a log, that page may stand in it.
    log = companions(path)[0]
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    if path.stat().st_size % page_size and not (log.exists() and log.stat().st_size):
        return "the file ends within a page"
    return ""


def refuse_damaged(connection: sqlite3.Connection, path: Path, backups: Path | None) -> None:
    """Read the whole file behind a connection and refuse one that is damaged.

    Raises:
        StoreCorrupt: naming the first fault found and the way out.
    """
    if fault := fault_in(connection, path):
        raise StoreCorrupt(f"{path}: it is damaged; {_way_out(backups)} ({fault})")


def refuse_foreign(db: SqliteUtils, path: Path) -> None:
    """Refuse what is no Paperlark database, or a newer version's.

    Raises:
        StoreTooNew, StoreCorrupt: it is.
    """
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - the library lists them nowhere else
    applied = {migration.name for migration in migrations.applied(db)}
    if unknown := applied - known:
        raise StoreTooNew(
            f"{path} was written by a newer Paperlark (it has the steps {', '.join(sorted(unknown))}). "
            "Start that version, or restore a backup made before the upgrade."
        )
    if not applied and db.table_names():
        raise StoreCorrupt(f"{path} is a SQLite file of something else; name another data_dir.")


def inspect_database(path: Path, backups: Path) -> DatabaseState | None:
    """Check a file as `paperlark run` does, without changing it or its schema; None if there is none.

    Blocks, for seconds where the file is large.

    Raises:
        StoreError: it cannot be read, is damaged, of something else, or of a newer Paperlark; says what to do.
    """
    try:
        if holds_nothing(path):
            refuse_to_begin_anew(path, backups)
            return None
        size = sum(one.stat().st_size for one in (path, *companions(path)) if one.exists())
    except OSError as error:
        raise StoreReadOnly(f"{path}: cannot be looked at ({error.strerror}); check the owner of its folder") from error
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with translated(path, backups), closing(sqlite3.connect(uri, uri=True)) as connection:
        db = SqliteUtils(connection)
        refuse_foreign(db, path)
        refuse_damaged(connection, path, backups)
        applied = [migration.name for migration in migrations.applied(db)]
        pending = tuple(migration.name for migration in migrations.pending(db))
    is_writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    return DatabaseState(size, max(applied, default="none"), pending, is_writable)


def _way_out(backups: Path | None) -> str:
    newest = newest_backup(backups)
    if newest is None:
        return "there is no backup in the backup folder: restore one of your own with `paperlark restore FILE`"
    return f"stop the bot and run `paperlark restore {newest}`"
