"""A look at a database file that changes nothing: neither the file nor its schema."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.errors import StoreCorrupt, StoreReadOnly, StoreTooNew
from bot.models import DatabaseState
from bot.store.backups import backups_in, holds_nothing, refuse_to_begin_anew
from bot.store.copying import companions
from bot.store.faults import translated, way_out
from bot.store.schema import migrations


def inspect_database(path: Path, backups: Path) -> DatabaseState | None:
    """What the file is, checked page by page; None if there is none. Blocks, for seconds where the file is large.

    Raises:
        StoreError: it cannot be read, is damaged, of something else, or of a newer Paperlark; says what to do.
    """
    newest = None
    try:
        if holds_nothing(path):
            refuse_to_begin_anew(path, backups)
            return None
        newest = next((backup.path for backup in reversed(backups_in(backups))), None)
        size = sum(one.stat().st_size for one in (path, *companions(path)) if one.exists())
    except OSError as error:
        raise StoreReadOnly(f"{path}: cannot be looked at ({error.strerror}); check the owner of its folder") from error
    with translated(path, newest), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        db = SqliteUtils(opened)
        said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise StoreCorrupt(f"{path} is damaged ({said}); {way_out(newest)}")
        applied = [migration.name for migration in migrations.applied(db)]
        if not applied and db.table_names():
            raise StoreCorrupt(f"{path} is a SQLite file of something else; name another data_dir")
        known = [step.name for step in migrations._migrations]  # noqa: SLF001 - the library lists them nowhere else
    if unknown := set(applied) - set(known):
        raise StoreTooNew(
            f"{path} was written by a newer Paperlark (it has the steps {', '.join(sorted(unknown))}); start that "
            "version, or restore a backup made before the upgrade"
        )
    is_writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    pending = tuple(name for name in known if name not in applied)
    return DatabaseState(size, max(applied, default="none"), pending, is_writable)
