"""Numbers as models write scores, and the scale they are on."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

_NUMBER = re.compile(
    r"[^\d+-]{0,24}?([-+]?\d{1,3}(?:[.,]\d{1,6})?)\s{0,3}"
    r"(?:(?:/|out of|von|of)\s{0,3}(100|10|5|1)(?:\.0)?\b|(%))?[^\d]{0,80}",
    re.IGNORECASE,
)
_MOST = 10


class Scale(Enum):
    """How far scores go."""

    ONE = 1
    TEN = 10
    HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written; `out_of` is the end of its scale where that stands beside it."""

    value: float
    is_fraction: bool = False
    out_of: int | None = None


def number_in(value: Any) -> Number | None:
    """The one number of a value such as 8, 7.5, "8/10", "80 %" or "8 (high)"; None where there is any doubt."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        if not -1000 < value < 1000:
            return None
        return Number(float(value), is_fraction=value != math.floor(value))
    if not isinstance(value, str):
        return None
    match = _NUMBER.fullmatch(value.strip()[:120])
    if not match:
        return None
    number = float(match[1].replace(",", "."))
    out_of = 100 if match[3] else int(match[2]) if match[2] else None
    return Number(number, is_fraction=number != math.floor(number), out_of=out_of)


def scale_of(numbers: Sequence[Number], known: Scale | None) -> Scale | None:
    """The scale of an answer's numbers; None if they may be on more than one.

    A fraction where nothing is above 1 means 0 to 1; most numbers above 10 mean 0 to 100, where a single one is only
    wrong, for it must not change what its neighbours are worth.
    """
    values = [number.value for number in numbers if number.out_of is None]
    if not values:
        return known or Scale.TEN
    if max(values) <= 1:
        return Scale.ONE if any(number.is_fraction for number in numbers) else known
    if sum(value > _MOST for value in values) * 2 > len(values) or (known is Scale.HUNDRED and max(values) > _MOST):
        return Scale.HUNDRED
    return Scale.TEN


def score_on(number: Number, scale: Scale) -> int | None:
    """A whole number from 1 to 10; None for what lies outside its scale: that is asked again, not moved inside."""
    top = number.out_of or scale.value
    if not 0 <= number.value <= top or (top == _MOST and number.value < 1):
        return None
    return max(1, math.floor(number.value * _MOST / top + 0.5))
