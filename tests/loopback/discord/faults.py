"""What can go wrong with a call, on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

KINDS = (
    "lost",  # done, but the answer never arrives: the connection breaks
    "broken",  # the connection breaks before anything is done
    "silent",  # nothing is done, and there is no answer for as long as the caller waits
    "silent-done",  # done, and there is no answer for as long as the caller waits
    "500",  # an error, nothing done; so are 502, 503 and 504
    "502",
    "503",
    "504",
    "500-done",  # an error although it was done
    "slow",  # done at once, answered after `seconds`
    "late",  # the connection breaks, and `seconds` later, or when told to `land`, it is done after all
    "silent-late",  # no answer for as long as the caller waits; done after `seconds`, or when told to `land`
    "429",  # "wait `seconds`", for this route
    "429-global",  # "wait `seconds`", for everything
    "cloudflare",  # an HTML page with status 429: banned for too many bad requests
    "error",  # Discord's error `code` with `status`
)


def _nothing() -> None:
    """Do nothing more."""


@dataclass(slots=True)
class Fault:
    """Strikes calls of `operation` ("*": any) `times` times after letting `after` of them pass.

    `then` is called once the call is done, or left undone, and before any answer: the place to kill the caller. With
    `seconds` None a late call lands only when `LoopbackDiscord.land` says so.
    """

    kind: str
    operation: str = "create_message"
    times: int = 1
    after: int = 0
    seconds: float | None = 0.2
    code: int = 0
    status: int = 400
    then: Callable[[], None] = _nothing

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r}: one of {', '.join(KINDS)}")

    def strikes(self, operation: str) -> bool:
        """Whether it strikes this call; counts it."""
        if self.operation not in {"*", operation} or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True
