"""Answers in words: a few sentences out of the papers a question found, within the same budget as scores."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.citations import sentences_of
from bot.endpoints.failures import CallFailed
from bot.errors import AnswerError
from bot.models import Paper
from bot.ports import Answer
from bot.prompting import load_prompt
from bot.scorers.llm.booking import Task
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.prompt import Purpose, answer_schema
from bot.text import one_line

logger = logging.getLogger(__name__)

_LONGEST_ANSWER = 20_000
_MOST_TOKENS = 600
_BRACKETED = re.compile(r"\s*\[[^\]]*\]")


class LlmAnswerer:
    """`Answerer` by a large language model, over the same requests, budget and ledger as the scorer.

    Raises:
        PromptError: the prompt cannot be used.
    """

    def __init__(self, endpoint: LlmEndpoint) -> None:
        self._endpoint = endpoint
        self._prompt = load_prompt("answer", endpoint.options.prompts_dir)
        self._prompt.render({"question": ""})  # a wrong prompt is refused at start

    async def answer(self, question: str, papers: Sequence[Paper], channel: str) -> Answer:
        """See Answerer."""
        model = self._endpoint.settings.model
        system = self._prompt.render({"question": json.dumps(one_line(question), ensure_ascii=False)})
        task = Task(Purpose.ANSWER, system, answer_schema(), self._prompt.text)
        await self._endpoint.options.costs.save_prompt(task.prompt_hash, task.kept)
        async with self._endpoint.caller(channel) as caller:
            try:
                answer = await caller.ask(task, papers, len(papers), _MOST_TOKENS)
            except CallFailed as failure:
                raise AnswerError(failure.kind.words) from failure
        if answer.refused:
            raise AnswerError("it refused to answer")
        sentences = tuple(_sentences(answer.text[:_LONGEST_ANSWER], papers))
        logger.info("an answer of %d sentences from %d papers", len(sentences), len(papers))
        return Answer(sentences, model, caller.used.cost(model))


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
