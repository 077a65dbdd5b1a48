"""Keep the rules that readers set in chat: follows and mutes."""

from __future__ import annotations

from sqlite_utils import Database as SqliteUtils

from bot.models import StandingRule
from bot.ranking.rules import Rule, RuleKind
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
        """Set a rule; False if it stands already, however it is spelt."""

        def change(db: SqliteUtils) -> bool:
            if _alike(db, channel, rule.kind, rule.text):
                return False
            key = _key(rule.kind, rule.text)
            values = [channel, rule.kind, rule.text, key, author(db, rule.person), to_stamp(rule.at)]
            query = """INSERT OR IGNORE INTO standing_rules (channel, kind, text, folded, person, at)
                       VALUES (?, ?, ?, ?, ?, ?)"""
            return bool(db.execute(query, values).rowcount)

        return await self._database.write(change, "rules.add")

    async def remove(self, channel: str, kind: str, text: str) -> bool:
        """Lift a rule, however it is spelt; False if there is none like it."""

        def change(db: SqliteUtils) -> bool:
            alike = _alike(db, channel, kind, text)
            for stored in alike:
                db.execute(
                    "DELETE FROM standing_rules WHERE channel = ? AND kind = ? AND folded = ?", [channel, kind, stored]
                )
            return bool(alike)

        return await self._database.write(change, "rules.remove")


def _alike(db: SqliteUtils, channel: str, kind: str, text: str) -> list[str]:
    """How the rules that mean the same as this one are stored; earlier versions stored their punctuation too."""
    query = "SELECT text, folded FROM standing_rules WHERE channel = ? AND kind = ?"
    rows = list(db.query(query, [channel, kind]))
    return [row["folded"] for row in rows if _key(kind, row["text"]) == _key(kind, text)]


def _key(kind: str, text: str) -> str:
    return Rule(RuleKind(kind), text).key
