"""One tolerant reader for whatever a model calls an answer.

The whole text is decoded first, then its objects, and prose is read last. What is accepted is narrow: ids that were
asked about, whole numbers from 1 to 10, short plain comments. It never fails, and takes time linear in the length of
the answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.arxiv_id import find_id
from bot.scorers.llm.entries import Entry, decode, entries_in
from bot.scorers.llm.prose import picked
from bot.scorers.llm.scales import Scale, number_in, scale_of, score_on
from bot.scorers.llm.spans import spans_in
from bot.scorers.llm.thoughts import answers_in, is_still_thinking
from bot.text import cut, model_words

MOST_COMMENT = 240
MOST_TOPICS = 3
_LONGEST_ANSWER = 400_000
_COMPLETE = 0.6  # of the papers asked about, from which on an answer counts as a whole one
_LEAST_WORDS = 5  # of a comment that is told from another
_LEAST_ALIKE = 3

_EXAMPLE = re.compile(r"\"comment\":\s*\"([^\"\n]{10,400})\"")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model said about one paper; everything within its bounds."""

    relevance: int
    novelty: int
    comment: str = ""
    topics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an answer held. `disputed` ids came with contradicting scores, so that none of them counts.

    `scale` is the one that the numbers were on, None if they do not tell.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    disputed: frozenset[str] = frozenset()
    invented: int = 0
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known before an answer is read: topics that exist, comments of the prompt's example, the scale so far.

    With `insists` bare 0s and 1s are taken for what they say: the model said them twice. An answer that `is_cut` before
    its thoughts were closed holds drafts only.
    """

    topics: Collection[int] = ()
    examples: Collection[str] = ()
    scale: Scale | None = None
    insists: bool = False
    is_cut: bool = False


def parse_scores(text: str, wanted: Collection[str], reading: Reading | None = None) -> Parsed:
    """The verdicts on the `wanted` arxiv_ids that `text` holds."""
    names = _Names(wanted)
    reading = reading or Reading()
    best = Parsed()
    if reading.is_cut and is_still_thinking(text):
        return best
    for part in answers_in(text[:_LONGEST_ANSWER]):
        parsed = _parsed(part, names, reading)
        if (len(parsed.verdicts), len(parsed.disputed)) > (len(best.verdicts), len(best.disputed)):
            best = parsed
        if len(best.verdicts) == len(wanted):
            break
    return best


def parse_choice(text: str, wanted: Collection[str], most: int) -> tuple[str, ...]:
    """The `wanted` arxiv_ids that `text` names, in its order, each once, at most `most`."""
    for part in answers_in(text[:_LONGEST_ANSWER]):
        places = {arxiv_id: part.find(arxiv_id) for arxiv_id in wanted}
        named = sorted((place, arxiv_id) for arxiv_id, place in places.items() if place >= 0)
        if named:
            return tuple(arxiv_id for _, arxiv_id in named[:most])
    return ()


def examples_in(prompt: str) -> frozenset[str]:
    """The comments that a prompt gives as an example."""
    return frozenset(_essence(found) for found in _EXAMPLE.findall(prompt))


class _Names:
    """The papers that were asked about, however their ids are dressed."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = frozenset(wanted)
        self._by_name = {arxiv_id.lower(): arxiv_id for arxiv_id in wanted}

    def of(self, text: str) -> str | None:
        name = text.strip().lower()[:200]
        if name in self._by_name:
            return self._by_name[name]
        return self._by_name.get(find_id(name))

    def known(self, text: str) -> bool:
        return self.of(text) is not None


def _parsed(text: str, names: _Names, reading: Reading) -> Parsed:
    runs = _runs(text, names)
    found = _chosen(runs, names)
    scale = scale_of([n for one in found.values() for e in one for n in map(number_in, (e.relevance, e.novelty)) if n],
                     reading.scale)  # fmt: skip
    verdicts: dict[str, Verdict] = {}
    disputed = set()
    for arxiv_id, entries in found.items():
        read = [verdict for entry in entries if (verdict := _verdict(entry, scale, reading)) is not None]
        if len({(verdict.relevance, verdict.novelty) for verdict in read}) > 1:
            disputed.add(arxiv_id)
        elif read:
            verdicts[arxiv_id] = read[0]
    invented = sum(names.of(entry.name) is None for run in runs for entry in run)
    return Parsed(_without_echoes(verdicts), frozenset(disputed), invented, scale)


def _runs(text: str, names: _Names) -> list[list[Entry]]:
    """The answers that a text holds one after the other, each with its entries; drafts and corrections are several."""
    runs: list[list[Entry]] = []
    singles: list[Entry] = []
    for entries in _groups(text, names):
        if len(entries) > 1:
            runs += [singles] * bool(singles)
            runs.append(entries)
            singles = []
            continue
        said = {names.of(entry.name) for entry in singles}
        if entries and names.of(entries[0].name) in said and said >= names.wanted:
            runs.append(singles)
            singles = []
        singles = [*singles, *entries]
    return [*runs, *([singles] if singles else [])]


def _groups(text: str, names: _Names) -> Iterator[list[Entry]]:
    """The entries of each value in a text: of the whole, of the objects in it, or else of its prose."""
    whole = decode(text.strip())
    if whole is not None and (entries := list(entries_in(whole, names.known))):
        yield entries
        return
    found = False
    for spans_lines in (True, False):
        left, last = [], 0
        for start, end in spans_in(text, spans_lines=spans_lines):
            before = text[max(0, start - 80) : start]
            entries = list(entries_in(decode(text[start:end]), names.known, _key_before(before, names)))
            if entries:
                found = True
                yield entries
                left.append(text[last:start])
                last = end
        text = "\n".join([*left, text[last:]])
    if not found:
        yield from ([entry] for entry in picked(text, names.known))


def _key_before(text: str, names: _Names) -> str:
    """The id that an object stands under, where what is around it was cut off."""
    match = re.search(r"[\"']([^\"'\s]{3,60})[\"']\s{0,5}:\s{0,5}$", text)
    return match[1] if match and names.known(match[1]) else ""


def _chosen(runs: Sequence[Sequence[Entry]], names: _Names) -> dict[str, list[Entry]]:
    """The entries that count, by arxiv_id: those of the last answer that is whole, else of all.

    An entry that contradicts another one of the same answer stays beside it: nobody knows which is meant.
    """
    by_id = [_by_id(run, names) for run in runs]
    whole = [found for found in by_id if len(found) >= _COMPLETE * len(names.wanted)]
    if whole:
        last = whole[-1]
        later = by_id[by_id.index(last) + 1 :]
        return {one: entries + [entry for run in later for entry in run.get(one, [])] for one, entries in last.items()}
    together: dict[str, list[Entry]] = {}
    for found in by_id:
        for one, entries in found.items():
            together.setdefault(one, []).extend(entries)
    return together


def _by_id(run: Sequence[Entry], names: _Names) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in run:
        if (arxiv_id := names.of(entry.name)) is not None:
            found.setdefault(arxiv_id, []).append(entry)
    return found


def _verdict(entry: Entry, scale: Scale | None, reading: Reading) -> Verdict | None:
    comment = _comment(entry.comment)
    if comment and _essence(comment) in reading.examples:
        return None  # the prompt's own example, repeated
    relevance, novelty = _score(entry.relevance, scale, reading), _score(entry.novelty, scale, reading)
    if relevance is None or novelty is None:
        return None
    return Verdict(relevance, novelty, comment, _topics(entry.topics, reading.topics))


def _score(value: Any, scale: Scale | None, reading: Reading) -> int | None:
    number = number_in(value)
    if number is None or (scale is None and not reading.insists):
        return None
    scale = scale or Scale.TEN
    if reading.insists and number.value == 0:
        return 1
    return score_on(number, scale)


def _without_echoes(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """The verdicts without a comment that most of them share: it says nothing about any of them."""
    said = Counter(_essence(verdict.comment) for verdict in verdicts.values() if verdict.comment)
    shared = {words for words, count in said.items() if count >= _LEAST_ALIKE and 2 * count > len(verdicts)}
    echoes = {words for words in shared if len(words.split()) >= _LEAST_WORDS}
    if not echoes:
        return dict(verdicts)
    return {
        one: Verdict(v.relevance, v.novelty, "" if _essence(v.comment) in echoes else v.comment, v.topics)
        for one, v in verdicts.items()
    }


def _essence(comment: str) -> str:
    return " ".join(_WORD.findall(comment.lower()))


def _comment(value: Any) -> str:
    return cut(model_words(value[: 10 * MOST_COMMENT]), MOST_COMMENT) if isinstance(value, str) else ""


def _topics(value: Any, known: Collection[int]) -> tuple[int, ...]:
    listed = value if isinstance(value, list) else [value]
    numbers: dict[int, None] = {}
    for one in listed[:20]:
        named = (
            next((one[key] for key in ("number", "id", "topic") if key in one), None) if isinstance(one, dict) else one
        )
        digits = str(named).strip()
        if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) in known:
            numbers[int(digits)] = None
    return tuple(numbers)[:MOST_TOPICS]
