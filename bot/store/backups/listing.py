"""List the backups of a folder, name a new one, and choose those that may go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from bot.errors import StoreGone

_NAME = re.compile(r"paperlark-(?P<at>\d{8}T\d{6}Z)-m(?P<schema>\d{3})\.db")
_AT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """A file in the backup folder, as its name tells. `schema` is the number of its newest step, such as "007"."""

    path: Path
    made_at: datetime
    schema: str


def backups_in(folder: Path) -> tuple[Backup, ...]:
    """The backups in a folder, oldest first; other files are left out. A folder that cannot be read has none."""
    found = []
    for path in folder.glob("paperlark-*.db"):
        if match := _NAME.fullmatch(path.name):
            made_at = datetime.strptime(match["at"], _AT).replace(tzinfo=UTC)
            found.append(Backup(path, made_at, match["schema"]))
    return tuple(sorted(found, key=lambda backup: backup.made_at))


def newest_backup(folder: Path | None) -> Path | None:
    """The newest backup in a folder, None if there is none."""
    try:
        found = backups_in(folder) if folder is not None else ()
    except OSError:
        return None
    return found[-1].path if found else None


def holds_nothing(database: Path) -> bool:
    """Whether there is no file, or one without a byte, as an interrupted copy or a power cut leaves it."""
    return not database.exists() or not database.stat().st_size


def refuse_to_begin_anew(database: Path, backups: Path | None) -> None:
    """Refuse to make a database where there are backups of the one that was there: it would post everything again.

    Raises:
        StoreGone: there are; with the way out.
    """
    if newest := newest_backup(backups):
        state = "is empty" if database.exists() else "is missing"
        raise StoreGone(
            f"{database} {state}, but there are backups of it: run `paperlark restore {newest}`, or move the backups "
            "away to begin anew"
        )


def backup_name(now: datetime, schema: str) -> str:
    """The file name of a backup made now; `schema` is the name of the newest step ("m007_operation")."""
    return f"paperlark-{now.astimezone(UTC).strftime(_AT)}-{schema[:4]}.db"


def outdated(backups: Iterable[Backup], now: datetime, zone: tzinfo, *, daily: int, weekly: int) -> tuple[Backup, ...]:
    """The backups that may go: all but the newest of each of the last `daily` days and `weekly` ISO weeks in `zone`.

    The newest of all stays whatever its age, and so does one from the future: a clock may have been put right.
    """
    newest_first = sorted(backups, key=lambda backup: backup.made_at, reverse=True)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    seen: set[tuple[str, int]] = set()
    gone = []
    for index, backup in enumerate(newest_first):
        day = backup.made_at.astimezone(zone).date()
        days_ago = (today - day).days
        weeks_ago = (monday - (day - timedelta(days=day.weekday()))).days // 7
        slots = {("day", days_ago)} if days_ago < daily else set()
        slots |= {("week", weeks_ago)} if weeks_ago < weekly else set()
        if index and days_ago >= 0 and not slots - seen:
            gone.append(backup)
        seen |= slots
    return tuple(gone)
