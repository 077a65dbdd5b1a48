"""What a refusal means: statuses, codes and the words around them, in the order in which they decide."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from bot.endpoints.bodies import Said
from bot.endpoints.failures import Failure
from bot.endpoints.waits import wait_of


def _patterns() -> dict[str, re.Pattern[str]]:
    listed = tomllib.loads(files("bot.endpoints").joinpath("refusals.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(alternatives), re.IGNORECASE) for name, alternatives in listed.items()}


_WORDS = _patterns()
TEMPERATURE, FORM, LIMIT, SYSTEM, STREAM = "temperature", "response_format", "limit", "system", "stream"

_CREDIT = _WORDS["credit"]
_SOFT_QUOTA = _WORDS["soft_quota"]
_A_DAY = _WORDS["a_day"]
_FLAGGED = _WORDS["flagged"]
_REGION = _WORDS["region"]
_FIREWALL = _WORDS["firewall"]
_KEY_MISSING = _WORDS["key_missing"]
_KEY_WRONG = _WORDS["key_wrong"]
_MODEL = _WORDS["model"]
_LONG = _WORDS["long"]
_LIMIT_HIGH = _WORDS["limit_high"]
_PROMPT_COUNTED = _WORDS["prompt_counted"]
_BUSY = _WORDS["busy"]
_LOADING = _WORDS["loading"]
_FAULT = _WORDS["fault"]
_OUR_NAMES = tuple((name, _WORDS[f"about_{name}"]) for name in (TEMPERATURE, STREAM, FORM, LIMIT, SYSTEM))
_ADVICE = re.compile(
    r"(?:use|instead of|switch to|did you mean|try)\s+['\"`]?max_(?:completion_)?tokens", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.])\d{1,7}(?![\w.]*\d)")
_NO_ROUTE = _WORDS["no_route"]
_BATCH = _WORDS["batch"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal means. `parameter` is the one refused, `limit` a number named for a length, `wait_s` a pause."""

    kind: Failure
    parameter: str = ""
    limit: int | None = None
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    status: int
    said: Said
    has_key: bool
    wait_s: float | None


def meaning_of(
    status: int, said: Said, headers: Mapping[str, str], now: datetime, *, has_key: bool = True, asked_tokens: int = 0
) -> Meaning:
    """What a refusal of this status and body means; `status` 200 stands for an error that came as an answer."""
    if status == 200:
        status = next((number for number in said.numbers if 400 <= number < 600), 200)
    wait_s = wait_of(headers, said.text, now)
    case = _Case(status, said, has_key, wait_s)
    kind = next((kind for kind, applies in _RULES if applies(case)), Failure.BAD_REQUEST)
    if kind is Failure.ANSWER_LIMIT:
        return Meaning(kind, LIMIT, _largest_below(said.text, asked_tokens))
    if kind is Failure.UNSUPPORTED:
        return Meaning(kind, _parameter(said))
    if kind is Failure.SERVER_ERROR and headers.get("x-should-retry") == "false" and status >= 500:
        kind = Failure.BAD_REQUEST
    return Meaning(kind, wait_s=wait_s if kind.is_passing else None)


def batch_limit_in(said: Said, asked: int) -> int | None:
    """The most texts of a request that a refusal names or means, of `asked`; None if it is about something else."""
    if not _BATCH.search(said.text):
        return None
    return _largest_below(said.text, asked) or max(1, asked // 2)


def _page(case: _Case) -> bool:
    return case.said.is_page


def _about_us(case: _Case) -> bool:
    """Whether it speaks of a parameter of ours, so that "not supported" is said of that and not of the model."""
    return bool(_parameter(case.said))


def _is_quota(case: _Case) -> bool:
    if case.status == 402 or _CREDIT.search(case.said.text):
        return case.status in {200, 400, 401, 402, 403, 429, 432} or case.status >= 500
    if case.status not in {200, 403, 429}:
        return False
    is_daily = case.status == 429 and _A_DAY.search(case.said.text)
    return bool(is_daily or (case.wait_s is None and _SOFT_QUOTA.search(case.said.text)))


def _lacks_key(case: _Case) -> bool:
    if case.status not in {200, 400, 401, 403}:
        return False
    if case.status == 401 and not case.has_key:
        return True
    return not _page(case) and bool(_KEY_MISSING.search(case.said.text))


def _is_flagged(case: _Case) -> bool:
    return (
        case.status in {200, 400, 403, 406, 422, 451, 500} and not _page(case) and bool(_FLAGGED.search(case.said.text))
    )


def _is_model(case: _Case) -> bool:
    if _about_us(case) and "model_not_found" not in case.said.text:
        return False
    return case.status in {200, 400, 401, 403, 404, 410, 422, 500, 503} and bool(_MODEL.search(case.said.text))


def _is_limit(case: _Case) -> bool:
    text = case.said.text
    is_about = bool(_LIMIT_HIGH.search(text)) and not _PROMPT_COUNTED.search(text)
    return case.status in {200, 400, 422} and is_about and bool(_NUMBER.search(text))


def _is_long(case: _Case) -> bool:
    if case.status == 413:
        return True
    return case.status in {200, 400, 422, 429, 500} and bool(_LONG.search(case.said.text))


def _names_parameters(case: _Case) -> bool:
    return case.status == 404 and "parameter" in case.said.text.lower()


def _is_unrouted(case: _Case) -> bool:
    """Whether it is the answer of a web server that knows no such path, and not of an API."""
    return bool(_NO_ROUTE.fullmatch(case.said.text))


def _is_unsupported(case: _Case) -> bool:
    if case.status in {400, 422}:
        return True
    return case.status in {500, 501, 415} and case.said.is_json and _about_us(case)


def _is_firewall(case: _Case) -> bool:
    says_so = bool(_FIREWALL.search(case.said.text))
    if case.status == 511 or (case.status == 403 and "firewall" in case.said.text.lower()):
        return True
    if _page(case):
        return case.status in {403, 406} or (case.status in {401, 429, 503} and says_so)
    return case.status == 403 and not case.said.is_json and says_so


def _is_address(case: _Case) -> bool:
    return 300 <= case.status < 400 or (_page(case) and case.status in {400, 404, 405, 410})


def _is_busy(case: _Case) -> bool:
    if case.status == 429:
        return True
    return case.status in {200, 400, 403, 500, 503, 529} and not _about_us(case) and bool(_BUSY.search(case.said.text))


def _is_fault(case: _Case) -> bool:
    """Whether it is a fault behind the one who answers, whatever status that came with."""
    return case.status in {200, 400, 404, 422} and not _about_us(case) and bool(_FAULT.search(case.said.text))


def _within(*statuses: int, says: re.Pattern[str] | None = None) -> Callable[[_Case], bool]:
    return lambda case: case.status in statuses and (says is None or bool(says.search(case.said.text)))


_RULES: tuple[tuple[Failure, Callable[[_Case], bool]], ...] = (
    (Failure.PROXY, _within(407)),
    (Failure.REGION, _within(200, 400, 403, 451, says=_REGION)),
    (Failure.FIREWALL, _is_firewall),
    (Failure.ADDRESS_WRONG, _is_address),
    (Failure.WEB_PAGE, lambda case: _page(case) and case.status == 200),
    (Failure.SERVER_ERROR, lambda case: _page(case) and case.status >= 500),
    (Failure.QUOTA, _is_quota),
    (Failure.REFUSED, _is_flagged),
    (Failure.NO_KEY, _lacks_key),
    (Failure.KEY_REFUSED, _within(200, 400, 401, 403, says=_KEY_WRONG)),
    (Failure.UNSUPPORTED, _names_parameters),
    (Failure.ANSWER_LIMIT, _is_limit),
    (Failure.LOADING, _within(200, 409, 425, 429, 500, 502, 503, says=_LOADING)),
    (Failure.TOO_LONG, _is_long),
    (Failure.MODEL_UNKNOWN, _is_model),
    (Failure.RATE_LIMITED, _is_busy),
    (Failure.SERVER_ERROR, _is_fault),
    (Failure.FORBIDDEN, _within(401, 403)),
    (Failure.NOT_FOUND, lambda case: case.status in {404, 410} and case.said.is_json and not _is_unrouted(case)),
    (Failure.ADDRESS_WRONG, _within(404, 405, 410)),
    (Failure.UNSUPPORTED, _is_unsupported),
    (Failure.SERVER_ERROR, lambda case: case.status in {200, 408, 409, 425} or case.status >= 500),
)


def _parameter(said: Said) -> str:
    """The parameter of ours that a refusal is about, "" if it names none."""
    for named in said.names:
        for ours, pattern in _OUR_NAMES:
            if pattern.search(named):
                return ours
    text = _ADVICE.sub("", said.text)  # "use max_completion_tokens instead" names what is right
    return next((ours for ours, pattern in _OUR_NAMES if pattern.search(text)), "")


def _largest_below(text: str, asked: int) -> int | None:
    """The largest number in a text that is smaller than what was asked for: the limit it names."""
    numbers = [int(found) for found in _NUMBER.findall(text.replace(",", ""))]
    return max((number for number in numbers if 0 < number < asked), default=None)
