"""Check citations like [2] in a model's sentences, and drop what they do not support. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.text import cut, model_words

MOST_SENTENCES = 6
LONGEST_SENTENCE = 400

_CITATION = re.compile(r"\s*\[(?P<numbers>\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*)\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])(?:\s+(?=[A-Z“\"])|\s+(?=\[)(?!\[\d))|\n+|(?<=\])\s+(?=[A-Z“\"])")


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a model's text; a citation after the full stop belongs to the sentence before it."""
    joined = re.sub(r"([.!?])\s*((?:\[[\d,;\s–-]+\]\s*)+)", lambda match: f" {match[2].strip()}{match[1]} ", text)
    return tuple(part.strip() for part in _SENTENCE_END.split(joined) if part.strip())


def checked(sentences: Sequence[str], n_papers: int) -> tuple[str, ...]:
    """The sentences with citations of papers 1 to `n_papers` only; one that cites none of them is left out.

    What a model wrote is not to be trusted: mark-up and control characters go, addresses with their sentence, and so
    does length.
    """
    kept = []
    for sentence in sentences:
        text = model_words(sentence)
        numbers = [number for number in _numbers(text) if 1 <= number <= n_papers]
        bare = _CITATION.sub("", text).strip()
        if numbers and any(c.isalpha() for c in bare):
            cited = ", ".join(map(str, dict.fromkeys(numbers)))
            end = bare[-1] if bare[-1] in ".!?" else "."
            kept.append(f"{cut(bare.rstrip('.!? '), LONGEST_SENTENCE)} [{cited}]{end}")
    return tuple(kept[:MOST_SENTENCES])


def _numbers(text: str) -> Iterable[int]:
    for match in _CITATION.finditer(text):
        for part in re.split(r"[,;]", match["numbers"]):
            first, _, last = re.sub(r"[–-]", "-", part).partition("-")
            start, end = int(first), int(last or first)
            yield from range(start, min(end, start + 20) + 1) if start <= end else (start,)
