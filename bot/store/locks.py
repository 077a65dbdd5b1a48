"""Share turns among all processes on one database."""

from __future__ import annotations

import time

from sqlite_utils import Database as SqliteUtils

from bot.store.database import Database

# A process whose machine clock was far ahead may have left a turn in the far future; no queue is ever that long.
_LONGEST_QUEUE = 100


class LockStore:
    """Turns that all processes on one database share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve_turn(self, name: str, interval_s: float) -> float:
        """Reserve the next turn and return how many seconds (real time) to wait for it."""

        def change(db: SqliteUtils) -> float:
            now = time.time()
            row = db.execute("SELECT free_at FROM turns WHERE name = ?", [name]).fetchone()
            free_at = row[0] if row else now
            if not now < free_at <= now + _LONGEST_QUEUE * interval_s:
                free_at = now
            db.execute("INSERT OR REPLACE INTO turns (name, free_at) VALUES (?, ?)", [name, free_at + interval_s])
            return float(free_at - now)

        return await self._database.write(change, "locks.reserve_turn")
