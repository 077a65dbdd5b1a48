"""What can go wrong between a client and an LLM, as the providers really say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>"


def _nothing() -> None:
    """Do nothing more."""


@dataclass(slots=True)
class Fault:
    """Strikes `times` requests (None: all) after leaving `skip` in peace, those alone that hold `about` if it is given.

    Kinds: rate_limit, quota, server_error, overloaded, unauthorized, unknown_model, too_long, html, html_200, bad_json,
    empty, hang, drop, lost (answered and counted, but the connection breaks), content_filter, refusal, silence (an
    answer without content), no_choices. `then` is called when a "lost" answer is made: the place to kill the caller.
    """

    kind: str
    times: int | None = 1
    skip: int = 0
    about: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    then: Callable[[], None] = _nothing
    struck: int = 0

    def strikes(self, text: str) -> bool:
        """Whether it strikes this request; counts."""
        if self.about not in text:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.struck >= self.times:
            return False
        self.struck += 1
        return True


# status, message, type, code
REFUSALS: dict[str, tuple[int, str, str, str | None]] = {
    "rate_limit": (
        429,
        "Rate limit reached for requests per min. Please try again.",
        "requests",
        "rate_limit_exceeded",
    ),
    "quota": (
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "server_error": (500, "The server had an error while processing your request.", "server_error", None),
    "overloaded": (503, "The engine is currently overloaded, please try again later.", "server_error", None),
    "unauthorized": (401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    "unknown_model": (
        404,
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    "too_long": (
        400,
        "This model's maximum context length is 4096 tokens. However, your messages resulted in more.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    "vague": (400, "Bad Request", "invalid_request_error", None),
    "no_json": (400, "Failed to generate JSON.", "invalid_request_error", "json_validate_failed"),
    "content_filter": (
        400,
        "The response was filtered due to the prompt triggering a content management policy.",
        "invalid_request_error",
        "content_filter",
    ),
}


def error_body(message: str, kind: str, code: str | None, param: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's envelope."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
