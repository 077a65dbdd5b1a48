"""A copy takes the place of the database: checked first, all at once, and what it replaces is kept."""

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
from bot.store.backups import backups_in
from bot.store.carrying import carry_opt_outs
from bot.store.copying import companions, copy_database, mark_as_copy, sync_folder
from bot.store.database import migrate, refuse_unsound
from bot.store.faults import translated
from bot.store.soundness import fault_in

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
    """What became of it: since when the database knows nothing, and where the one is that was there before."""

    made_at: datetime
    replaced: Path | None


def examine_copy(copy: Path) -> datetime:
    """Refuse a file that is no sound database of this version or an earlier one; when it was made, as far as it says.

    Raises:
        StoreError: naming what is wrong with it.
    """
    if not copy.is_file():
        raise StoreError(f"{copy}: there is no such file")
    has_log = companions(copy)[0].exists()
    uri = f"{copy.absolute().as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            db = SqliteUtils(connection)
            # The steps of a newer version, or another program's tables, say more than that a page is damaged.
            refuse_unsound(db, copy)
            fault = fault_in(connection, copy) if db.table_names() else "it is empty"
            made_at = None if fault else _made_at(connection, copy)
    except sqlite3.Error as error:
        raise StoreCorrupt(f"{copy}: it is damaged, or no SQLite database ({error}); restore another copy") from error
    if made_at is None:
        raise StoreCorrupt(f"{copy}: nothing can be restored from it ({fault}); restore another copy")
    return made_at


def restore_database(copy: Path, database: Path) -> Restored:
    """Put a copy in the place of the database; nobody may run on it meanwhile. `copy` itself stays as it is.

    Until the last moment the old database is in its place; cut off there, the same can be done again.

    Raises:
        StoreError: the copy cannot be used, or the folder not be written; the database is as it was.
    """
    if database.exists() and copy.exists() and copy.samefile(database):
        raise StoreError(f"{copy} is the database itself; name a copy of it")
    made_at = examine_copy(copy)
    coming = database.with_name(f"{database.name}{_RESTORING}")
    try:
        copy_database(copy, coming, made_at=None)
        _prepare(coming, made_at)
        carry_opt_outs(database, coming)
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


def _made_at(connection: sqlite3.Connection, copy: Path) -> datetime:
    """What the copy says itself, else its name, else the newest that stands in it; of an empty one the file's age.

    The file's age alone would not do: a copy of a copy is younger than what is in it, and what was posted in between
    would be posted again.
    """
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'copies'"
    if connection.execute(query).fetchone() and (
        stamp := connection.execute("SELECT max(made_at) FROM copies").fetchone()[0]
    ):
        return datetime.fromisoformat(stamp)
    if named := [backup for backup in backups_in(copy.parent) if backup.path == copy]:
        return named[0].made_at
    (newest,) = connection.execute(_NEWEST).fetchone()
    return datetime.fromisoformat(newest) if newest else datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def _prepare(coming: Path, made_at: datetime) -> None:
    """Bring it to today's schema, and let it say that it is a copy."""
    with translated(coming), closing(sqlite3.connect(coming)) as connection:
        migrate(SqliteUtils(connection))
        mark_as_copy(connection, made_at)
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
