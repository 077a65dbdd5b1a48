"""How long a server asks to wait, in whichever header or sentence it says so."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_UNITS = {
    "ms": 0.001, "milli": 0.001, "毫秒": 0.001, "h": 3600.0, "小时": 3600.0, "m": 60.0, "分": 60.0, "s": 1.0, "秒": 1.0
}  # fmt: skip
_UNIT = r"(?:ms|milliseconds?|h|hours?|hrs?|m|mins?|minutes?|s|secs?|seconds?|毫秒|小时|分钟?|秒)"
_SPAN = rf"\d{{1,6}}(?:\.\d{{1,9}})?\s{{0,2}}{_UNIT}"
_ONE = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)\s{0,2}(ms|milli|毫秒|h|小时|m|分|s|秒)", re.IGNORECASE)
_BEFORE = (
    r"(?:retry|try again|wait|again|available|resets?|come back|loading|ready|重试|等待|稍后|estimated.?time|back.?off)"
    r"[^\d\n]{0,40}?"
)
_IN_WORDS = re.compile(rf"{_BEFORE}((?:{_SPAN}[ ,]{{0,2}}(?:and )?){{1,3}})(?!\w|\.\d)", re.IGNORECASE)
_AFTER = re.compile(rf"({_SPAN})\s{{0,2}}(?:后|之后)?(?:重试|再试)|in ({_SPAN})", re.IGNORECASE)
_BARE = re.compile(
    r"(?:retry.?after(?:.?(?:s|sec|seconds))?|estimated.?time|retry.?in|wait.?seconds)[\"']?\s?[:=]\s?"
    r"(\d{1,6}(?:\.\d{1,9})?)(?![\w.])",
    re.IGNORECASE,
)
_RESETS = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-ratelimit-reset", "ratelimit-reset")
_EPOCH_S, _EPOCH_MS = 1e9, 1e12
_WORTH_S = 0.001


def wait_of(headers: Mapping[str, str], text: str, now: datetime) -> float | None:
    """The seconds that headers or, failing these, words ask to wait; None if neither does."""
    named = _retry_after(headers, now)
    if named is None:
        named = wait_in(text)
    return _reset(headers, now) if named is None else named


def wait_in(text: str) -> float | None:
    """The seconds that a sentence or field asks to wait: "try again in 1m26.7s", "retryDelay: 26s"."""
    if found := _IN_WORDS.search(text):
        return seconds_in(found[1])
    if bare := _BARE.search(text):
        return float(bare[1])
    if after := _AFTER.search(text):
        return seconds_in(after[1] or after[2])
    return None


def seconds_in(span: str) -> float:
    """The seconds of a span such as "1m26.7s" or "250ms"."""
    return sum(float(number) * _UNITS[unit.lower()] for number, unit in _ONE.findall(span))


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / scale
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    stated = headers.get("retry-after", "")
    if _ONE.match(stated.strip()):
        return seconds_in(stated)
    moment = _moment(headers, "retry-after")
    # The server's own clock is the one it means.
    return max(0.0, (moment - (_moment(headers, "date") or now)).total_seconds()) if moment else None


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """The longest of the windows that are used up, as the headers of rate limits state them."""
    spans = [_span(headers[name], now) for name in _RESETS if name in headers and _is_used_up(headers, name)]
    return max((span for span in spans if span is not None and span >= _WORTH_S), default=None)


def _is_used_up(headers: Mapping[str, str], reset: str) -> bool:
    return headers.get(reset.replace("reset", "remaining"), "0").strip() in {"0", "0.0", "-1"}


def _span(value: str, now: datetime) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return seconds_in(value) if _ONE.match(value.strip()) else None
    if not math.isfinite(number) or number < 0:
        return None
    if number >= _EPOCH_S:
        epoch_s = number / 1000 if number >= _EPOCH_MS else number
        return max(0.0, epoch_s - now.timestamp())
    return number


def _moment(headers: Mapping[str, str], name: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers[name])
    except (KeyError, ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None
