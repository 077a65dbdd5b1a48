"""Run past mornings again: what would have been posted, and what would readers have liked of it?

Days come in order and nothing of a later day is known: vocabulary, frequencies, mean vector, archive and model hold
what was announced or voted on up to the day. The papers are judged and ranked by the code that serves real mornings.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.errors import ReplayDataError
from bot.models import Background, ImportedLike, Paper, Score, Topics
from bot.ports import Embedder, Progress, no_progress
from bot.ranking import background as backgrounds
from bot.ranking.cascade import cascade_order
from bot.ranking.closeness import Texts, Wanted
from bot.ranking.imported import Comparison
from bot.ranking.interests import Interest, interests
from bot.ranking.judge import Task, judge, novelty_of
from bot.ranking.learn import Evidence, fit
from bot.ranking.model import untaught
from bot.ranking.rank import Exploration, RankingInputs, explore, rank
from bot.ranking.rater import fit_rater, judged_papers
from bot.ranking.rewards import verdicts
from bot.ranking.terms import TermsMemo, embedding_text
from bot.ranking.vocabulary import Vectorizer, vectorizer
from bot.replay.data import Reader
from bot.replay.first_list import GivenList
from bot.replay.memory import Memory, at_hour, reveal
from bot.replay.options import COUNTED, DEFAULTS, FIRST_MORNINGS, Arm, ReplayOptions
from bot.replay.report import Morning, MorningResult, ReplayReport, measured
from bot.replay.simulated import looked_at

ARCHIVE = 6_000  # past papers kept at hand, as a real morning has them
STAGE = "replaying"
NO_TOPICS = Topics(raw="")

Vectors = NDArray[np.float32]


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
    """A reader, the interests of their topics as texts and vectors, and the list they brought if they did."""

    reader: Reader
    interests: tuple[Interest, ...]
    vectors: Vectors
    given: GivenList | None = None

    def takes_part(self, day: date) -> bool:
        """Whether a morning of that day is replayed for the reader."""
        given = self.given
        return self.reader.active_on(day) and (
            given is None or (given.precedes(day) and given.n_judged < FIRST_MORNINGS)
        )


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
    lists = [GivenList(one, papers, options.import_first) if options.import_first else None for one in readers]
    seats = [_seat(one, given, parse_topics, embedder) for one, given in zip(readers, lists, strict=True)]
    by_day = _by_day(papers)
    days = _days(by_day, embedder, course)
    return ReplayReport(
        results=tuple(_results(days, seats, course, lambda done: progress(STAGE, done, len(by_day)))),
        readers=tuple(reader.name for reader in readers),
        papers=len(papers),
        days=len(by_day),
        k=options.k,
        seed=options.seed,
        feedback=options.feedback,
        rater=str(options.rater or ""),
        import_first=options.import_first,
        lists={seat.reader.name: seat.given.check for seat in seats if seat.given and seat.given.check},
    )


def _results(
    days: Iterable[_Day], seats: Sequence[_Seat], course: _Course, progress: Callable[[int], None]
) -> Iterator[MorningResult]:
    """Every morning's figures; what readers have seen and done goes on from day to day."""
    memories: Mapping[tuple[str, Arm], Memory] = defaultdict(Memory)
    progress(0)
    for done, day in enumerate(days, start=1):
        for seat in seats:
            if seat.takes_part(day.day):
                yield from _mornings(day, seat, memories, course)
            if seat.given is not None:
                seat.given.take(day.papers, day.vectors)
        progress(done)


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


def _seat(reader: Reader, given: GivenList | None, parse_topics: Callable[[str], Topics], embedder: Embedder) -> _Seat:
    wanted = interests(parse_topics(reader.topic_text))
    return _Seat(reader, wanted, embedder.embed([interest.text for interest in wanted]), given)


def _mornings(
    day: _Day, seat: _Seat, memories: Mapping[tuple[str, Arm], Memory], course: _Course
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
        inputs = _inputs(day, seat, arm, scores, memory, course)
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
            reveal(day.day, day.papers, seat.reader, memory, shown[: options.k], options)
    if seat.given is not None and any(one.figures for one in found):
        seat.given.n_judged += 1
    return found


def _exploration(arm: Arm, day: date, options: ReplayOptions) -> Exploration:
    return Exploration(slots=1 if arm is Arm.EXPLORING else 0, seed=options.seed * 1_000_003 + day.toordinal())


def _asks(arm: Arm, options: ReplayOptions) -> bool:
    """Whether it matters which papers an LLM would be asked about first."""
    return (options.cascade and arm in COUNTED) or (options.rater is not None and arm.rated)


def _inputs(
    day: _Day, seat: _Seat, arm: Arm, scores: Sequence[Score], memory: Memory, course: _Course
) -> RankingInputs:
    model = None
    if arm is Arm.RANDOM:
        chance = random.Random(f"{course.options.seed} {day.day}")  # noqa: S311 - no secret
        scores = [replace(score, closeness=chance.random()) for score in scores]
    elif arm.learns:
        said = verdicts(memory.votes)
        given = seat.given if arm.has_list else None
        evidence = Evidence(
            verdicts=said,
            impressions=memory.impressions,
            papers={**given.papers, **memory.papers} if given else memory.papers,
            past=day.archive.papers,
            now=at_hour(day.day, 9),
            seed=course.options.seed,
            imported=_imported(day, seat, given, {one.arxiv_id for one in said}) if given else (),
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


def _imported(day: _Day, seat: _Seat, given: GivenList, voted: set[str]) -> tuple[ImportedLike, ...]:
    """What the reader's list may teach as things stand on the day."""
    wanted = Wanted([interest.text for interest in seat.interests], seat.vectors)
    return given.likes(voted, Comparison(wanted, day.archive, day.today, day.background.mean_vector))
