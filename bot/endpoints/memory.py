"""What was learned of an endpoint and a model, kept over runs and forgotten after a while."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.store import CostStore

_KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one model at one address; None or "" is nothing yet.

    `dialect` is how requests are worded. `context` is the most tokens of a prompt, `papers` the most of a request,
    `answer` the most tokens an answer may be given, `at_once` how many requests are borne side by side,
    `requests_a_minute` and `tokens_a_minute` what the provider states. `thinking` is how many tokens the model thought
    before it wrote; `seen_tokens` is what it counted for the shortest prompt so far, of `seen_characters`. `texts` and
    `characters` bound a request for embeddings, `dimensions` is their length.
    """

    dialect: str = ""
    context: int | None = None
    papers: int | None = None
    answer: int | None = None
    at_once: int | None = None
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    thinking: int = 0
    seen_characters: int = 0
    seen_tokens: int = 0
    texts: int | None = None
    characters: int | None = None
    dimensions: int | None = None

    def text(self) -> str:
        """It as text, without what is not known."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, sort_keys=True)

    @classmethod
    def parse(cls, text: str | None) -> Learned:
        """What a text holds; nothing of what has another type than it should."""
        try:
            found = json.loads(text or "{}")
        except ValueError:
            return cls()
        if not isinstance(found, dict):
            return cls()
        wanted = {one.name: str if one.name == "dialect" else int for one in fields(cls)}
        sound = {name: found[name] for name, kind in wanted.items() if type(found.get(name)) is kind}
        return cls(**sound)


class Memory:
    """What is known of one endpoint and model, read once and written when it changes; without `costs` not kept."""

    def __init__(self, costs: CostStore | None, clock: Clock, endpoint: str, model: str) -> None:
        self._costs = costs
        self._clock = clock
        self._endpoint = endpoint
        self._model = model
        self._stored: Learned | None = None
        self.known = Learned()

    async def recall(self) -> Learned:
        """What is known, as far as it is not older than 30 days."""
        if self._stored is None:
            since = self._clock.now() - timedelta(days=_KEPT_DAYS)
            text = await self._costs.learned(self._endpoint, self._model, since) if self._costs else None
            self._stored = self.known = Learned.parse(text)
        return self.known

    def note(self, **changes: Any) -> None:
        """Take in something new; it is written with the next `save`."""
        self.known = replace(self.known, **changes)

    async def save(self) -> None:
        """Write down what changed."""
        if self.known != self._stored and self._costs is not None:
            self._stored = self.known
            await self._costs.learn(self._endpoint, self._model, self.known.text(), self._clock.now())
