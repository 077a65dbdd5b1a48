"""Open one SQLite file: one writer thread, a few read-only connections, every failure in plain words."""

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

from bot.errors import StoreCorrupt, StoreFull, StoreGone, StoreReadOnly
from bot.store.backups.listing import holds_nothing, refuse_to_begin_anew
from bot.store.backups.making import back_up
from bot.store.file import refuse_damaged, refuse_foreign, translated
from bot.store.private import private_file, private_folder
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

    `busy_timeout_s` is how long another process may hold the file before that is an error. `backups` is the folder of
    its backups, the way out of damage. `failure` is what was wrong with the file since the last write that worked;
    damage stays, whatever works beside it.

    Raises:
        StoreError: it cannot be opened; the subclass says why and the message what to do.
    """

    def __init__(
        self, path: Path, *, tap: Tap = no_tap, busy_timeout_s: float = BUSY_TIMEOUT_S, backups: Path | None = None
    ) -> None:
        self.path = path
        self.failure = ""
        self._is_damaged = False
        self._backups = backups
        self._tap = tap
        self._busy_timeout_s = busy_timeout_s
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        with translated(path, backups):
            self._writer = self._open()
            self._inode = path.stat().st_ino

    def _open(self) -> SqliteUtils:
        try:
            private_folder(self.path.parent)
        except OSError as error:
            raise StoreReadOnly(f"{self.path.parent}: the data folder cannot be made ({error.strerror})") from error
        is_new = holds_nothing(self.path)
        if is_new:
            refuse_to_begin_anew(self.path, self._backups)
        private_file(self.path)  # what SQLite lays beside it takes its mode over
        connection = sqlite3.connect(self.path, timeout=self._busy_timeout_s, check_same_thread=False)
        try:
            db = SqliteUtils(connection)
            if not is_new:
                refuse_foreign(db, self.path)
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
        with self._watched():
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
            if not self._is_damaged:
                self.failure = ""
            return result

    async def read(self, query: Callable[[SqliteUtils], T]) -> T:
        """Run `query` on a read-only connection: one consistent view of the last committed state."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self._read_now, query)

    def _read_now(self, query: Callable[[SqliteUtils], T]) -> T:
        with self._watched():
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

    async def rebuild(self) -> bool:
        """Write the file anew and empty its log, so that what was deleted is in neither.

        False if a reader in another process kept the log from being emptied.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writing, self._rebuild_now)

    def _rebuild_now(self) -> bool:
        with self._watched():
            self._refuse_replaced()
            self._tap("before", "database.rebuild")
            self._writer.conn.execute("VACUUM")
            (is_busy, _, _) = self._writer.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._tap("after", "database.rebuild")
            return not is_busy

    def examine(self) -> None:
        """Read the whole file and refuse one that is damaged; blocks, for seconds where it is large.

        Raises:
            StoreCorrupt: naming the first thing found and the way out.
        """
        with self._watched():
            refuse_damaged(self._writer.conn, self.path, self._backups)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Plain words for whatever goes wrong; what is wrong with the file itself is remembered."""
        try:
            with translated(self.path, self._backups):
                yield
        except (StoreCorrupt, StoreFull, StoreGone, StoreReadOnly) as error:
            self.failure = str(error)
            self._is_damaged |= isinstance(error, StoreCorrupt)
            raise

    def _refuse_replaced(self) -> None:
        """Refuse a file that was removed or replaced while open: what is written to it nobody ever sees again."""
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


def _migrate(db: SqliteUtils, path: Path) -> None:
    """Bring the file to today's schema; an existing one is backed up beside itself first."""
    pending = migrations.pending(db)
    if not pending:
        return
    if migrations.applied(db):
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")  # a file name, not a time anybody computes with
        back_up(path, path.with_name(f"{path.name}.before-{pending[0].name}-{stamp}"), made_at=None)
    migrate(db)
    # Without its log the file itself would still be empty, and nobody could tell it from a new one.
    db.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")


def migrate(db: SqliteUtils) -> None:
    """Apply the steps that are missing, all or none."""
    # One transaction for all steps: neither a failure nor a kill leaves a half-migrated file, and of two processes that
    # start together the second one waits and finds nothing left to do.
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        db.conn.commit()
    except BaseException:
        db.conn.rollback()
        raise
