"""Whether every parser of foreign text takes linear time: twice the text, at most two and a half times the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.arxiv_id import ids_in, parse_id
from bot.citations import checked, sentences_of
from bot.text import model_words
from tests.fuzz.parsers import PARSERS, Parser
from tests.fuzz.strategies import FRAGMENTS

SHORT, LONG = 20_000, 40_000  # characters
MOST_RATIO = 2.5
TOO_SHORT_S = 0.15  # below this caches and neighbours are measured; quadratic ones take far longer at this length
_TRIES = 4


def _words(text: str) -> None:
    model_words(text)
    checked(sentences_of(text), 5)
    checked([text], 5)


def _ids(text: str) -> None:
    parse_id(text)
    list(ids_in(text))


TAKERS: dict[str, Parser] = {
    **PARSERS,
    "a model's words": Parser(_words, PARSERS["LLM scores"].given),
    "ids": Parser(_ids, PARSERS["LLM scores"].given),
}
UNITS = (*FRAGMENTS, " ", "a", "a.", ". ", "[1 ", ".[1] ", "> ", "a-", "_", "a_", "(", "\n ", "x@", "://")
_BYTES = frozenset({"RSS", "Atom"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One parser on one unit, repeated: seconds for the short text and for the long one."""

    parser: str
    unit: str
    short_s: float
    long_s: float

    @property
    def ratio(self) -> float:
        return self.long_s / max(self.short_s, TOO_SHORT_S / 2)

    @property
    def is_linear(self) -> bool:
        return self.long_s < TOO_SHORT_S or self.ratio <= MOST_RATIO


def measure(name: str, unit: str) -> Measured:
    """The best of a few tries: whatever else the machine does only makes it slower."""
    parser = TAKERS[name]
    best = Measured(name, unit, *(_seconds(parser, name, unit, length) for length in (SHORT, LONG)))
    for _ in range(_TRIES):
        if best.is_linear:
            break
        again = [_seconds(parser, name, unit, length) for length in (SHORT, LONG)]
        best = Measured(name, unit, min(best.short_s, again[0]), min(best.long_s, again[1]))
    return best


def measure_all(every: int = 1, skip: int = 0) -> Iterator[Measured]:
    """Every parser on every unit, or on one of `every`."""
    for name in TAKERS:
        for unit in UNITS[skip::every]:
            yield measure(name, unit)


def _seconds(parser: Parser, name: str, unit: str, length: int) -> float:
    text = (unit * (length // len(unit) + 1))[:length]
    value = text.encode("utf-8", "replace") if name in _BYTES else text
    began = time.thread_time()
    with suppress(*parser.raises, AssertionError):
        parser.take(value)
    return time.thread_time() - began
