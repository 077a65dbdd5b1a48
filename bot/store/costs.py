"""Keep what LLM calls cost: one row each, reserved before it is sent and settled after (docs/design.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database as SqliteUtils

from bot.models import Budget, CallIntent, CallResult, LlmCall, Spending, TokenCost
from bot.redaction import without_login
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database

# A reservation counts until its call is settled; one that never will be keeps counting, because nobody knows whether
# the provider charged for it.
_SPENDING = """
SELECT count(*), coalesce(sum(CASE state WHEN 'settled' THEN charged_tokens ELSE most_tokens END), 0),
       coalesce(sum(CASE state WHEN 'settled' THEN charged_usd ELSE most_usd END), 0.0)
FROM llm_calls WHERE day = ?
"""
_SCORING = ("score", "sift")  # purposes that mornings cannot do without
_OTHER = f"{_SPENDING} AND purpose NOT IN ({', '.join('?' * len(_SCORING))})"
_INTENT = (
    "started_at", "expires_at", "purpose", "channel", "endpoint", "model", "dialect", "papers", "prompt_hash",
    "message_hash", "nonce", "asked_for", "most_tokens", "most_usd",
)  # fmt: skip
_RESULT = (
    "outcome", "latency_s", "answered", "prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens",
    "prompt_usd", "completion_usd", "charged_tokens", "charged_usd", "note",
)  # fmt: skip


class CostStore:
    """Every request to an LLM, and the budget they share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, intent: CallIntent, budget: Budget) -> int | None:
        """Write a call down and return its number; None, and nothing written, if the day's budget does not hold it.

        The day is the UTC day of `started_at`. Calls past their `expires_at` are closed as abandoned and count in full.
        """

        def change(db: SqliteUtils) -> int | None:
            now = to_stamp(intent.started_at)
            abandon = "UPDATE llm_calls SET state = 'abandoned', outcome = 'abandoned' WHERE state = 'reserved'"
            db.execute(f"{abandon} AND expires_at < ?", [now])
            day = _day(intent.started_at)
            if not _has_room(db, budget, day, intent):
                return None
            columns = ("day", "state", *_INTENT)
            query = f"INSERT INTO llm_calls ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            return db.execute(query, [day, "reserved", *_intent_values(intent)]).lastrowid

        return await self._database.write(change, "costs.reserve")

    async def settle(self, number: int, result: CallResult) -> None:
        """Write down how a call ended; only what it is charged counts from now on."""
        changes = ", ".join(f"{column} = ?" for column in _RESULT)
        query = f"UPDATE llm_calls SET state = 'settled', {changes} WHERE number = ?"
        values = [*(getattr(result, column) for column in _RESULT), number]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "costs.settle")

    async def spending(self, day: date) -> Spending:
        """What the calls of a UTC day come to, reservations included."""
        return await self._database.read(lambda db: _spending(db, day.isoformat()))

    async def spent_on(self, channel: str, arxiv_ids: Sequence[str], model: str) -> TokenCost | None:
        """What the channel's answered calls about any of these papers used; None if there were none."""
        query = """
            SELECT count(*) AS calls, sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
                   sum(cached_tokens) AS cached_tokens, sum(reasoning_tokens) AS reasoning_tokens,
                   sum(prompt_usd) AS prompt_usd, sum(completion_usd) AS completion_usd,
                   count(prompt_usd) AS priced_prompts, count(completion_usd) AS priced_completions
            FROM llm_calls WHERE channel = ? AND model = ? AND answered AND EXISTS (
                SELECT 1 FROM json_each(papers) p WHERE p.key IN (SELECT value FROM json_each(?)))
        """
        values = [channel, model, json.dumps(list(arxiv_ids))]
        row = await self._database.read(lambda db: next(db.query(query, values)))
        return _to_cost(model, row) if row["calls"] else None

    async def save_prompt(self, prompt_hash: str, text: str) -> None:
        """Keep a prompt's constant part under its hash."""
        if await self.prompt(prompt_hash) is None:
            query = "INSERT OR IGNORE INTO llm_prompts (hash, text) VALUES (?, ?)"
            values = [prompt_hash, text]
            await self._database.write(lambda db: db.execute(query, values).rowcount, "costs.save_prompt")

    async def prompt(self, prompt_hash: str) -> str | None:
        """The constant part with this hash."""
        query = "SELECT text FROM llm_prompts WHERE hash = ?"
        row = await self._database.read(lambda db: db.execute(query, [prompt_hash]).fetchone())
        return str(row[0]) if row else None

    async def learned(self, endpoint: str, model: str, since: datetime) -> str | None:
        """Read what was learned of a model at an address, if it is not older than `since`."""
        query = "SELECT learned FROM llm_endpoints WHERE endpoint = ? AND model = ? AND learned_at >= ?"
        values = [without_login(endpoint), model, to_stamp(since)]
        row = await self._database.read(lambda db: db.execute(query, values).fetchone())
        return str(row[0]) if row else None

    async def learn(self, endpoint: str, model: str, learned: str, at: datetime) -> None:
        """Write down what was learned of a model at an address, in place of what was known before."""
        query = "INSERT OR REPLACE INTO llm_endpoints (endpoint, model, learned, learned_at) VALUES (?, ?, ?, ?)"
        values = [without_login(endpoint), model, learned, to_stamp(at)]
        await self._database.write(lambda db: db.execute(query, values).rowcount, "costs.learn")

    async def calls(self, limit: int = 100) -> tuple[LlmCall, ...]:
        """The newest calls, newest first."""
        query = "SELECT * FROM llm_calls ORDER BY number DESC LIMIT ?"
        rows = await self._database.read(lambda db: list(db.query(query, [limit])))
        return tuple(_to_call(row) for row in rows)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _spending(db: SqliteUtils, day: str) -> Spending:
    return _sum(db, _SPENDING, day)


def _has_room(db: SqliteUtils, budget: Budget, day: str, intent: CallIntent) -> bool:
    """Whether the day's budget, the channel's and, for what is no scoring, its share of both hold one more call."""
    there = _sum(db, f"{_SPENDING} AND channel = ?", day, intent.channel)
    if not (_holds(budget, _spending(db, day), intent) and _holds(Budget(budget.tokens_each), there, intent)):
        return False
    if intent.purpose in _SCORING:
        return True
    share = budget.other_share
    of_all = Budget(_part(budget.tokens, share), None if budget.usd is None else budget.usd * share)
    asked = _sum(db, _OTHER, day, *_SCORING)
    asked_there = _sum(db, f"{_OTHER} AND channel = ?", day, *_SCORING, intent.channel)
    return _holds(of_all, asked, intent) and _holds(Budget(_part(budget.tokens_each, share)), asked_there, intent)


def _part(tokens: int | None, share: float) -> int | None:
    return None if tokens is None else int(tokens * share)


def _sum(db: SqliteUtils, query: str, *values: str) -> Spending:
    calls, tokens, usd = db.execute(query, values).fetchone()
    return Spending(calls, tokens, usd)


def _holds(budget: Budget, spent: Spending, intent: CallIntent) -> bool:
    if budget.tokens is not None and spent.tokens + intent.most_tokens > budget.tokens:
        return False
    # An unpriced call under a cap in USD is refused when the settings are read; here it must not slip through either.
    return budget.usd is None or (intent.most_usd is not None and spent.usd + intent.most_usd <= budget.usd)


def _intent_values(intent: CallIntent) -> list[Any]:
    plain = {
        "started_at": to_stamp(intent.started_at),
        "expires_at": to_stamp(intent.expires_at),
        "papers": json.dumps(dict(intent.papers)),
        "endpoint": without_login(intent.endpoint),
    }
    return [plain.get(column, getattr(intent, column)) for column in _INTENT]


def _to_cost(model: str, row: dict[str, Any]) -> TokenCost:
    """The sum of calls; a cost is known only if that of every call is."""
    return TokenCost(
        model=model,
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        prompt_usd=row["prompt_usd"] if row["priced_prompts"] == row["calls"] else None,
        completion_usd=row["completion_usd"] if row["priced_completions"] == row["calls"] else None,
        cached_tokens=row["cached_tokens"],
        reasoning_tokens=row["reasoning_tokens"],
    )


def _to_call(row: dict[str, Any]) -> LlmCall:
    plain = {
        "started_at": from_stamp(row["started_at"]),
        "expires_at": from_stamp(row["expires_at"]),
        "papers": json.loads(row["papers"]),
    }
    intent = CallIntent(**{column: plain.get(column, row[column]) for column in _INTENT})
    result = {column: row[column] for column in _RESULT} | {"answered": bool(row["answered"])}
    settled = CallResult(**result) if row["state"] == "settled" else None
    return LlmCall(row["number"], intent, settled, row["state"] == "abandoned")
