"""Convert values to and from column texts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(kind: type[T], value: T) -> str:
    """JSON text of a value of the dataclass `kind`."""
    text: str = _adapter(cast("Any", kind)).dump_json(value).decode()
    return text


def from_json(kind: type[T], text: str) -> T:
    """The value of the dataclass `kind` that `to_json` wrote."""
    value: T = _adapter(cast("Any", kind)).validate_json(text)
    return value


def to_stamp(moment: datetime) -> str:
    """UTC ISO text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def from_stamp(text: str) -> datetime:
    """The aware UTC time that `to_stamp` wrote."""
    return datetime.fromisoformat(text)


def to_day(day: date | None) -> str | None:
    """ISO text of a date, None for None."""
    return day.isoformat() if day else None


def from_day(text: str | None) -> date | None:
    """The date that `to_day` wrote."""
    return date.fromisoformat(text) if text else None
