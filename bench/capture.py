"""Can one member take over what a channel learned? Honest papers among the first ten, beside every kind of flood.

Three honest readers gave 25 likes each to papers on quantization and pruning; others like robots. `learned` orders
1,500 later papers by the learned part alone, `served` as a morning would: with the honest readers' topics, the
admission and the floors. Takes recorded papers of its own: python -m bench.capture PAPERS.jsonl.gz
"""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bot.embedders.wordllama import WordLlamaEmbedder
from bot.models import Background, CurrentVote, Paper
from bot.ranking.background import extend
from bot.ranking.closeness import Texts
from bot.ranking.interests import interests
from bot.ranking.judge import Task, judge, novelty_of
from bot.ranking.learn import Evidence, fit, lessons
from bot.ranking.model import ChannelModel
from bot.ranking.rank import RankingInputs, rank, select
from bot.ranking.rewards import verdicts
from bot.ranking.terms import TermsMemo, embedding_text
from bot.ranking.vocabulary import Vectorizer, vectorizer
from bot.replay.data import read_papers
from bot.topics import parse_topics

PAST, LATER, FIRST = 7_500, 1_500, 10
HONEST = ("ada", "bob", "cleo")
TOPICS = "1. Quantization of neural networks and language models\n2. Pruning and sparsity of neural networks\n"
AT = datetime(2026, 1, 1, tzinfo=UTC)
_WANTED = re.compile(r"quanti[sz]|prun(e|ing)|low-bit", re.IGNORECASE)
_FOREIGN = re.compile(r"robot", re.IGNORECASE)
RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "replay" / "papers.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Scene:
    """The channel before the flood: past papers, later ones, what is known of them, and the honest votes."""

    past: Sequence[Paper]
    task: Task
    today: Vectorizer
    honest: Sequence[CurrentVote]

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> Scene:
        """Divide recorded papers into past and later ones."""
        past, later = papers[:PAST], papers[PAST : PAST + LATER]
        embedder, terms_of = WordLlamaEmbedder(), TermsMemo(size=PAST + LATER)
        past_vectors = embedder.embed([embedding_text(one) for one in past])
        vectors = embedder.embed([embedding_text(one) for one in later])
        background = extend(Background(), past, past_vectors, past[-1].listing_day, terms_of)
        wanted = interests(parse_topics(TOPICS))
        wanted_vectors = embedder.embed([one.text for one in wanted])
        task = Task(later, vectors, wanted, wanted_vectors, background, Texts(tuple(past), past_vectors))
        liked = [one for one in past if _WANTED.search(one.title)][-75:]
        honest = [a_vote(HONEST[i % 3], one, "👍", i) for i, one in enumerate(liked)]
        return cls(past, task, vectorizer(background, later, terms_of), honest)

    @property
    def foreign(self) -> Sequence[Paper]:
        """What the flood is about: robots first, then whatever else the honest readers did not choose."""
        robots = [one for one in self.past if _FOREIGN.search(embedding_text(one)) and not _WANTED.search(one.title)]
        others = [one for one in self.past if not _WANTED.search(one.title) and one not in robots]
        return [*sorted(robots, key=lambda one: not _FOREIGN.search(one.title)), *others]

    def taught_by(self, added: Sequence[CurrentVote]) -> tuple[ChannelModel, int]:
        """The model of the honest votes with others among them, and how many honest votes are in it."""
        papers = {one.arxiv_id: one for one in self.past}
        said = verdicts([*self.honest, *added])
        evidence = Evidence(said, (), papers, self.past, AT + timedelta(days=9))
        model = fit(evidence, self.today)
        if model is None:
            raise SystemExit("no model was fitted")
        own = {vote.arxiv_id for vote in self.honest}
        return model, sum(one.voted and one.liked and one.paper.arxiv_id in own for one in lessons(evidence))


def a_vote(person: str, paper: Paper, emoji: str, minute: int) -> CurrentVote:
    """One vote, that many minutes after the first."""
    return CurrentVote("lab", paper.arxiv_id, person, emoji, AT + timedelta(minutes=minute))


def floods(scene: Scene) -> dict[str, list[CurrentVote]]:
    """What others add, by its name."""
    foreign, later = scene.foreign, 10_000

    def flood(person: str, n: int, emoji: str = "👍", start: int = 0) -> list[CurrentVote]:
        return [a_vote(person, one, emoji, later + i) for i, one in enumerate(foreign[start : start + n])]

    against = [one for one in scene.past if _WANTED.search(one.title)]
    dislikes = [a_vote("mal", one, "👎", later + i) for i, one in enumerate([*against, *foreign[500:]][:800])]
    return {
        "nothing": [],
        **{f"one member, {n:,} likes": flood("mal", n) for n in (75, 300, 800, 3_000)},
        "four accounts with 100 likes": [vote for i in range(4) for vote in flood(f"mal{i}", 100, start=100 * i)],
        "twenty accounts with 1 like": [vote for i in range(20) for vote in flood(f"guest{i}", 1, start=i)],
        "one member, 800 dislikes": dislikes,
    }


def figures(scene: Scene, added: Sequence[CurrentVote]) -> tuple[int, int, int]:
    """Honest papers among the first ten by the learned part, as served, and the honest votes that count."""
    model, kept = scene.taught_by(added)
    task = scene.task
    shares = model.opinion(task.papers, scene.today).shares
    learned = [math.fsum(one.value for one in of_paper) for of_paper in shares]
    best = sorted(range(len(learned)), key=lambda i: -learned[i])[:FIRST]
    scores = judge(task, scene.today, novelty_of(task))
    inputs = RankingInputs(
        task.papers, scores, np.asarray(task.vectors), parse_topics(TOPICS), background=task.background, model=model,
        today=scene.today,
    )  # fmt: skip
    served = select(inputs, rank(inputs), papers=FIRST, more=0).posted
    return _wanted(task.papers[i] for i in best), _wanted(one.paper for one in served), kept


def _wanted(papers: object) -> int:
    return sum(bool(_WANTED.search(embedding_text(one))) for one in papers)  # type: ignore[attr-defined]


def main(recorded: Path = RECORDED) -> None:
    """Print the figures for every flood."""
    with gzip.open(recorded, "rt", encoding="utf-8") as lines:
        papers = sorted(read_papers(lines), key=lambda one: (str(one.listing_day), one.arxiv_id))
    scene = Scene.of(papers[: PAST + LATER])
    print(f"{'added':32} learned  served  honest votes in the model")
    for name, added in floods(scene).items():
        learned, served, kept = figures(scene, added)
        print(f"{name:32} {learned:7} {served:7}  {kept} of {len(scene.honest)}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
