"""What can go wrong with a call, on demand."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "lost",  # done, but the answer never arrives: the connection breaks
    "broken",  # the connection breaks before anything is done
    "500",  # an error page, nothing done
    "500-done",  # an error page although it was done
    "slow",  # done at once, answered after `seconds`
    "late",  # the connection breaks, and `seconds` later it is done after all
    "429",  # "wait `seconds`"
    "html",  # status 200 and a page that is no JSON, nothing done
    "error",  # ok: false with `error`
)


@dataclass(slots=True)
class Fault:
    """Strikes calls of `method` ("*": any) `times` times after letting `after` of them pass."""

    kind: str
    method: str = "chat.postMessage"
    times: int = 1
    after: int = 0
    seconds: float = 0.2
    error: str = "internal_error"

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
