"""The rules that readers set in chat: follows and mutes."""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database as SqliteUtils

from bot.models import StandingRule
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database
from bot.store.privacy import author


class RuleStore:
    """Keeps the follows and mutes of each channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, channel: str) -> tuple[StandingRule, ...]:
        """The follows and mutes in force, oldest first."""
        query = "SELECT * FROM standing_rules WHERE channel = ? ORDER BY at, kind, folded"
        rows = await self._database.read(lambda db: list(db.query(query, [channel])))
        return tuple(StandingRule(row["kind"], row["text"], row["person"], from_stamp(row["at"])) for row in rows)

    async def add(self, channel: str, rule: StandingRule) -> bool:
        """Set a rule; False if it stands already (case does not matter)."""

        def change(db: SqliteUtils) -> bool:
            person = author(db, rule.person)
            values = [channel, rule.kind, rule.text, _folded(rule.text), person, to_stamp(rule.at)]
            query = """INSERT OR IGNORE INTO standing_rules (channel, kind, text, folded, person, at)
                       VALUES (?, ?, ?, ?, ?, ?)"""
            return bool(db.execute(query, values).rowcount)

        return await self._database.write(change, "rules.add")

    async def remove(self, channel: str, kind: str, text: str) -> bool:
        """Lift a rule; False if there is none like it."""

        def change(db: SqliteUtils) -> bool:
            query = "DELETE FROM standing_rules WHERE channel = ? AND kind = ? AND folded = ?"
            return bool(db.execute(query, [channel, kind, _folded(text)]).rowcount)

        return await self._database.write(change, "rules.remove")


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
