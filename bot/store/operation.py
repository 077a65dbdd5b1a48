"""Count what the database holds, and say how it is doing."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Figures
from bot.store.codec import from_day, from_stamp
from bot.store.database import Database


class OperationStore:
    """How the database itself is doing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def figures(self) -> Figures:
        """What there is to count."""
        return await self._database.read(_figures)

    async def probe(self) -> None:
        """Write something and commit it: raises what a real write would raise."""

        def change(db: SqliteUtils) -> None:
            db.execute("INSERT OR REPLACE INTO turns (name, free_at) VALUES ('probe', 0)")

        await self._database.write(change, "operation.probe")

    @property
    def failure(self) -> str:
        """What is wrong with the file since the last write that worked, or what damage was found; "" for nothing."""
        return self._database.failure


_LLM_CALLS = """
SELECT model, CASE outcome WHEN '' THEN state ELSE outcome END, count(*) FROM llm_calls GROUP BY 1, 2
"""
_LLM_TOKENS = """
SELECT model, 'prompt', sum(prompt_tokens) FROM llm_calls GROUP BY model
UNION ALL SELECT model, 'completion', sum(completion_tokens) FROM llm_calls GROUP BY model
"""
_LAST_MORNING = (
    "SELECT channel, max(completed_at) FROM digests WHERE kind = 'morning' GROUP BY 1 HAVING max(completed_at)"
)
_LLM_USD = "SELECT model, total(charged_usd) FROM llm_calls GROUP BY model HAVING count(charged_usd)"


def _figures(db: SqliteUtils) -> Figures:
    def counts(query: str) -> dict[str, Any]:
        return dict(db.execute(query).fetchall())

    def pairs(query: str) -> dict[tuple[str, str], int]:
        return {(first, second): count for first, second, count in db.execute(query).fetchall()}

    papers, scores, newest = db.execute(
        "SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM scores),"
        " (SELECT max(day) FROM listings WHERE state = 'complete')"
    ).fetchone()
    return Figures(
        posts=pairs("SELECT channel, state, count(*) FROM posts GROUP BY channel, state"),
        digests=counts("SELECT channel, count(*) FROM digests GROUP BY channel"),
        votes=counts("SELECT coalesce(channel, ''), count(*) FROM feedback_events GROUP BY 1"),
        papers=papers,
        scores=scores,
        llm_calls=pairs(_LLM_CALLS),
        llm_tokens=pairs(_LLM_TOKENS),
        llm_usd=counts(_LLM_USD),
        newest_listing=from_day(newest),
        last_morning={channel: from_stamp(at) for channel, at in counts(_LAST_MORNING).items()},
    )
