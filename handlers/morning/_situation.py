"""Where a channel stands: which listing days are complete and were not posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.models import ListingState
from handlers.environment import Environment


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a channel stands.

    `expected` is the newest listing day that should have been complete at the moment asked about, `days` the complete
    ones up to it that are after `mark` (the last one posted) and not too old to be posted unasked, oldest first.
    `too_old` counts the others.
    """

    expected: date
    mark: date | None
    days: tuple[date, ...]
    too_old: int = 0


async def situation_of(env: Environment, key: str, moment: datetime) -> Situation:
    """Where the channel stood with respect to the listings that should have been complete at `moment`."""
    categories = env.channel(key).categories
    expected = env.source.newest_day(moment)
    mark = await env.store.ledger.mark(key)
    if mark is None:
        newest = await env.store.listings.newest_complete(env.source.name, categories, expected)
        return Situation(expected, None, (newest,) if newest else ())
    days = await complete_days(env, categories, mark + timedelta(days=1), expected)
    oldest = oldest_unasked(env)
    return Situation(expected, mark, tuple(day for day in days if day >= oldest), sum(day < oldest for day in days))


async def complete_days(env: Environment, categories: Sequence[str], first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` whose listing is complete in all these categories, oldest first."""
    records = await env.store.listings.records(env.source.name, categories, first, last)
    by_day: dict[date, int] = {}
    for record in records:
        if record.state is ListingState.COMPLETE:
            by_day[record.day] = by_day.get(record.day, 0) + 1
    return tuple(sorted(day for day, count in by_day.items() if count == len(set(categories))))


def oldest_unasked(env: Environment) -> date:
    """The oldest listing day that is still posted without being asked for."""
    return env.clock.now().date() - timedelta(days=env.settings.timing.catch_up_days)
