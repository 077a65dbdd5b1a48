"""What readers ordered in chat: rules and pauses."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Pause, StandingRule
from bot.store.codec import from_day, from_stamp, to_day, to_stamp
from bot.store.database import Database
from bot.store.privacy import author


class OrderStore:
    """What readers told the bot to do from now on, channel by channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self, channel: str) -> tuple[StandingRule, ...]:
        """The follows and mutes in force, oldest first."""
        query = "SELECT * FROM standing_rules WHERE channel = ? ORDER BY at, kind, folded"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return tuple(StandingRule(row["kind"], row["text"], row["person"], from_stamp(row["at"])) for row in rows)

    async def add_rule(self, channel: str, rule: StandingRule) -> bool:
        """Set a rule; False if it stands already (case does not matter)."""

        def change(db: SqliteUtils) -> bool:
            person = author(db, rule.person)
            values = [channel, rule.kind, rule.text, _folded(rule.text), person, to_stamp(rule.at)]
            query = """INSERT OR IGNORE INTO standing_rules (channel, kind, text, folded, person, at)
                       VALUES (?, ?, ?, ?, ?, ?)"""
            return bool(db.execute(query, values).rowcount)

        return await self._database.write(change, "orders.add_rule")

    async def remove_rule(self, channel: str, kind: str, text: str) -> bool:
        """Lift a rule; False if there is none like it."""

        def change(db: SqliteUtils) -> bool:
            query = "DELETE FROM standing_rules WHERE channel = ? AND kind = ? AND folded = ?"
            return bool(db.execute(query, [channel, kind, _folded(text)]).rowcount)

        return await self._database.write(change, "orders.remove_rule")

    async def pause(self, channel: str) -> Pause | None:
        """The channel's pause, also one that is over."""
        query = "SELECT * FROM pauses WHERE channel = ?"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return _to_pause(rows[0]) if rows else None

    async def set_pause(self, channel: str, pause: Pause | None) -> None:
        """Begin or change a pause; None ends it."""

        def change(db: SqliteUtils) -> None:
            db.execute("DELETE FROM pauses WHERE channel = ?", [channel])
            if pause is not None:
                db.execute(
                    "INSERT INTO pauses (channel, at, until, person) VALUES (?, ?, ?, ?)",
                    [channel, to_stamp(pause.at), to_day(pause.until), author(db, pause.person)],
                )

        await self._database.write(change, "orders.set_pause")


def _to_pause(row: dict[str, Any]) -> Pause:
    return Pause(from_stamp(row["at"]), from_day(row["until"]), row["person"])


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
