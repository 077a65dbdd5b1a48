"""How many tokens a text may have, without any provider's tokenizer."""

from __future__ import annotations

import math
import re

from bot.scorers.llm.prompt import Message
from bot.scorers.pricing import Usage

# English prose has four to five characters a token; formulas, names and other scripts have fewer.
_LIKELY_CHARACTERS = 4.2
_LEAST_BYTES = 3.0
_MESSAGE_OVERHEAD = 24  # roles, separators, the schema's name
_MOST_FACTOR = 4.0
_FIRST_REASONING = 2_000
_REASONS = re.compile(r"\bo\d\b|\bgpt-5|\br1\b|reason|think|qwq", re.IGNORECASE)

ANSWER_OVERHEAD = 60
MOST_PER_SCORE = 130  # an entry with a comment of 25 words and room for a talkative model
LIKELY_PER_SCORE = 65
MOST_PER_CHOICE = 16


def likely_tokens(text: str) -> int:
    """About how many tokens a text has."""
    return math.ceil(len(text) / _LIKELY_CHARACTERS)


def most_tokens(message: Message, schema_text: str) -> int:
    """More tokens than the prompt of this message is likely to have."""
    n_bytes = sum(len(text.encode("utf-8", "replace")) for text in (message.system, message.user, schema_text))
    return math.ceil(n_bytes / _LEAST_BYTES) + _MESSAGE_OVERHEAD


class Gauge:
    """Corrects the estimates by what the server counts, so that a budget holds with any tokenizer.

    It only grows. For answers it learns how much a model thinks before it writes, and how long it talks.
    """

    def __init__(self, model: str) -> None:
        self._prompt_factor = 1.0
        self._answer_factor = 1.0
        self._reasoning = _FIRST_REASONING if _REASONS.search(model) else 0

    def prompt_tokens(self, estimate: int) -> int:
        """The estimate, corrected."""
        return math.ceil(estimate * self._prompt_factor)

    def answer_tokens(self, visible: int) -> int:
        """The most an answer of `visible` tokens may take, hidden reasoning included."""
        return math.ceil(visible * self._answer_factor) + math.ceil(1.5 * self._reasoning)

    def learn(self, estimate: int, usage: Usage, *, cut_short: bool) -> None:
        """Take in what one call really used, against the uncorrected estimate of its prompt."""
        if estimate:
            factor = min(_MOST_FACTOR, 1.05 * usage.prompt_tokens / estimate)
            self._prompt_factor = max(self._prompt_factor, factor)
        self._reasoning = max(self._reasoning, usage.reasoning_tokens)
        if cut_short and not usage.reasoning_tokens:
            self._answer_factor = min(_MOST_FACTOR, 2 * self._answer_factor)
