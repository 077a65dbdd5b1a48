"""Score papers without a language model: relevance, novelty, matched topics and a comment.

Relevance follows the rubric readers know: 9-10 directly about a topic, 7-8 solidly related, 5-6 borderline, 3-4
tangential, 1-2 something else. It is absolute: a day without a fitting paper has none at 6 or above.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.models import Background, Paper, Score
from bot.ranking.background import mean_with
from bot.ranking.closeness import Closeness, Texts, Wanted, closeness
from bot.ranking.interests import Interest
from bot.ranking.novelty import novelty
from bot.ranking.vocabulary import Vectorizer, vectorizer

Floats = NDArray[np.float64]

# Evidence → relevance, linear between. 6 begins where on narrow topics about 4 % of a listing's papers lie, among them
# four in five of those that curators of such topics chose, and on topics foreign to a listing 0.2 %.
EVIDENCE = (0.0, 1.0, 1.8, 2.6, 3.6, 5.0, 7.0)
RELEVANCE = (1.5, 4.0, 5.5, 7.0, 8.0, 9.0, 10.0)
MANY_INTERESTS = 0.2  # evidence asked for more, per ln(number of interests): with many, one is met by chance
MATCHED = 1.4  # evidence from which a topic is named besides the closest
MOST_TOPICS = 3
MOST_TERMS = 3


@dataclass(frozen=True, slots=True)
class Task:
    """Papers to judge. `vectors` `(n_papers, dimensions)` and `interest_vectors` come from the embedder called `model`.

    `archive` are past papers, newest first, with theirs.
    """

    papers: Sequence[Paper]
    vectors: NDArray[np.float32]
    interests: Sequence[Interest]
    interest_vectors: NDArray[np.float32]
    background: Background
    archive: Texts | None = None
    model: str = ""


def judge(task: Task, today: Vectorizer | None = None, novelties: NDArray[np.int64] | None = None) -> tuple[Score, ...]:
    """A score for every paper of the task, in its order.

    `today` is the vectorizer of background and papers, `novelties` what `novelty_of` says; where they are at hand they
    need not be made again.
    """
    today = today or vectorizer(task.background, task.papers)
    new = novelty_of(task) if novelties is None else novelties
    mean = mean_with(task.background, task.vectors)
    wanted = Wanted([interest.text for interest in task.interests], task.interest_vectors)
    close = closeness(Texts(task.papers, task.vectors), wanted, today, mean, task.archive)
    names = list(today.vocabulary.columns)
    return tuple(_score(task, close, i, int(new[i]), _evidence_terms(close, i, names)) for i in range(len(task.papers)))


def novelty_of(task: Task) -> NDArray[np.int64]:
    """The novelty of each paper `(n_papers,)`, 1-10; the same for every channel's interests."""
    mean = mean_with(task.background, task.vectors)
    return novelty(task.vectors, None if task.archive is None else task.archive.vectors, mean)


def relevance_of(evidence: float) -> int:
    """Evidence, as `closeness` measures it, on the scale of 1-10."""
    return int(np.clip(np.rint(np.interp(evidence, EVIDENCE, RELEVANCE)), 1, 10))


def _score(task: Task, close: Closeness, i: int, new: int, terms: tuple[str, ...]) -> Score:
    paper = task.papers[i]
    evidence = close.evidence[i]
    relevance = relevance_of(float(evidence.max()) - MANY_INTERESTS * math.log(len(evidence))) if len(evidence) else 1
    order = np.argsort(-evidence, kind="stable")
    matched = [task.interests[j].number for j in order[:MOST_TOPICS] if evidence[j] >= MATCHED]
    return Score(
        arxiv_id=paper.arxiv_id,
        version=paper.version,
        relevance=relevance,
        novelty=new,
        comment=_comment(task.interests[order[0]] if len(order) else None, relevance, terms),
        topics=tuple(number for number in matched if number > 0),
        model=task.model,
        closeness=float(close.overall[i]),
    )


def _comment(nearest: Interest | None, relevance: int, terms: Sequence[str]) -> str:
    if nearest is None:
        return "no topics to compare with"
    start = "closest to" if relevance >= 5 else "far from every topic, least from"
    return f"{start} {nearest.name}: {', '.join(terms) if terms else 'in meaning, no word in common'}"


def _evidence_terms(close: Closeness, i: int, names: Sequence[str]) -> tuple[str, ...]:
    """The heaviest terms that a paper shares with its closest interest; no word of a pair already named."""
    if close.evidence.shape[1] == 0:
        return ()
    query = close.queries[int(np.argmax(close.evidence[i]))]
    start, end = close.rows.indptr[i], close.rows.indptr[i + 1]
    columns = close.rows.indices[start:end]
    shares = close.rows.data[start:end] * query[columns]
    chosen: list[str] = []
    for j in np.argsort(-shares, kind="stable"):
        if shares[j] <= 0 or len(chosen) == MOST_TERMS:
            break
        term = names[columns[j]]
        if any(set(term.split()) & set(other.split()) for other in chosen):
            if " " in term:
                chosen = [other for other in chosen if not set(other.split()) <= set(term.split())] + [term]
            continue
        chosen.append(term)
    return tuple(chosen)
