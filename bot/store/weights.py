"""Keep what was learned for each channel, version by version."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database as SqliteUtils

from bot.models import Weights
from bot.store.codec import from_stamp, to_stamp
from bot.store.database import Database
from bot.store.privacy import forgettings

_KEPT_VERSIONS = 400  # more than a year of mornings
_KEPT_BLOBS = 3


class WeightStore:
    """What was learned, version by version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, channel: str) -> Weights | None:
        """The version in force."""
        return next(iter(await self._select(channel, 1, with_blob=True)), None)

    async def history(self, channel: str, limit: int = 60) -> tuple[Weights, ...]:
        """The newest versions, newest first, without their blobs."""
        return await self._select(channel, limit, with_blob=False)

    async def add(
        self,
        channel: str,
        fitted_at: datetime,
        metrics: Mapping[str, float | str],
        blob: bytes,
        after_forgettings: int | None = None,
    ) -> int | None:
        """Store a new version and return its number; very old ones are dropped.

        With `after_forgettings` only if nobody was forgotten since that count, else None: the votes it was learned from
        may not be there any more.
        """

        def change(db: SqliteUtils) -> int | None:
            if after_forgettings not in {None, forgettings(db)}:
                return None
            query = "SELECT coalesce(max(version), 0) + 1 FROM ranking_weights WHERE channel = ?"
            version = int(db.execute(query, [channel]).fetchone()[0])
            db.execute(
                "INSERT INTO ranking_weights (channel, version, fitted_at, metrics, blob) VALUES (?, ?, ?, ?, ?)",
                [channel, version, to_stamp(fitted_at), json.dumps(dict(metrics)), sqlite3.Binary(blob)],
            )
            oldest = version - _KEPT_VERSIONS
            db.execute("DELETE FROM ranking_weights WHERE channel = ? AND version <= ?", [channel, oldest])
            # Old versions stay for their figures; their models can be made again from the votes.
            faded = version - _KEPT_BLOBS
            db.execute("UPDATE ranking_weights SET blob = x'' WHERE channel = ? AND version <= ?", [channel, faded])
            return version

        return await self._database.write(change, "weights.add")

    async def _select(self, channel: str, limit: int, *, with_blob: bool) -> tuple[Weights, ...]:
        blob = "blob" if with_blob else "x''"
        query = f"""SELECT version, fitted_at, metrics, {blob} AS blob FROM ranking_weights
                    WHERE channel = ? ORDER BY version DESC LIMIT ?"""
        rows = await self._database.read(lambda db: list(db.query(query, [channel, limit])))
        return tuple(
            Weights(row["version"], from_stamp(row["fitted_at"]), json.loads(row["metrics"]), row["blob"])
            for row in rows
        )
