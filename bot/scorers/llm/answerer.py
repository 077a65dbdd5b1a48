"""Answers in words: a few sentences out of the papers a question found, within the same budget as scores."""

from __future__ import annotations

import json
import logging
import random
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.citations import sentences_of
from bot.clock import Clock
from bot.errors import AnswerError
from bot.models import Budget, Paper
from bot.ports import Answer
from bot.prompting import load_prompt
from bot.scorers.llm.caller import Account, Caller, Task
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.dialect import Dialect, Dialects
from bot.scorers.llm.prompt import Purpose, answer_schema
from bot.scorers.llm.purse import Purse
from bot.scorers.llm.troubles import CallFailed
from bot.scorers.pricing import price_of
from bot.settings import LlmSettings
from bot.store import CostStore
from bot.text import one_line

logger = logging.getLogger(__name__)

_LONGEST_ANSWER = 20_000
_MOST_TOKENS = 600
_DIALECT_DAYS = 30
_BRACKETED = re.compile(r"\s*\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class AnswererParts:
    """What the answerer is made of."""

    costs: CostStore
    settings: LlmSettings
    clock: Clock
    base_url: str
    api_key: str = ""
    prompts_dir: Path | None = None
    nonce: Callable[[], str] = field(default=lambda: secrets.token_hex(6))
    chance: random.Random = field(default_factory=random.Random)


class LlmAnswerer:
    """`Answerer` by a large language model, over the same requests, budget and ledger as the scorer.

    Raises:
        PromptError: the prompt cannot be used.
    """

    def __init__(self, parts: AnswererParts) -> None:
        self._parts = parts
        self._prompt = load_prompt("answer", parts.prompts_dir)
        self._prompt.render({"question": ""})  # a wrong prompt is refused at start
        self._dialects: Dialects | None = None

    async def answer(self, question: str, papers: Sequence[Paper], channel: str) -> Answer:
        """See Answerer."""
        parts = self._parts
        system = self._prompt.render({"question": json.dumps(one_line(question), ensure_ascii=False)})
        task = Task(Purpose.ANSWER, system, answer_schema(), self._prompt.text)
        await parts.costs.save_prompt(task.prompt_hash, task.kept)
        async with ChatClient(
            parts.base_url, parts.api_key, parts.settings.model, parts.settings.timeout_s, parts.clock
        ) as client:
            caller = await self._caller(client, channel)
            try:
                answer = await caller.ask(task, papers, len(papers), _MOST_TOKENS)
            except CallFailed as failure:
                raise AnswerError(failure.trouble.words) from failure
        if answer.refused:
            raise AnswerError("it refused to answer")
        sentences = tuple(_sentences(answer.text[:_LONGEST_ANSWER], papers))
        logger.info("an answer of %d sentences from %d papers", len(sentences), len(papers))
        return Answer(sentences, parts.settings.model, caller.used.cost(parts.settings.model))

    async def _caller(self, client: ChatClient, channel: str) -> Caller:
        parts = self._parts
        if self._dialects is None:
            since = parts.clock.now() - timedelta(days=_DIALECT_DAYS)
            known = await parts.costs.dialect(parts.base_url, parts.settings.model, since)
            self._dialects = Dialects(Dialect.parse(known or "") or Dialect.first_guess(parts.base_url))
        price = price_of(parts.settings.model, parts.settings.prices)
        return Caller(
            client,
            Purse(parts.costs, Budget(parts.settings.daily_budget_tokens, parts.settings.daily_budget_usd)),
            self._dialects,
            Account(channel, parts.base_url, parts.settings.model, price),
            settings=parts.settings,
            clock=parts.clock,
            nonce=parts.nonce,
            chance=parts.chance,
        )


def _sentences(text: str, papers: Sequence[Paper]) -> Iterable[str]:
    """The sentences with their papers as numbers in brackets; a model that writes prose may number them itself."""
    place_of = {paper.arxiv_id: place for place, paper in enumerate(papers, start=1)}
    entries = _entries(text)
    if entries is None:
        yield from sentences_of(text)
        return
    for entry in entries:
        cited = entry.get("papers")
        named = [place_of[one] for one in cited if one in place_of] if isinstance(cited, list) else []
        words = entry.get("text")
        if isinstance(words, str) and named:
            yield f"{_BRACKETED.sub('', words).strip()} [{', '.join(map(str, named))}]"


def _entries(text: str) -> list[Mapping[str, Any]] | None:
    """The sentences of a JSON answer, also within a fence or prose; None if there is no JSON."""
    start, end = text.find("{"), text.rfind("}")
    try:
        decoded = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("sentences"), list):
        return None
    return [entry for entry in decoded["sentences"] if isinstance(entry, dict)]
