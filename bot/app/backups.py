"""Make backups every night and by hand, and restore one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.app.wiring import clock_of
from bot.errors import StoreError, StoreReadOnly, UsageError
from bot.settings import Settings
from bot.store.backups.listing import backup_name, backups_in, outdated
from bot.store.backups.making import PARTIAL, back_up
from bot.store.backups.restoring import restore_database
from bot.store.file import is_sqlite
from bot.store.run_lock import run_lock
from bot.store.schema import NEWEST

logger = logging.getLogger(__name__)


def nightly_backup(settings: Settings, now: datetime, stopping: Callable[[], bool]) -> Path:
    """Back the database up into its folder and delete what the rotation lets go; blocks.

    Anything is deleted only after a backup that succeeded.

    Raises:
        StoreError: there is no new backup.
    """
    folder = settings.backups
    for left in folder.glob(f"paperlark-*.db{PARTIAL}*"):  # of a kill in the middle of one
        with suppress(OSError):
            left.unlink()
    made = back_up(settings.database, folder / backup_name(now, NEWEST), made_at=now, stopping=stopping)
    logger.info("backup: %s (%.1f MB)", made, made.stat().st_size / 2**20)
    _rotate(settings, now)
    return made


def _rotate(settings: Settings, now: datetime) -> None:
    backup = settings.backup
    zone = settings.channel_defaults.zone
    gone = outdated(backups_in(settings.backups), now, zone, daily=backup.daily, weekly=backup.weekly)
    for old in gone:
        try:
            old.path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreReadOnly(f"{old.path}: an old backup cannot be deleted ({error.strerror})") from error
        logger.info("backup: %s is deleted, newer ones take its place", old.path.name)


def backup_to(settings: Settings, file: Path) -> str:
    """What `paperlark backup FILE` does, also beside a running bot; what to say about it.

    Raises:
        UsageError: FILE is something that must not be overwritten.
        StoreError: the backup cannot be made.
    """
    now = clock_of(settings).now()
    target = file / backup_name(now, NEWEST) if file.is_dir() else file
    database = settings.database
    if not database.exists():
        raise StoreError(f"{database}: there is no database yet; `paperlark run` makes it")
    if target.exists() and (target.samefile(database) or not is_sqlite(target)):
        raise UsageError(f"{target} is there already and is no backup; name another file")
    back_up(database, target, made_at=now)
    return f"{target}: {target.stat().st_size / 2**20:,.1f} MB, checked; `paperlark restore {target}` puts it back"


def restore_from(settings: Settings, file: Path) -> tuple[str, ...]:
    """What `paperlark restore FILE` does; what to say about it, line by line.

    Raises:
        LockHeld: the bot is running.
        StoreError: the backup cannot be used; the database is as it was.
    """
    with run_lock(settings.database, clock_of(settings).now()):
        restored = restore_database(file, settings.database)
    lines = [f"Restored: {settings.database} is the backup made at {restored.made_at:%Y-%m-%d %H:%M} UTC."]
    if restored.replaced is not None:
        lines.append(f"The one before it is kept: {restored.replaced} (delete it when all is well).")
    lines.append("At its next start the bot first looks into the chats for what was posted since, and repeats nothing.")
    return tuple(lines)
