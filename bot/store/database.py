"""One SQLite file: one writer thread, a few read-only connections, every failure in plain words."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database as SqliteUtils

from bot.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreGone,
    StoreReadOnly,
    StoreTooNew,
)
from bot.store.schema import migrations

T = TypeVar("T")

READERS = 3
BUSY_TIMEOUT_S = 30.0

Tap = Callable[[str, str], None]
"""Called as tap("before" | "after", name of the write) in the writer thread; proofs kill the process there."""


def no_tap(moment: str, write: str) -> None:
    """Watch nothing."""


class Database:
    """The file, opened and migrated. Writes are serialised in one thread; reads run beside them.

    `busy_timeout_s` is how long another process may hold the file before that is an error.

    Raises:
        StoreError: it cannot be opened; the subclass says why and the message what to do.
    """

    def __init__(self, path: Path, *, tap: Tap = no_tap, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._tap = tap
        self._busy_timeout_s = busy_timeout_s
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with translated(path):
            self._writer = self._open()
            self._inode = path.stat().st_ino

    def _open(self) -> SqliteUtils:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreReadOnly(f"{self.path.parent}: the data folder cannot be made ({error.strerror})") from error
        is_new = not self.path.exists()
        connection = sqlite3.connect(self.path, timeout=self._busy_timeout_s, check_same_thread=False)
        try:
            db = SqliteUtils(connection)
            if not is_new:
                _refuse_unsound(db, self.path)
            db.enable_wal()
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(db, self.path)
        except BaseException:
            connection.close()
            raise
        return db

    async def write(self, change: Callable[[SqliteUtils], T], name: str) -> T:
        """Run `change` in one transaction and return its result once it is on disk."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, self.write_now, change, name)

    def write_now(self, change: Callable[[SqliteUtils], T], name: str) -> T:
        """The same, in the calling thread; only the writer thread and tests call it."""
        with translated(self.path):
            self._refuse_replaced()
            connection = self._writer.conn
            self._tap("before", name)
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = change(self._writer)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            self._tap("after", name)
            return result

    async def read(self, query: Callable[[SqliteUtils], T]) -> T:
        """Run `query` on a read-only connection: one consistent view of the last committed state."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read_now, query)

    def _read_now(self, query: Callable[[SqliteUtils], T]) -> T:
        with translated(self.path):
            db = getattr(self._local, "db", None)
            if db is None:
                uri = f"{self.path.absolute().as_uri()}?mode=ro"
                connection = sqlite3.connect(uri, uri=True, timeout=self._busy_timeout_s, check_same_thread=False)
                db = self._local.db = SqliteUtils(connection)
                self._readers.append(connection)
            db.conn.execute("BEGIN")
            try:
                return query(db)
            finally:
                db.conn.rollback()

    def _refuse_replaced(self) -> None:
        """A file unlinked while open would take writes that nobody ever sees again."""
        try:
            inode = self.path.stat().st_ino
        except FileNotFoundError:
            inode = -1
        if inode != self._inode:
            raise StoreGone(
                f"{self.path} was removed or replaced while Paperlark was using it; nothing more is written. "
                "Put the file (or a backup) back and start again."
            )

    def close(self) -> None:
        """Finish what is being written and close every connection."""
        self._writing.shutdown(wait=True)
        self._reading.shutdown(wait=True)
        for connection in self._readers:
            connection.close()
        self._writer.conn.close()


def _refuse_unsound(db: SqliteUtils, path: Path) -> None:
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - the library lists them nowhere else
    applied = {migration.name for migration in migrations.applied(db)}
    if unknown := applied - known:
        raise StoreTooNew(
            f"{path} was written by a newer Paperlark (it has the steps {', '.join(sorted(unknown))}). "
            "Start that version, or restore a backup made before the upgrade."
        )
    if not applied and db.table_names():
        raise StoreCorrupt(f"{path} is a SQLite file of something else; name another data_dir.")


def _migrate(db: SqliteUtils, path: Path) -> None:
    """Bring the file to today's schema; an existing one is copied beside itself first."""
    pending = migrations.pending(db)
    if not pending:
        return
    if migrations.applied(db):
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")  # a file name, not a time anybody computes with
        target = sqlite3.connect(path.with_name(f"{path.name}.before-{pending[0].name}-{stamp}"))
        try:
            db.conn.backup(target)
        finally:
            target.close()
    # One transaction for all steps: neither a failure nor a kill leaves a half-migrated file, and of two processes that
    # start together the second one waits and finds nothing left to do.
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        db.conn.commit()
    except BaseException:
        db.conn.rollback()
        raise


_KINDS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("SQLITE_BUSY", StoreBusy, "another process holds it; stop that one or wait"),
    ("SQLITE_LOCKED", StoreBusy, "another process holds it; stop that one or wait"),
    ("SQLITE_READONLY", StoreReadOnly, "it cannot be written; check the owner and permissions of the data folder"),
    ("SQLITE_PERM", StoreReadOnly, "it cannot be written; check the owner and permissions of the data folder"),
    ("SQLITE_CANTOPEN", StoreReadOnly, "it cannot be opened; check the owner and permissions of the data folder"),
    ("SQLITE_FULL", StoreFull, "the disk is full; free some space, nothing stored so far is lost"),
    ("SQLITE_CORRUPT", StoreCorrupt, "it is damaged; restore the newest backup"),
    ("SQLITE_NOTADB", StoreCorrupt, "it is not a SQLite database; restore a backup or name another data_dir"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn sqlite3's errors into StoreErrors that name the file and the way out."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        for prefix, kind, remedy in _KINDS:
            if name.startswith(prefix):
                raise kind(f"{path}: {remedy} ({error})") from error
        raise StoreError(f"{path}: {error}") from error
