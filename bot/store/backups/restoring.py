"""Restore a backup: check it, put it in the place of the database at once, and keep what was there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.errors import StoreCorrupt, StoreError, StoreReadOnly
from bot.store.backups.listing import backups_in
from bot.store.backups.making import back_up, mark_as_backup, sync_folder
from bot.store.backups.people import copy_opt_outs
from bot.store.database import migrate
from bot.store.file import companions, fault_in, has_table, refuse_foreign, translated

_RESTORING = ".restoring"
# Of tables that every version has.
_NEWEST = """
SELECT max(at) FROM (
    SELECT max(planned_at) AS at FROM digests UNION ALL SELECT max(attempted_at) FROM posts
    UNION ALL SELECT max(sent_at) FROM posts UNION ALL SELECT max(received_at) FROM feedback_events
    UNION ALL SELECT max(first_seen_at) FROM papers)
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """Since when the restored database knows nothing, and where the one is that was there before."""

    made_at: datetime
    replaced: Path | None


def examine_backup(backup: Path) -> datetime:
    """Check that a file is a sound database of this version or an earlier one, and say when it was made.

    Raises:
        StoreError: naming what is wrong with it.
    """
    if not backup.is_file():
        raise StoreError(f"{backup}: there is no such file")
    has_log = companions(backup)[0].exists()
    uri = f"{backup.absolute().as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            db = SqliteUtils(connection)
            # The steps of a newer version, or another program's tables, say more than that a page is damaged.
            refuse_foreign(db, backup)
            fault = fault_in(connection, backup) if db.table_names() else "it is empty"
            made_at = None if fault else _made_at(connection, backup)
    except sqlite3.Error as error:
        raise StoreCorrupt(
            f"{backup}: it is damaged, or no SQLite database ({error}); restore another backup"
        ) from error
    if made_at is None:
        raise StoreCorrupt(f"{backup}: nothing can be restored from it ({fault}); restore another backup")
    return made_at


def restore_database(backup: Path, database: Path) -> Restored:
    """Put a backup in the place of the database; nobody may run on it meanwhile. `backup` itself stays as it is.

    Until the last moment the old database is in its place; cut off there, the same can be done again.

    Raises:
        StoreError: the backup cannot be used, or the folder not be written; the database is as it was.
    """
    if database.exists() and backup.exists() and backup.samefile(database):
        raise StoreError(f"{backup} is the database itself; name a backup of it")
    made_at = examine_backup(backup)
    coming = database.with_name(f"{database.name}{_RESTORING}")
    try:
        back_up(backup, coming, made_at=None)
        _prepare(coming, made_at)
        copy_opt_outs(database, coming)
        with coming.open("rb+") as file:
            os.fsync(file.fileno())
        replaced = _set_aside(database)
        coming.replace(database)
        sync_folder(database.parent)
    except OSError as error:
        raise StoreReadOnly(f"{database.parent}: the database cannot be replaced ({error.strerror})") from error
    finally:
        for name in (coming, *companions(coming)):
            with suppress(OSError):
                name.unlink(missing_ok=True)
    return Restored(made_at, replaced)


def _made_at(connection: sqlite3.Connection, backup: Path) -> datetime:
    """When a backup was made: by what it says itself, else its name, else the newest in it, else the file's age.

    The file's age alone would not do: a copy of a backup is younger than what is in it, and what was posted in between
    would be posted again.
    """
    if has_table(connection, "copies") and (
        stamp := connection.execute("SELECT max(made_at) FROM copies").fetchone()[0]
    ):
        return datetime.fromisoformat(stamp)
    if named := [one for one in backups_in(backup.parent) if one.path == backup]:
        return named[0].made_at
    (newest,) = connection.execute(_NEWEST).fetchone()
    return datetime.fromisoformat(newest) if newest else datetime.fromtimestamp(backup.stat().st_mtime, UTC)


def _prepare(coming: Path, made_at: datetime) -> None:
    """Bring it to today's schema, and let it say that it is a backup."""
    with translated(coming), closing(sqlite3.connect(coming)) as connection:
        migrate(SqliteUtils(connection))
        mark_as_backup(connection, made_at)
        connection.commit()


def _set_aside(database: Path) -> Path | None:
    """Give the old database a second name, with its log; what is written in a sound log goes into it first."""
    if not database.exists():
        return None
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")  # a file name, not a time anybody computes with
    aside = database.with_name(f"{database.name}.replaced-{stamp}")
    try:
        os.link(database, aside)
    except OSError:  # a file system without second names
        shutil.copy2(database, aside)
    # Its log must be gone before the new file comes: SQLite would apply it to that one.
    for old, new in zip(companions(database), companions(aside), strict=True):
        if old.exists():
            old.replace(new)
    sync_folder(database.parent)
    return aside
