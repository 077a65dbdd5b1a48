"""How many tokens a text may have, without any provider's tokenizer."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.endpoints.memory import Memory
from bot.scorers.llm.prompt import Message
from bot.scorers.pricing import Usage

# English prose has four to five characters a token; formulas, names and other scripts have fewer.
_LIKELY_CHARACTERS = 4.2
_LEAST_BYTES = 3.0
_MESSAGE_OVERHEAD = 24  # roles, separators, the schema's name
_MOST_FACTOR = 4.0
_FIRST_REASONING = 2_000
_MOST_ANSWER = 64_000
_MOST_PROMPTS = 200
_WORTH_NOTING = 200  # tokens of thinking
_DENSEST = 2.5  # tokens, where a visible text is estimated to have one
_LEAST_CHARACTERS = 3.6  # for a token, in a prompt whose real density is not known
_LEAST_DENSITY = 0.12  # tokens that one more character adds at least
_FAR_LONGER = 400  # characters from which on a difference tells something
_NEARLY = 0.985
_SURELY = 1.04
_USUAL_CONTEXTS = {1024, 2048, 4096, 8192, 16384, 32768}
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

    It learns how much a model thinks before it writes, how long it talks, and where a server cuts prompts off.
    """

    def __init__(self, memory: Memory, model: str) -> None:
        self._memory = memory
        self._prompt_factor = 1.0
        self._answer_factor = 1.0
        self._first_guess = _FIRST_REASONING if _REASONS.search(model) else 0
        self._suspect: Counted | None = None
        self._innocent: set[int] = set()
        self._prompts: deque[Counted] = deque(maxlen=_MOST_PROMPTS)

    def prompt_tokens(self, estimate: int) -> int:
        """The estimate, corrected."""
        return math.ceil(estimate * self._prompt_factor)

    def answer_tokens(self, visible: int) -> int:
        """The most an answer of `visible` tokens may take, hidden reasoning included."""
        thinking = self._memory.known.thinking or self._first_guess
        wanted = math.ceil(visible * self._answer_factor) + math.ceil(1.5 * thinking)
        return min(wanted, self._memory.known.answer or _MOST_ANSWER)

    def learn(self, estimate: int, usage: Usage, visible: int) -> None:
        """Take in what one call really used, against the uncorrected estimate of its prompt and what it wrote."""
        if estimate:
            factor = min(_MOST_FACTOR, 1.05 * usage.prompt_tokens / estimate)
            self._prompt_factor = max(self._prompt_factor, factor)
        # Not every server says how much of a completion was thinking: what is far more than was written was not shown.
        hidden = usage.completion_tokens - _DENSEST * visible
        thinking = max(usage.reasoning_tokens, hidden if hidden > usage.completion_tokens / 2 else 0)
        if thinking >= _WORTH_NOTING and thinking > self._memory.known.thinking:
            self._memory.note(thinking=math.ceil(thinking))

    def make_room(self, asked: int, completion: int, visible: int) -> bool:
        """Give answers more room after one that was cut short at `asked` tokens; False if there is no more to give."""
        if asked >= (self._memory.known.answer or _MOST_ANSWER):
            return False
        if 2 * visible < completion:
            self._memory.note(thinking=max(self._memory.known.thinking, 2 * asked))
        elif self._answer_factor < _MOST_FACTOR:
            self._answer_factor *= 2
        else:
            return False
        return True

    def cut_off(self, characters: int, tokens: int, papers: Sequence[str]) -> tuple[str, ...] | None:
        """Whether the server read only a part of a prompt; if so, the papers of all prompts that this befell.

        A longer prompt that counts no more tokens than a shorter one was cut off at that number.
        """
        new = Counted(characters, tokens, tuple(papers))
        self._doubt(new)
        context = self._context_by(new)
        self._prompts.append(new)
        if tokens and (not self._memory.known.seen_tokens or characters < self._memory.known.seen_characters):
            self._memory.note(seen_characters=characters, seen_tokens=tokens)
        if context is None:
            return None
        self._memory.note(context=context)
        befallen = [one for one in self._prompts if one.tokens >= _NEARLY * context]
        for one in befallen:
            self._prompts.remove(one)
        if self._memory.known.seen_tokens >= _NEARLY * context:
            self._memory.note(seen_characters=0, seen_tokens=0)
        return tuple(name for one in befallen for name in one.papers)

    def _doubt(self, new: Counted) -> None:
        """Take back that a prompt was cut off where only its round number said so and a shorter one says otherwise."""
        suspect = self._suspect
        if suspect is None or not new.tokens or new.characters >= suspect.characters:
            return
        self._suspect = None
        if new.expects(suspect):
            self._innocent.add(suspect.tokens)
            self._memory.note(context=None)

    def _context_by(self, new: Counted) -> int | None:
        known = self._memory.known
        first = Counted(known.seen_characters, known.seen_tokens)
        earlier = [*self._prompts, *([first] if first.tokens else [])]
        if new.tokens in _USUAL_CONTEXTS - self._innocent and new.characters > new.tokens * _LEAST_CHARACTERS:
            if not any(old.expects(new) for old in earlier):
                self._suspect = new
                return new.tokens
            self._innocent.add(new.tokens)
        for old in earlier:
            shorter, longer = sorted((old, new), key=lambda one: one.characters)
            grown = longer.characters - shorter.characters
            if grown >= _FAR_LONGER and longer.tokens - shorter.tokens < grown * _LEAST_DENSITY:
                return longer.tokens
        return None

    def fits(self, characters: int, visible: int) -> bool:
        """Whether a prompt of so many characters and its answer are within what the server reads."""
        known = self._memory.known
        if known.context is None:
            return True
        density = known.seen_tokens / known.seen_characters if known.seen_tokens else 1 / _LEAST_CHARACTERS
        return characters * density + visible <= known.context


@dataclass(frozen=True, slots=True)
class Counted:
    """What a server counted for a prompt, and the papers in it."""

    characters: int
    tokens: int
    papers: tuple[str, ...] = ()

    def expects(self, longer: Counted) -> bool:
        """Whether a longer prompt counts about as many tokens as this one lets expect."""
        expected = self.tokens / max(1, self.characters) * longer.characters
        return self.characters < longer.characters and 0 < expected < _SURELY * longer.tokens
