"""Questions whose answers are known, and invented papers with real words, for `bench.ask`."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.models import Paper

SEED = 20261122  # another one than that of the questions the weights were set on
EACH = 200  # questions of a set

_USERS = Path(__file__).resolve().parents[2] / "shared" / "data" / "replay" / "users.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the papers that answer it."""

    text: str
    relevant: frozenset[str]


def chance_of(offset: int = 0) -> random.Random:
    """The same chance in every run; another one for each `offset`."""
    return random.Random(SEED + offset)  # noqa: S311 - no secret


def known_items(papers: Sequence[Paper], chance: random.Random) -> dict[str, list[Asked]]:
    """Titles with half of their words dropped, with two thirds in another order, and with two words misspelt."""
    sets: dict[str, list[Asked]] = {"dropped": [], "reordered": [], "misspelt": []}
    for i, paper in enumerate(chance.sample(list(papers), min(len(papers), 3 * EACH))):
        name = list(sets)[i % 3]
        words = re.findall(r"\w[\w'-]*", paper.title)
        sets[name].append(Asked(" ".join(_damaged(name, words, chance)), frozenset({paper.arxiv_id})))
    return sets


def _damaged(name: str, words: list[str], chance: random.Random) -> list[str]:
    if name == "dropped":
        return [word for word in words if chance.random() > 0.5] or words[:1]
    words = list(words)
    if name == "reordered":
        chance.shuffle(words)
        return words[: max(3, 2 * len(words) // 3)]
    long = [i for i, word in enumerate(words) if len(word) >= 5]
    for i in chance.sample(long, min(2, len(long))):
        words[i] = _misspelt(words[i].lower(), chance)
    return words


def _misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + letter + word[at:],
        ]
    )


def topic_questions(papers: Sequence[Paper]) -> list[Asked]:
    """Sentences of the readers' topics and the phrases in them, each against all that the reader liked."""
    if not _USERS.exists():
        return []
    known = {paper.arxiv_id for paper in papers}
    asked = []
    for reader in json.loads(_USERS.read_text(encoding="utf-8")).values():
        liked = frozenset(like["arxiv_id"] for like in reader["likes"]) & known
        for line in reader["topic_text"].splitlines():
            text = re.sub(r"^[\s\-]*(\d+\.|Relevant:)?\s*", "", line)
            if not text or text.lower().startswith("not relevant"):
                continue
            phrases = [part.strip(" .") for part in re.split(r"[,;:]", text)]
            asked += [Asked(one, liked) for one in (text, *phrases) if len(one.split()) >= 2]
    return list(dict.fromkeys(asked))


def blended(papers: Sequence[Paper], vectors: NDArray[np.float32], count: int) -> Iterator[tuple[Paper, Any]]:
    """Invented papers with real words: the head of one title with the tail of another, sentences of both abstracts."""
    chance = chance_of()
    for number in range(count):
        i, j = chance.randrange(len(papers)), chance.randrange(len(papers))
        first, second = papers[i], papers[j]
        head, tail = first.title.split(), second.title.split()
        sentences = [*first.abstract.split(". ")[::2], *second.abstract.split(". ")[1::2]]
        vector = vectors[i] + chance.random() * vectors[j]
        yield (
            replace(
                first,
                arxiv_id=f"{9000 + number // 90000}.{number % 90000:05d}",
                title=" ".join(head[: len(head) // 2] + tail[len(tail) // 2 :]),
                abstract=". ".join(sentences),
                authors=first.authors[:3] + second.authors[:2],
            ),
            vector / np.linalg.norm(vector),
        )
