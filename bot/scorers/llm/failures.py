"""What can go wrong with one request to an LLM, whatever the server's own way of saying so."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """Why there is no usable answer."""

    RATE_LIMITED = "rate limited"
    SERVER_ERROR = "server error"
    TIMEOUT = "time-out"
    CONNECTION = "no connection"
    DROPPED = "connection dropped"
    NOT_AN_ANSWER = "not an answer"  # HTML, broken JSON, nothing
    KEY_REFUSED = "key refused"
    QUOTA = "quota used up"
    NOT_FOUND = "model or address unknown"
    TOO_LONG = "too long"
    UNSUPPORTED = "parameter not supported"
    BAD_REQUEST = "request refused"
    REFUSED = "refused to answer"
    LEFT_OUT = "left out"
    BUDGET = "budget reached"

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self in _PASSING

    @property
    def is_final(self) -> bool:
        """Whether no other request can succeed either until somebody changes something."""
        return self in {Failure.KEY_REFUSED, Failure.QUOTA, Failure.NOT_FOUND}

    @property
    def may_be_charged(self) -> bool:
        """Whether the provider may have worked, and charged, although no answer came."""
        return self in {Failure.TIMEOUT, Failure.DROPPED, Failure.NOT_AN_ANSWER}

    @property
    def words(self) -> str:
        """The reason in a reader's words, about "it", the LLM."""
        return _WORDS[self]


_PASSING = {
    Failure.RATE_LIMITED,
    Failure.SERVER_ERROR,
    Failure.TIMEOUT,
    Failure.CONNECTION,
    Failure.DROPPED,
    Failure.NOT_AN_ANSWER,
}

_WORDS = {
    Failure.RATE_LIMITED: "it is too busy",
    Failure.SERVER_ERROR: "its server has a fault",
    Failure.TIMEOUT: "it did not answer in time",
    Failure.CONNECTION: "it could not be reached",
    Failure.DROPPED: "the connection broke",
    Failure.NOT_AN_ANSWER: "its answers cannot be understood",
    Failure.KEY_REFUSED: "its key was refused",
    Failure.QUOTA: "its quota is used up",
    Failure.NOT_FOUND: "the model or the address is unknown",
    Failure.TOO_LONG: "the texts are too long for it",
    Failure.UNSUPPORTED: "it does not take such requests",
    Failure.BAD_REQUEST: "it does not take such requests",
    Failure.REFUSED: "it refused",
    Failure.LEFT_OUT: "it left papers out",
    Failure.BUDGET: "the day's budget is reached",
}


class CallFailed(Exception):
    """One request brought no usable answer; never leaves this package.

    `retry_after_s` is what the server asked for, `parameter` the one it does not support, where it said so.
    """

    def __init__(self, kind: Failure, message: str, *, retry_after_s: float | None = None, parameter: str = "") -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.parameter = parameter
