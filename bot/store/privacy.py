"""Forget people: delete their rows, and keep marks that stop them from coming back."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import SAVE, Holdings
from bot.store.codec import to_stamp
from bot.store.database import Database

NOBODY = ""
_SAVED = (SAVE, f"{SAVE}\ufe0f")
_HOLDINGS = """
SELECT (SELECT count(*) FROM feedback_events WHERE person = :person) AS events,
       (SELECT count(*) FROM newest_events WHERE person = :person AND added = 1) AS votes,
       (SELECT count(DISTINCT arxiv_id) FROM newest_events WHERE person = :person AND added = 1
        AND emoji IN (SELECT value FROM json_each(:saved))) AS saved,
       (SELECT count(*) FROM standing_rules WHERE person = :person) AS rules
"""
_CHANNELS = "SELECT DISTINCT channel FROM newest_events WHERE person = ? AND channel IS NOT NULL ORDER BY channel"

# A vote and all that came before it on the same message go together: half of them would say something else.
_EXPIRE = """
DELETE FROM feedback_events WHERE id IN (
    SELECT e.id FROM feedback_events e WHERE NOT EXISTS (
        SELECT 1 FROM feedback_events young WHERE young.platform = e.platform AND young.channel_id = e.channel_id
        AND young.message = e.message AND young.person = e.person AND young.emoji = e.emoji
        AND young.received_at >= :before)
    AND NOT (emoji IN (SELECT value FROM json_each(:saved)) AND EXISTS (
        SELECT 1 FROM newest_events n WHERE n.platform = e.platform AND n.channel_id = e.channel_id
        AND n.message = e.message AND n.person = e.person AND n.emoji = e.emoji AND n.added = 1))
)
"""


class PrivacyStore:
    """Who is not to be stored, and deleting what is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def holdings(self, person: str) -> Holdings:
        """What is stored of a person now."""
        return await self._database.read(lambda db: _holdings(db, person))

    async def forget(self, person: str, at: datetime) -> Holdings:
        """Delete everything about a person and store nothing of them from now on; returns what there was.

        Also goes what was learned in the channels they voted in; it is fitted again from the votes of the others. A
        pause they set stays, without their id. Repeating it changes nothing.
        """
        return await self._database.write(lambda db: forget_now(db, person, to_stamp(at)), "privacy.forget")

    async def remember(self, person: str) -> bool:
        """Store the person's votes again from now on; False if nothing kept them from it."""

        def change(db: SqliteUtils) -> bool:
            return bool(db.execute("DELETE FROM opt_outs WHERE mark = ?", [mark_of(db, person)]).rowcount)

        return await self._database.write(change, "privacy.remember")

    async def opted_out(self, people: Iterable[str]) -> frozenset[str]:
        """Pick those among these people who are not to be stored."""
        asked = frozenset(people)
        return await self._database.read(lambda db: opted_out(db, asked)) if asked else frozenset()

    async def forgettings(self) -> int:
        """How many times somebody was forgotten: what was read before one must not be stored after it."""
        return await self._database.read(forgettings)

    async def expire(self, before: datetime) -> int:
        """Delete votes received before that moment; returns how many rows changed.

        What stands on a reader's list of saved papers stays. Whoever set a rule or a pause before that moment is not
        named any more; what they set stands.
        """
        values = {"before": to_stamp(before), "saved": json.dumps(_SAVED)}
        return await self._database.write(lambda db: _expire(db, values), "privacy.expire")

    async def rebuild_owed(self) -> bool:
        """Whether something deleted may still be readable in the file."""
        query = "SELECT rebuild_owed FROM privacy"
        return bool(await self._database.read(lambda db: db.execute(query).fetchone()[0]))

    async def rebuild(self) -> bool:
        """Write the file anew without what was deleted; False if another process was reading all the time.

        Takes seconds for a large archive, and as much free space again; writes wait meanwhile.
        """
        if not await self._database.rebuild():
            return False
        paid = "UPDATE privacy SET rebuild_owed = 0"
        await self._database.write(lambda db: db.execute(paid).rowcount, "privacy.rebuilt")
        return True


def forget_now(db: SqliteUtils, person: str, stamp: str) -> Holdings:
    """Delete everything about a person and mark them; see PrivacyStore. Within the caller's transaction."""
    held = _holdings(db, person)
    known = db.execute("SELECT 1 FROM pauses WHERE person = ?", [person]).fetchone()
    db.execute("INSERT OR IGNORE INTO opt_outs (mark, at) VALUES (?, ?)", [mark_of(db, person), stamp])
    db.execute("DELETE FROM feedback_events WHERE person = ?", [person])
    db.execute("DELETE FROM standing_rules WHERE person = ?", [person])
    db.execute("UPDATE pauses SET person = ? WHERE person = ?", [NOBODY, person])
    channels = json.dumps(held.channels)
    db.execute("DELETE FROM ranking_weights WHERE channel IN (SELECT value FROM json_each(?))", [channels])
    if known or not held.is_empty:
        db.execute("UPDATE privacy SET forgettings = forgettings + 1, rebuild_owed = 1")
    return held


def mark_of(db: SqliteUtils, person: str) -> str:
    """What stands for a person's id among the opt-outs: HMAC-SHA-256 of it with the database's own key."""
    key = db.execute("SELECT key FROM privacy").fetchone()[0]
    return hmac.new(key, person.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def opted_out(db: SqliteUtils, people: Iterable[str]) -> frozenset[str]:
    """Pick those among these people who are not to be stored."""
    if not db.execute("SELECT EXISTS (SELECT 1 FROM opt_outs)").fetchone()[0]:
        return frozenset()
    marks = {mark_of(db, person): person for person in people}
    query = "SELECT mark FROM opt_outs WHERE mark IN (SELECT value FROM json_each(?))"
    return frozenset(marks[row[0]] for row in db.execute(query, [json.dumps(list(marks))]))


def author(db: SqliteUtils, person: str) -> str:
    """Name who set a rule or a pause: nobody, for a person who opted out."""
    return NOBODY if opted_out(db, [person]) else person


def forgettings(db: SqliteUtils) -> int:
    """Count how often somebody was forgotten."""
    return int(db.execute("SELECT forgettings FROM privacy").fetchone()[0])


def _holdings(db: SqliteUtils, person: str) -> Holdings:
    (row,) = db.query(_HOLDINGS, {"person": person, "saved": json.dumps(_SAVED)})
    return Holdings(**row, channels=tuple(one[0] for one in db.execute(_CHANNELS, [person])))


def _expire(db: SqliteUtils, values: dict[str, Any]) -> int:
    db.execute("PRAGMA secure_delete = ON")
    changed = db.execute(_EXPIRE, values).rowcount
    for table in ("standing_rules", "pauses"):
        query = f"UPDATE {table} SET person = '' WHERE person != '' AND at < :before"
        changed += db.execute(query, values).rowcount
    return int(changed)
