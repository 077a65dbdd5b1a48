"""How a request is worded: what one server asks for another refuses, and only trying tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.endpoints.meanings import FORM, LIMIT, STREAM, SYSTEM, TEMPERATURE


class Mode(StrEnum):
    """How the form of the answer is asked for, strictest first."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    TEXT = "text"


_WEAKER = {Mode.SCHEMA: Mode.OBJECT, Mode.OBJECT: Mode.TEXT}
_LIMITS = ("max_completion_tokens", "max_tokens")
NO_LIMIT = "unlimited"
_V1 = "/v1"
_ODD_BEFORE_KEPT = 3  # requests that needed another wording than the one that works, until that is the one


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to word a request. `limit` names the parameter that bounds the answer.

    With `system` the constant part has a message of its own, else it begins the only one. With `stream` the answer is
    asked for in pieces. `path` is what the address lacked.
    """

    mode: Mode = Mode.SCHEMA
    limit: str = _LIMITS[0]
    temperature: bool = True
    system: bool = True
    stream: bool = False
    path: str = ""

    def __str__(self) -> str:
        words = {"temperature": self.temperature, "onemessage": not self.system, "stream": self.stream}
        return " ".join([self.mode, self.limit, *(word for word, is_so in words.items() if is_so), *self.path.split()])

    @classmethod
    def parse(cls, text: str) -> Dialect | None:
        """The dialect of this text, None if it is none."""
        mode, _, rest = text.partition(" ")
        limit, *words = rest.split(" ")
        if mode not in set(Mode) or limit not in {*_LIMITS, NO_LIMIT}:
            return None
        path = _V1 if _V1 in words else ""
        return cls(Mode(mode), limit, "temperature" in words, "onemessage" not in words, "stream" in words, path)

    @classmethod
    def first_guess(cls, base_url: str) -> Dialect:
        """What to try first: the newer limit at OpenAI itself, the one that everybody else heeds elsewhere."""
        host = urlsplit(base_url).hostname or ""
        return cls(limit=_LIMITS[0] if host.endswith(("openai.com", "openai.azure.com")) else _LIMITS[1])

    def parameters(self, schema: dict[str, Any], most_tokens: int) -> dict[str, Any]:
        """The parameters that depend on the dialect."""
        chosen: dict[str, Any] = {}
        if self.limit != NO_LIMIT:
            chosen[self.limit] = most_tokens
        if self.temperature:
            chosen["temperature"] = 0
        if self.stream:
            chosen["stream"] = True
        if self.mode is Mode.SCHEMA:
            chosen["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.mode is Mode.OBJECT:
            chosen["response_format"] = {"type": "json_object"}
        return chosen

    def messages(self, system: str, user: str) -> list[dict[str, str]]:
        """The messages of a request."""
        if self.system:
            return [{"role": "system", "content": system}, {"role": "user", "content": user}]
        return [{"role": "user", "content": f"{system}\n\n{user}"}]

    def without(self, parameter: str) -> Dialect | None:
        """The next dialect to try where `parameter` is not taken; None if there is nothing left to leave out."""
        if parameter == TEMPERATURE:
            return replace(self, temperature=False) if self.temperature else None
        if parameter == LIMIT:
            following = dict(zip(_LIMITS, reversed(_LIMITS), strict=True))
            return replace(self, limit=following[self.limit]) if self.limit in following else None
        if parameter == SYSTEM:
            return replace(self, system=False) if self.system else None
        if parameter == STREAM:
            return None if self.stream else replace(self, stream=True)
        return replace(self, mode=_WEAKER[self.mode]) if self.mode in _WEAKER else None

    def unlimited(self) -> Dialect:
        """The same without a limit to the answer."""
        return replace(self, limit=NO_LIMIT)

    def bare(self) -> Dialect:
        """The same with nothing but what every server takes."""
        return replace(self, mode=Mode.TEXT, limit=NO_LIMIT, temperature=False)


# What is changed where a server refuses without saying what, in this order: the likeliest first.
_EASINGS: tuple[Callable[[Dialect], Dialect], ...] = (
    lambda one: replace(one, mode=Mode.OBJECT) if one.mode is Mode.SCHEMA else one,
    lambda one: replace(one, mode=Mode.TEXT),
    lambda one: replace(one, temperature=False),
    lambda one: one.without(LIMIT) or one,
    lambda one: one.unlimited(),
    lambda one: replace(one, system=False),
    lambda one: replace(one, stream=True),
)


class Dialects:
    """The dialect that works, as far as it is known; shared by all requests to one server and model."""

    def __init__(self, first: Dialect, *, is_proven: bool = False) -> None:
        self.current = first
        self.is_proven = is_proven
        self._odd: Counter[Dialect] = Counter()
        self._in_vain = 0
        self.is_exhausted = False

    def trial(self, *, plain: bool = False) -> Trial:
        """The wordings of one request, until one is taken; a `plain` one asks for no form."""
        return Trial(self, plain=plain)

    def worked(self, dialect: Dialect) -> None:
        """Learn that a dialect works; one request that needed another one does not end what works for all others."""
        self._in_vain = 0
        self.is_exhausted = False
        if self.is_proven and dialect != self.current:
            self._odd[dialect] += 1
            if self._odd[dialect] < _ODD_BEFORE_KEPT:
                return
        if dialect != self.current or not self.is_proven:
            self.current, self.is_proven = dialect, True
            self._odd.clear()

    def in_vain(self) -> None:
        """Learn that a request was refused in every wording; after a few such nothing is certain any more."""
        self.is_exhausted = not self.is_proven
        self._in_vain += 1
        if self._in_vain >= _ODD_BEFORE_KEPT:
            self.is_proven = False


class Trial:
    """The wordings of one request: what is refused is left out, what made no difference is put back."""

    def __init__(self, dialects: Dialects, *, plain: bool) -> None:
        self._dialects = dialects
        self._plain = plain
        self._known = dialects.current
        self._take_up()

    def _take_up(self) -> None:
        self._known = self._dialects.current
        self.dialect = self._kept = replace(self._known, mode=Mode.TEXT) if self._plain else self._known
        self._left = list(_EASINGS)
        self._limits_tried: set[str] = set()
        self._said: str | None = None

    def catch_up(self) -> None:
        """Take up what other requests found out while this one waited."""
        if self._dialects.current != self._known:
            self._take_up()

    @property
    def is_tentative(self) -> bool:
        """Whether the wording is one that a server may choke on, tried because it refused all others."""
        return self.dialect != self._kept and self._said is not None

    def refused(self, parameter: str, said: str) -> bool:
        """Choose the next wording after a refusal that `said` so, "" if it choked on it; False if there is none."""
        following = self._named(parameter) if parameter else None
        if following is not None:
            self.dialect = self._kept = following
            self._said = None
            return True
        if (self._dialects.is_proven or self._dialects.is_exhausted) and parameter != FORM:
            return False
        return self._unnamed(_mark(said))

    def _named(self, parameter: str) -> Dialect | None:
        if parameter != LIMIT:
            return self.dialect.without(parameter)
        self._limits_tried.add(self.dialect.limit)
        following = self.dialect.without(LIMIT)
        if following is None:
            return None
        return self.dialect.unlimited() if following.limit in self._limits_tried else following

    def _unnamed(self, said: str) -> bool:
        """Leave out the next thing; another refusal than before says that the last one was refused as well."""
        if said and self._said is not None and said != self._said:
            self._kept = self.dialect
        self._said = said or self._said
        while self._left:
            following = self._left.pop(0)(self._kept)
            if following not in (self.dialect, self._kept):
                self.dialect = following
                return True
        if self.dialect == self._kept.bare():
            return False
        self.dialect = self._kept.bare()
        return True

    def worked(self) -> None:
        """Tell the others that this wording was taken."""
        self._dialects.worked(self.dialect)

    def in_vain(self) -> None:
        """Tell the others that no wording was taken."""
        self._dialects.in_vain()


def _mark(said: str) -> str:
    """What a refusal says without what differs each time."""
    return re.sub(r"[\d\W]+|\b[0-9a-f-]{8,}\b", " ", said)[:300]
