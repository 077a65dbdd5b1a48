"""Where a channel stands: which listing days are complete and were not posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.models import ListingState
from handlers.environment import Environment
from handlers.listing import ANNOUNCED


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a channel stands.

    `expected` is the newest listing day that should have been complete at the moment asked about, `days` the announced
    ones up to it that are after `mark` (the last one posted) and not too old to be posted unasked, oldest first.
    `too_old` counts the others. `doubts` say by day why one may not be whole yet.
    """

    expected: date
    mark: date | None
    days: tuple[date, ...]
    too_old: int = 0
    doubts: Mapping[date, str] = field(default_factory=dict)


async def situation_of(env: Environment, key: str, moment: datetime) -> Situation:
    """Where the channel stood with respect to the listings that should have been complete at `moment`."""
    categories = env.channel(key).categories
    expected = env.source.newest_day(moment)
    mark = await env.store.ledger.last_day(key)
    first = mark + timedelta(days=1) if mark else date.min
    announced = await announced_days(env, categories, first, expected)
    oldest = oldest_unasked(env)
    days = [day for day in announced if day >= oldest] if mark else list(announced)[-1:]
    doubts = {day: announced[day] for day in days if announced[day]}
    return Situation(expected, mark, tuple(days), len(announced) - len(days) if mark else 0, doubts)


async def announced_days(env: Environment, categories: Sequence[str], first: date, last: date) -> Mapping[date, str]:
    """The days from `first` to `last` that are announced in all these categories, oldest first.

    Each with the reason why it may not be whole yet, "" for a complete one.
    """
    records = await env.store.listings.records(env.source.name, categories, first, last)
    announced: dict[date, list[str]] = {}
    for record in records:
        if record.state in ANNOUNCED:
            doubt = record.note if record.state is ListingState.PARTIAL else ""
            announced.setdefault(record.day, []).append(doubt)
    n_categories = len(set(categories))
    return {day: max(doubts) for day, doubts in sorted(announced.items()) if len(doubts) == n_categories}


def oldest_unasked(env: Environment) -> date:
    """The oldest listing day that is still posted without being asked for."""
    return env.clock.now().date() - timedelta(days=env.settings.timing.catch_up_days)
