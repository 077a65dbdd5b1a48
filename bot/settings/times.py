"""Read times of day as people write them."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and len(value.split(":")) == 2:
        hours, minutes = value.split(":")
        if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
            return time(int(hours), int(minutes))
    if isinstance(value, time):
        return value
    raise ValueError('a time of day such as "09:00"')


def _in_lower_case(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Weekday = Annotated[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], BeforeValidator(_in_lower_case)]

# Named apart from a field `time`, which would hide the type.
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
