"""What can go wrong with one request to a model, whatever the server's own way of saying so."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """Why there is no usable answer."""

    RATE_LIMITED = "rate limited"
    LOADING = "model loading"
    SERVER_ERROR = "server error"
    TIMEOUT = "time-out"
    CONNECTION = "no connection"
    DROPPED = "connection dropped"
    NOT_AN_ANSWER = "not an answer"  # nothing, broken JSON, an object of another kind
    WEB_PAGE = "web page"
    NO_KEY = "key missing"
    KEY_REFUSED = "key refused"
    FORBIDDEN = "forbidden"  # 401 or 403 without a word about key, region or content
    QUOTA = "quota used up"
    MODEL_UNKNOWN = "model unknown"
    ADDRESS_WRONG = "address wrong"
    NOT_FOUND = "model or address unknown"
    REGION = "region not served"
    FIREWALL = "firewall"
    PROXY = "proxy login"
    TOO_LONG = "too long"
    ANSWER_LIMIT = "answer limit too high"
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
        return self in _FINAL

    @property
    def may_be_charged(self) -> bool:
        """Whether the provider may have worked, and charged, although no answer came."""
        return self in {Failure.TIMEOUT, Failure.DROPPED}

    @property
    def words(self) -> str:
        """The reason in a reader's words, about "it", the model."""
        return _WORDS[self]


_PASSING = {
    Failure.RATE_LIMITED,
    Failure.LOADING,
    Failure.SERVER_ERROR,
    Failure.TIMEOUT,
    Failure.CONNECTION,
    Failure.DROPPED,
    Failure.NOT_AN_ANSWER,
    Failure.WEB_PAGE,
}
_FINAL = {
    Failure.NO_KEY,
    Failure.KEY_REFUSED,
    Failure.QUOTA,
    Failure.MODEL_UNKNOWN,
    Failure.ADDRESS_WRONG,
    Failure.NOT_FOUND,
    Failure.REGION,
    Failure.FIREWALL,
    Failure.PROXY,
}

_WORDS = {
    Failure.RATE_LIMITED: "it is too busy",
    Failure.LOADING: "it is still loading its model",
    Failure.SERVER_ERROR: "its server has a fault",
    Failure.TIMEOUT: "it did not answer in time",
    Failure.CONNECTION: "it could not be reached",
    Failure.DROPPED: "the connection broke",
    Failure.NOT_AN_ANSWER: "its answers cannot be understood",
    Failure.WEB_PAGE: "its answers cannot be understood: a web page came; is the address right?",
    Failure.NO_KEY: "it wants a key and none is set",
    Failure.KEY_REFUSED: "its key was refused",
    Failure.FORBIDDEN: "it refused the access",
    Failure.QUOTA: "its credit, quota or budget is used up",
    Failure.MODEL_UNKNOWN: "the model is unknown there",
    Failure.ADDRESS_WRONG: "the address is wrong: no such API is there",
    Failure.NOT_FOUND: "the model or the address is unknown",
    Failure.REGION: "its provider does not serve this country or region",
    Failure.FIREWALL: "a firewall or bot check stands before it",
    Failure.PROXY: "a proxy on the way to it wants a login",
    Failure.TOO_LONG: "the texts are too long for it",
    Failure.ANSWER_LIMIT: "its answers may not be as long as they must be",
    Failure.UNSUPPORTED: "it does not take such requests",
    Failure.BAD_REQUEST: "it does not take such requests",
    Failure.REFUSED: "its provider's content check refused",
    Failure.LEFT_OUT: "it left papers out",
    Failure.BUDGET: "the day's budget is reached",
}


class CallFailed(Exception):
    """One request brought no usable answer; never leaves scorers and embedders.

    `wait_s` is what the server asked to wait, `parameter` the one it does not support, `limit` a number it named: the
    most tokens, or the most texts, of a request. `said` is what it said, for telling two refusals apart. `used_tokens`
    is what it counted for a request without an answer. It is no news if nothing was sent because of an earlier failure.
    """

    def __init__(
        self,
        kind: Failure,
        message: str,
        *,
        wait_s: float | None = None,
        parameter: str = "",
        limit: int | None = None,
        said: str = "",
        used_tokens: int = 0,
        is_news: bool = True,
    ) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.wait_s = wait_s
        self.parameter = parameter
        self.limit = limit
        self.said = said
        self.used_tokens = used_tokens
        self.is_news = is_news
