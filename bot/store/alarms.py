"""Keep the alarms that are up, and how mornings went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Alarm, MorningReport
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database

_KEPT = timedelta(days=90)
_RAISE = """
INSERT INTO alarms (name, since, text, told_at) VALUES (?, ?, ?, NULL)
ON CONFLICT (name) DO UPDATE SET text = excluded.text
"""
_REPORT = """
INSERT INTO morning_reports (channel, due, trouble, judged_at) VALUES (?, ?, ?, ?)
ON CONFLICT (channel, due) DO UPDATE SET trouble = excluded.trouble, judged_at = excluded.judged_at
"""


class AlarmStore:
    """Alarms that are up, and how mornings went: what a restart must neither repeat nor forget."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def up(self) -> Mapping[str, Alarm]:
        """The alarms that are up, by name."""
        rows = await self._database.read(lambda db: list(db.query("SELECT * FROM alarms ORDER BY since, name")))
        return {row["name"]: _to_alarm(row) for row in rows}

    async def raise_(self, name: str, text: str, at: datetime) -> Alarm:
        """Put an alarm up, or give the one that is up its newest text; since when and whether told stay."""

        def change(db: SqliteUtils) -> Alarm:
            db.execute(_RAISE, [name, to_stamp(at), text])
            return _to_alarm(next(db.query("SELECT * FROM alarms WHERE name = ?", [name])))

        return await self._database.write(change, "alarms.raise")

    async def told(self, name: str, at: datetime) -> None:
        """Note that somebody was told."""
        query = "UPDATE alarms SET told_at = ? WHERE name = ?"
        await self._database.write(lambda db: db.execute(query, [to_stamp(at), name]).rowcount, "alarms.told")

    async def clear(self, name: str) -> Alarm | None:
        """Take an alarm down; what it was, None if it was not up."""

        def change(db: SqliteUtils) -> Alarm | None:
            row = next(db.query("SELECT * FROM alarms WHERE name = ?", [name]), None)
            db.execute("DELETE FROM alarms WHERE name = ?", [name])
            return _to_alarm(row) if row else None

        return await self._database.write(change, "alarms.clear")

    async def report(self, report: MorningReport, at: datetime) -> None:
        """Write down how a morning went, instead of what was written down before; very old ones are dropped."""

        def change(db: SqliteUtils) -> None:
            db.execute(_REPORT, [report.channel, to_stamp(report.due), report.trouble, to_stamp(at)])
            db.execute("DELETE FROM morning_reports WHERE due < ?", [to_stamp(at - _KEPT)])

        await self._database.write(change, "alarms.report")

    async def reports(self, channel: str, limit: int) -> tuple[MorningReport, ...]:
        """How the newest mornings went, newest first."""
        query = "SELECT * FROM morning_reports WHERE channel = ? ORDER BY due DESC LIMIT ?"
        rows = await self._database.read(lambda db: list(db.query(query, [channel, limit])))
        return tuple(MorningReport(row["channel"], from_stamp(row["due"]), row["trouble"]) for row in rows)


def _to_alarm(row: Mapping[str, Any]) -> Alarm:
    told_at = from_stamp(row["told_at"]) if row["told_at"] else None
    return Alarm(row["name"], from_stamp(row["since"]), row["text"], told_at)
