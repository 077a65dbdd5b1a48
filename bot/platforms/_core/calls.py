"""A failed call of a platform's API, and what it means for the message it was to post."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

import tenacity

from bot.clock import Clock
from bot.errors import ChannelClosed, PlatformError, PostDelayed, PostRefused, PostUncertain

T = TypeVar("T")

_READS = 4  # attempts of a call that changes nothing
_READ_PAUSE_S = 2.0
_LONGEST_READ_PAUSE_S = 120.0
LONGEST_WAIT_S = 60.0  # whoever is asked to wait for longer has other things to do meanwhile


class Outcome(Enum):
    """What a failed call has done, and whether another one may succeed."""

    LATER = "had no effect; the same call may work later"
    UNKNOWN = "may have had its effect"
    CLOSED = "had no effect until a person opens the door: a token, a right, an invitation"
    REFUSED = "had no effect and never will"


class CallError(PlatformError):
    """A platform answered with an error, or not at all.

    `code` is the platform's own word or number for it, "" where it gave none; `status` is HTTP's, 0 where there was no
    answer. `retry_after_s` is what the platform asked for, in seconds, or None.
    """

    def __init__(
        self, message: str, outcome: Outcome, code: str = "", *, status: int = 0, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.code = code
        self.status = status
        self.retry_after_s = retry_after_s


def of_a_post(error: CallError) -> PlatformError:
    """What a failed call means for the message it was to post."""
    match error.outcome:
        case Outcome.LATER:
            return PostDelayed(str(error), error.retry_after_s)
        case Outcome.UNKNOWN:
            return PostUncertain(str(error))
        case Outcome.CLOSED:
            return ChannelClosed(str(error))
        case Outcome.REFUSED:
            return PostRefused(str(error))


async def read(call: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """Make a call that changes nothing, again while that may help.

    Raises:
        CallError: it failed for good.
    """

    async def attempt() -> T:  # tenacity awaits nothing but coroutine functions
        return await call()

    retrying = tenacity.AsyncRetrying(
        sleep=clock.sleep,
        stop=tenacity.stop_after_attempt(_READS),
        wait=_pause_s,
        retry=tenacity.retry_if_exception(_may_pass),
        reraise=True,
    )
    return await retrying(attempt)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, CallError) and error.outcome in {Outcome.LATER, Outcome.UNKNOWN}


def _pause_s(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked_s = error.retry_after_s if isinstance(error, CallError) else None
    return min(asked_s or _READ_PAUSE_S * 2 ** (state.attempt_number - 1), _LONGEST_READ_PAUSE_S)
