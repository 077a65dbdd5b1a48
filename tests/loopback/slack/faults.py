"""What can go wrong with a call, on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

KINDS = (
    "lost",  # done, but the answer never arrives: the connection breaks
    "broken",  # the connection breaks before anything is done
    "500",  # an error page, nothing done
    "500-done",  # an error page although it was done
    "slow",  # done at once, answered after `seconds`
    "late",  # the connection breaks, and `seconds` later, or when told to `land`, it is done after all
    "429",  # "wait `seconds`"
    "html",  # status 200 and a page that is no JSON, nothing done
    "error",  # ok: false with `error`
)


def _nothing() -> None:
    """Do nothing more."""


@dataclass(slots=True)
class Fault:
    """Strikes calls of `method` ("*": any) `times` times after letting `after` of them pass.

    `then` is called once the call is done, or left undone, and before any answer: the place to kill the caller. With
    `seconds` None a late call lands only when `LoopbackSlack.land` says so.
    """

    kind: str
    method: str = "chat.postMessage"
    times: int = 1
    after: int = 0
    seconds: float | None = 0.2
    error: str = "internal_error"
    then: Callable[[], None] = _nothing

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r}: one of {', '.join(KINDS)}")

    def strikes(self, method: str) -> bool:
        """Whether it strikes this call; counts it."""
        if self.method not in {"*", method} or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True
