"""How a request is worded: what one server asks for another refuses, and only trying tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class Mode(StrEnum):
    """How the form of the answer is asked for, strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


_WEAKER = {Mode.SCHEMA: Mode.OBJECT, Mode.OBJECT: Mode.TEXT}
_LIMITS = ("max_completion_tokens", "max_tokens")
FORMAT_PARAMETER = "response_format"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to word a request. `limit` names the parameter that bounds the answer."""

    mode: Mode = Mode.SCHEMA
    limit: str = _LIMITS[0]
    temperature: bool = True

    def __str__(self) -> str:
        return f"{self.mode} {self.limit}{' temperature' if self.temperature else ''}"

    @classmethod
    def parse(cls, text: str) -> Dialect | None:
        """The dialect of this text, None if it is none."""
        mode, _, rest = text.partition(" ")
        limit, _, temperature = rest.partition(" ")
        if mode not in set(Mode) or limit not in _LIMITS:
            return None
        return cls(Mode(mode), limit, temperature == "temperature")

    @classmethod
    def first_guess(cls, base_url: str) -> Dialect:
        """What to try first: the newer limit at OpenAI itself, the one that everybody else heeds elsewhere."""
        host = urlsplit(base_url).hostname or ""
        return cls(limit=_LIMITS[0] if host.endswith(("openai.com", "openai.azure.com")) else _LIMITS[1])

    def parameters(self, schema: dict[str, Any], most_tokens: int) -> dict[str, Any]:
        """The parameters that depend on the dialect."""
        chosen: dict[str, Any] = {self.limit: most_tokens}
        if self.temperature:
            chosen["temperature"] = 0
        if self.mode is Mode.SCHEMA:
            chosen[FORMAT_PARAMETER] = {"type": "json_schema", "json_schema": schema}
        elif self.mode is Mode.OBJECT:
            chosen[FORMAT_PARAMETER] = {"type": "json_object"}
        return chosen

    def without(self, parameter: str) -> Dialect | None:
        """The next dialect to try where `parameter` is not supported ("" if the server did not say which).

        None if there is nothing left to leave out.
        """
        if parameter == "temperature":
            return replace(self, temperature=False) if self.temperature else None
        if parameter in _LIMITS:
            other = _LIMITS[1] if self.limit == _LIMITS[0] else _LIMITS[0]
            return replace(self, limit=other) if parameter == self.limit else None
        return replace(self, mode=_WEAKER[self.mode]) if self.mode in _WEAKER else None


class Dialects:
    """The dialect that works, as far as it is known; shared by all requests to one server and model."""

    def __init__(self, first: Dialect) -> None:
        self.current = first
        self._refused_limits: set[str] = set()

    def refused(self, dialect: Dialect, parameter: str) -> bool:
        """Learn that `dialect` does not work because of `parameter`; False if there is nothing else to try."""
        if dialect != self.current:
            return True  # another request found out before
        if parameter in _LIMITS:
            self._refused_limits.add(dialect.limit)
        lower = dialect.without(parameter)
        if lower is None or lower.limit in self._refused_limits:
            return False
        self.current = lower
        return True
