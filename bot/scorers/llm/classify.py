"""What a server's refusal means: statuses, codes and the words around them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import openai

from bot.redaction import redacted
from bot.scorers.llm.dialect import FORMAT_PARAMETER, Dialect
from bot.scorers.llm.failures import CallFailed, Failure

_MOST_NOTE = 300
_MOST_READ = 10_000
_PARAMETERS = ("max_completion_tokens", "max_tokens", "temperature")
_ABOUT_FORMAT = re.compile(
    r"response_format|json_schema|json_object|json mode|grammar|structured|guided", re.IGNORECASE
)
_ABOUT_LENGTH = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|too many tokens|too long|request too large"
    r"|exceeds? the (?:available|model)",
    re.IGNORECASE,
)
_ABOUT_QUOTA = re.compile(
    r"insufficient_quota|insufficient balance|billing_hard_limit|exceeded your current quota", re.IGNORECASE
)
_NOT_SUPPORTED = re.compile(
    r"unsupported|not supported|not permitted|unknown|unrecognized|does not support|extra", re.IGNORECASE
)
_NEVER_CONNECTED = {"ConnectError", "ConnectTimeout", "PoolTimeout"}


def classify(error: openai.APIStatusError, dialect: Dialect) -> tuple[Failure, str]:
    """What a status means, and the parameter it is about, where it is about one."""
    status = error.status_code
    text = f"{error.code} {error.type} {error.param} {note(error.message)}"
    if failure := _plain_meaning(status, text):
        return failure, ""
    if status in {400, 422, 500, 501} and (parameter := _parameter(error, text, dialect)):
        return Failure.UNSUPPORTED, parameter
    passes = status in {408, 409, 425} or status >= 500
    if passes and error.response.headers.get("x-should-retry") != "false":
        return Failure.SERVER_ERROR, ""
    return Failure.BAD_REQUEST, ""


def _plain_meaning(status: int, text: str) -> Failure | None:
    """What can be told without looking at the parameters; the order matters."""
    meanings = (
        (status == 402 or (status in {400, 403, 429} and _ABOUT_QUOTA.search(text)), Failure.QUOTA),
        ("content_filter" in text or "content_policy" in text, Failure.REFUSED),
        (status in {401, 403}, Failure.KEY_REFUSED),
        (status == 404 or "model_not_found" in text, Failure.NOT_FOUND),
        (status == 413 or (status in {400, 422, 429, 500} and _ABOUT_LENGTH.search(text)), Failure.TOO_LONG),
        (status == 429, Failure.RATE_LIMITED),
    )
    return next((failure for applies, failure in meanings if applies), None)


def _parameter(error: openai.APIStatusError, text: str, dialect: Dialect) -> str:
    """The parameter a server does not take; a plain 400 is blamed on the answer's form as long as that can be eased."""
    for name in _PARAMETERS:
        # The other limit's name stands in the same sentence: "use max_completion_tokens instead".
        names_it = error.param == name or (error.param is None and name in text and _NOT_SUPPORTED.search(text))
        if names_it and name in {"temperature", dialect.limit}:
            return name
    if _ABOUT_FORMAT.search(text):
        return FORMAT_PARAMETER
    return FORMAT_PARAMETER if error.status_code in {400, 422} and dialect.without(FORMAT_PARAMETER) else ""


def connection_failure(error: openai.APIConnectionError) -> CallFailed:
    """No connection at all is free; one that broke may have been charged."""
    cause = error.__cause__
    name = type(cause).__name__ if cause is not None else type(error).__name__
    failure = Failure.CONNECTION if name in _NEVER_CONNECTED else Failure.DROPPED
    return CallFailed(failure, note(f"{name}: {cause or error}"))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds a server asks to wait, from any of the three headers in use."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / scale
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    moment = _moment(headers, "retry-after")
    # The server's own clock is the one it means.
    return max(0.0, (moment - (_moment(headers, "date") or now)).total_seconds()) if moment else None


def _moment(headers: Mapping[str, str], name: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(headers[name])
    except (KeyError, ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None


def note(text: str, secrets: Collection[str] = ()) -> str:
    """What a server said, on one line of bounded length, without these secrets or anything that looks like one.

    Some servers repeat the request that they refuse, its headers included.
    """
    return " ".join(redacted(text[:_MOST_READ], secrets).split())[:_MOST_NOTE]
