"""Past mornings once more: what would have been posted, and what would readers have liked of it?

Days come in order and nothing of a later day is known: vocabulary, frequencies, mean vector, archive and model hold
what was announced or voted on up to the day. The papers are judged and ranked by the code that serves real mornings.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReplayDataError
from bot.models import Background, CurrentVote, Impression, Paper, Ranked, Score, Topics
from bot.ports import Embedder, Progress, no_progress
from bot.ranking import background as backgrounds
from bot.ranking.cascade import cascade_order
from bot.ranking.closeness import Texts
from bot.ranking.interests import Interest, interests
from bot.ranking.judge import Task, judge, novelty_of
from bot.ranking.learn import Evidence, fit
from bot.ranking.model import untaught
from bot.ranking.rank import Exploration, RankingInputs, explore, rank
from bot.ranking.rater import fit_rater, judged_papers
from bot.ranking.replay_data import Reader
from bot.ranking.replay_report import COUNTED, Arm, Feedback, Morning, MorningResult, ReplayReport, measured
from bot.ranking.rewards import verdicts
from bot.ranking.simulated import RaterKind, looked_at
from bot.ranking.terms import TermsMemo, embedding_text
from bot.ranking.track_record import Shown
from bot.ranking.vocabulary import Vectorizer, vectorizer

ARCHIVE = 6_000  # past papers kept at hand, as a real morning has them
STAGE = "replaying"
NO_TOPICS = Topics(raw="")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay. `keep` is the share of likes ever revealed, `flip` that of shown papers with the wrong label.

    A simulated `rater` scores the best of each morning in the place of an LLM. With `cascade` it is counted how many
    likes are among the papers that would be sent to one.
    """

    k: int = 10
    seed: int = 0
    arms: tuple[Arm, ...] = (Arm.RANDOM, Arm.TOPICS, Arm.LEARNED, Arm.EXPLORING)
    feedback: Feedback = Feedback.SHOWN
    keep: float = 1.0
    flip: float = 0.0
    rater: RaterKind | None = None
    cascade: bool = False


DEFAULTS = ReplayOptions()


@dataclass(slots=True)
class _Memory:
    """What one reader has seen and done under one arm."""

    votes: list[CurrentVote] = field(default_factory=list)
    impressions: list[Impression] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    papers: dict[str, Paper] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Day:
    """One listing day and what was known when it came."""

    day: date
    papers: tuple[Paper, ...]
    vectors: Vectors
    background: Background
    today: Vectorizer
    novelties: NDArray[np.int64]
    archive: Texts
    setup_s: float


@dataclass(frozen=True, slots=True)
class _Course:
    """What stays the same through a replay."""

    terms_of: TermsMemo
    monotonic: Callable[[], float]
    options: ReplayOptions


@dataclass(frozen=True, slots=True)
class _Seat:
    """A reader, and the interests of their topics as texts and vectors."""

    reader: Reader
    interests: tuple[Interest, ...]
    vectors: Vectors


def run(
    papers: Sequence[Paper],
    readers: Sequence[Reader],
    *,
    parse_topics: Callable[[str], Topics],
    embedder: Embedder,
    monotonic: Callable[[], float],
    options: ReplayOptions = DEFAULTS,
    progress: Progress = no_progress,
) -> ReplayReport:
    """Replay every morning for every reader under every arm.

    `monotonic` tells seconds, for the time a morning takes. The same inputs and seed give the same figures.

    Raises:
        ReplayDataError: no reader liked any of the papers, so there is nothing to measure.
        EmbedderError: papers or topics could not be embedded.
    """
    _check(papers, readers)
    course = _Course(TermsMemo(size=30_000), monotonic, options)
    seats = [_seat(reader, parse_topics, embedder) for reader in readers]
    memories: Mapping[tuple[str, Arm], _Memory] = defaultdict(_Memory)
    results: list[MorningResult] = []
    by_day = _by_day(papers)
    for done, day in enumerate(_days(by_day, embedder, course)):
        progress(STAGE, done, len(by_day))
        for seat in seats:
            if seat.reader.active_on(day.day):
                results += _mornings(day, seat, memories, course)
    progress(STAGE, len(by_day), len(by_day))
    return ReplayReport(
        results=tuple(results),
        readers=tuple(reader.name for reader in readers),
        papers=len(papers),
        days=len(by_day),
        k=options.k,
        seed=options.seed,
        feedback=options.feedback,
        rater=str(options.rater or ""),
    )


def _check(papers: Sequence[Paper], readers: Sequence[Reader]) -> None:
    known = {paper.arxiv_id for paper in papers}
    if not any(known & reader.liked for reader in readers):
        raise ReplayDataError(
            f"none of {len(readers)} readers liked any of the {len(papers)} papers: nothing to measure"
        )


def _by_day(papers: Sequence[Paper]) -> Mapping[date, tuple[Paper, ...]]:
    days: dict[date, list[Paper]] = defaultdict(list)
    for paper in papers:
        if paper.listing_day is not None:
            days[paper.listing_day].append(paper)
    return {day: tuple(days[day]) for day in sorted(days)}


def _days(by_day: Mapping[date, tuple[Paper, ...]], embedder: Embedder, course: _Course) -> Iterator[_Day]:
    background = Background()
    past: list[Paper] = []
    past_vectors = np.zeros((0, embedder.dimensions), dtype=np.float32)
    for day, papers in by_day.items():
        vectors = embedder.embed([embedding_text(paper) for paper in papers])
        started = course.monotonic()
        today = vectorizer(background, papers, course.terms_of)
        archive = Texts(tuple(past), past_vectors)
        novelties = novelty_of(Task(papers, vectors, (), vectors[:0], background, archive))
        setup_s = course.monotonic() - started
        yield _Day(day, papers, vectors, background, today, novelties, archive, setup_s)
        background = backgrounds.extend(background, papers, vectors, day, course.terms_of)
        past = [*papers, *past][:ARCHIVE]
        past_vectors = np.concatenate([vectors, past_vectors])[:ARCHIVE]


def _seat(reader: Reader, parse_topics: Callable[[str], Topics], embedder: Embedder) -> _Seat:
    wanted = interests(parse_topics(reader.topic_text))
    return _Seat(reader, wanted, embedder.embed([interest.text for interest in wanted]))


def _mornings(
    day: _Day, seat: _Seat, memories: Mapping[tuple[str, Arm], _Memory], course: _Course
) -> list[MorningResult]:
    options = course.options
    started = course.monotonic()
    task = Task(day.papers, day.vectors, seat.interests, seat.vectors, day.background, day.archive)
    scores = judge(task, day.today, day.novelties)
    judged_s = course.monotonic() - started + day.setup_s
    found = []
    for arm in options.arms:
        started = course.monotonic()
        memory = memories[seat.reader.name, arm]
        inputs = _inputs(day, arm, scores, memory, course)
        order = cascade_order(inputs) if _asks(arm, options) else ()
        if options.rater and arm.rated:
            votes = len(memory.votes)
            rated = looked_at(scores, order, options.rater, seat.reader, seed=options.seed, votes=votes)
            inputs = replace(inputs, scores=rated)
        ranked = rank(inputs)
        shown = explore(ranked, options.k, _exploration(arm, day.day, options))
        spent_s = judged_s + course.monotonic() - started
        sent = [day.papers[i].arxiv_id for i in order]
        found.append(measured(seat.reader, Morning(arm, day.day, ranked, shown, spent_s, sent), options.k))
        if arm.learns:
            _reveal(day, seat.reader, memory, shown[: options.k], options)
    return found


def _exploration(arm: Arm, day: date, options: ReplayOptions) -> Exploration:
    return Exploration(slots=1 if arm is Arm.EXPLORING else 0, seed=options.seed * 1_000_003 + day.toordinal())


def _asks(arm: Arm, options: ReplayOptions) -> bool:
    """Whether it matters which papers an LLM would be asked about first."""
    return (options.cascade and arm in COUNTED) or (options.rater is not None and arm.rated)


def _inputs(day: _Day, arm: Arm, scores: Sequence[Score], memory: _Memory, course: _Course) -> RankingInputs:
    model = None
    if arm is Arm.RANDOM:
        chance = random.Random(f"{course.options.seed} {day.day}")  # noqa: S311 - no secret
        scores = [replace(score, closeness=chance.random()) for score in scores]
    elif arm.learns:
        said = verdicts(memory.votes)
        evidence = Evidence(
            verdicts=said,
            impressions=memory.impressions,
            papers=memory.papers,
            past=day.archive.papers,
            now=_at(day.day, 9),
            seed=course.options.seed,
        )
        model = fit(evidence, day.today)
        if course.options.rater and arm.rated and memory.shown:
            # Whoever liked nothing of a morning has judged it; there are no dislikes here to say so.
            model = replace(model or untaught(), rater=fit_rater(judged_papers(memory.shown, said)))
    return RankingInputs(
        papers=day.papers,
        scores=scores,
        vectors=day.vectors,
        topics=NO_TOPICS,
        background=day.background,
        model=model,
        today=day.today,
    )


def _reveal(day: _Day, reader: Reader, memory: _Memory, shown: Sequence[Ranked], options: ReplayOptions) -> None:
    """What the reader's reactions of the day tell: likes as votes, everything shown as impressions."""
    places = {one.paper.arxiv_id: one for one in shown}
    for paper in day.papers:
        place = places.get(paper.arxiv_id)
        liked = paper.arxiv_id in reader.liked and _chance(options, reader, paper, "keep") < options.keep
        if place is not None and _chance(options, reader, paper, "flip") < options.flip:
            liked = not liked
        if place is not None:
            memory.impressions.append(_impression(day.day, reader, place))
            memory.shown.append(Shown(memory.impressions[-1], place))
            memory.papers[paper.arxiv_id] = paper
        if liked and (place is not None or options.feedback is Feedback.ALL):
            memory.votes.append(CurrentVote(reader.name, paper.arxiv_id, reader.name, "👍", _at(day.day, 12)))
            memory.papers[paper.arxiv_id] = paper


def _impression(day: date, reader: Reader, one: Ranked) -> Impression:
    return Impression(
        channel=reader.name,
        digest=day.toordinal(),
        position=one.position,
        arxiv_id=one.paper.arxiv_id,
        shown_at=_at(day, 9),
        utility=one.utility,
        propensity=one.propensity,
        exploration=one.exploration,
    )


def _chance(options: ReplayOptions, reader: Reader, paper: Paper, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the seed, the reader, the paper and what it is for."""
    return random.Random(f"{options.seed} {purpose} {reader.name} {paper.arxiv_id}").random()  # noqa: S311 - no secret


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)
