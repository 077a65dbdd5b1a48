"""What can go wrong with one request to an LLM, whatever the server's own way of saying so."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
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
        return self in {Trouble.KEY_REFUSED, Trouble.QUOTA, Trouble.NOT_FOUND}

    @property
    def may_be_charged(self) -> bool:
        """Whether the provider may have worked, and charged, although no answer came."""
        return self in {Trouble.TIMEOUT, Trouble.DROPPED, Trouble.NOT_AN_ANSWER}

    @property
    def words(self) -> str:
        """The reason in a reader's words, about "it", the LLM."""
        return _WORDS[self]


_PASSING = {
    Trouble.RATE_LIMITED,
    Trouble.SERVER_ERROR,
    Trouble.TIMEOUT,
    Trouble.CONNECTION,
    Trouble.DROPPED,
    Trouble.NOT_AN_ANSWER,
}

_WORDS = {
    Trouble.RATE_LIMITED: "it is too busy",
    Trouble.SERVER_ERROR: "its server has a fault",
    Trouble.TIMEOUT: "it did not answer in time",
    Trouble.CONNECTION: "it could not be reached",
    Trouble.DROPPED: "the connection broke",
    Trouble.NOT_AN_ANSWER: "its answers cannot be understood",
    Trouble.KEY_REFUSED: "its key was refused",
    Trouble.QUOTA: "its quota is used up",
    Trouble.NOT_FOUND: "the model or the address is unknown",
    Trouble.TOO_LONG: "the texts are too long for it",
    Trouble.UNSUPPORTED: "it does not take such requests",
    Trouble.BAD_REQUEST: "it does not take such requests",
    Trouble.REFUSED: "it refused",
    Trouble.LEFT_OUT: "it left papers out",
    Trouble.BUDGET: "the day's budget is reached",
}


class CallFailed(Exception):
    """One request brought no usable answer; never leaves this package.

    `retry_after_s` is what the server asked for, `parameter` the one it does not support, where it said so.
    """

    def __init__(
        self, trouble: Trouble, message: str, *, retry_after_s: float | None = None, parameter: str = ""
    ) -> None:
        super().__init__(f"{trouble}: {message}")
        self.trouble = trouble
        self.retry_after_s = retry_after_s
        self.parameter = parameter
