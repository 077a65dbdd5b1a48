"""What the simulated arXiv knows of time, written without the bot's own calendar so that neither hides the other's mistakes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


def eastern_midnight(day: date) -> datetime:
    """When index and feeds are rebuilt for the listing of this date, as UTC."""
    return datetime.combine(day, time(0), EASTERN).astimezone(UTC)


def closing(day: date) -> datetime:
    """When submissions for the listing of this date close: 14:00 Eastern on the weekday before, as UTC."""
    before = day - DAY * (3 if day.weekday() == 0 else 2 if day.weekday() == 6 else 1)
    return datetime.combine(before, time(14), EASTERN).astimezone(UTC)


def opening(day: date) -> datetime:
    """When submissions for a listing open if the weekday before had one too, as UTC."""
    return closing(day - DAY * (3 if day.weekday() == 0 else 1))
