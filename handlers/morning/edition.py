"""An edition: which papers a digest is about, ranked, rendered, and ready to be written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot.models import (
    CandidateRecord,
    Digest,
    DigestKind,
    DigestPlan,
    DigestRecord,
    Intent,
    Paper,
    Post,
    PostKey,
    PostRole,
    PostState,
    Ranked,
    Totals,
)
from bot.ports import Progress, no_progress
from bot.ranking.explain import why
from bot.ranking.rank import Exploration, Selection, rank, select
from bot.rendering import header_post, late_papers, more_posts, nothing_relevant, paper_posts
from bot.settings import ChannelSettings
from handlers.environment import Environment
from handlers.listing import ANNOUNCED, admitted_types
from handlers.morning.scoring import Scored, score_papers, standing_of

logger = logging.getLogger(__name__)

_LONGEST_TOPICS = 200_000  # characters kept with each digest; the whole text is in its version


@dataclass(frozen=True, slots=True)
class Edition:
    """What a digest shall be about.

    `first` and `last` bound its listing days (both None: a digest without papers, which only says why). `after` is the
    channel's mark it was made from. Papers announced on earlier days but seen only after `late_since` come along. One
    that `repairs` an earlier digest, by number, brings what the LLM now finds among its candidates not shown so far;
    one that `adds_to` it brings what its listing lacked then.
    """

    channel: str
    kind: DigestKind
    occasion: str
    first: date | None = None
    last: date | None = None
    after: date | None = None
    late_from: date | None = None
    late_since: datetime | None = None
    remedial_on: date | None = None
    remarks: tuple[str, ...] = ()
    repairs: int | None = None
    adds_to: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """An edition ready to be written down: the plan for the ledger and the digest for files and previews.

    After a rehearsal `rehearsed` says what would have been sent to the scorer.
    """

    plan: DigestPlan
    digest: Digest
    posts: tuple[Post, ...]
    rehearsed: str = ""


async def prepare(
    env: Environment, edition: Edition, progress: Progress = no_progress, *, rehearsal: bool = False
) -> Prepared:
    """Choose, score, rank and render the papers of an edition. Writes nothing but scores; a `rehearsal` not even those.

    Raises:
        ScorerError: the papers could not be scored.
    """
    async with env.preparing:
        return await _prepare(env, edition, progress, rehearsal=rehearsal)


async def _prepare(env: Environment, edition: Edition, progress: Progress, *, rehearsal: bool) -> Prepared:
    # Taken first: a paper stored while this runs is then newer than the digest and comes with the next one.
    planned_at = env.clock.now()
    pool = await _pool(env, edition)
    day = edition.last or planned_at.date()
    standing = await standing_of(env, edition.channel)
    scored = await score_papers(env, edition.channel, standing, pool.candidates, day, progress, rehearsal=rehearsal)
    if edition.repairs is not None:
        scored = await _missed(env, edition.channel, scored)
    ranked = await asyncio.to_thread(rank, scored.inputs)
    channel = env.channel(edition.channel)
    selection = await asyncio.to_thread(
        select,
        scored.inputs,
        ranked,
        papers=channel.papers,
        more=channel.more,
        min_relevance=channel.min_relevance,
        exploration=_exploration(env, channel, planned_at),
    )
    digest = await _digest(env, edition, pool, scored, selection)
    whys = {paper.paper.arxiv_id: why(paper) for paper in digest.ranked}
    shown = paper_posts(digest, standing.topics, whys, pool.late)
    posts = (header_post(digest), *shown, *more_posts(digest, standing.topics, whys, pool.late))
    record = _record(edition, digest, planned_at)
    plan = DigestPlan(
        record=record,
        after=edition.after,
        # What is repaired was considered already.
        candidates=_fates(ranked, selection) if edition.repairs is None else (),
        shown=digest.ranked,
        intents=_intents(env, record, posts, digest.ranked, digest.shown),
    )
    return Prepared(plan, digest, posts, scored.rehearsed)


async def _missed(env: Environment, key: str, scored: Scored) -> Scored:
    """What the LLM scored by now and no reader has seen, at the cost of this time alone."""
    seen = {one.arxiv_id for one in await env.store.feedback.impressions(key)}
    missed = scored.only(lambda score: score.scorer == "llm" and score.arxiv_id not in seen)
    return replace(missed, cost=scored.spent_now)


async def score_ahead(env: Environment, key: str) -> None:
    """Score the newest listing for a channel before its morning, so that posting need not wait."""
    channel = env.channel(key)
    day = await env.store.listings.newest_complete(
        env.source.name, channel.categories, env.source.newest_day(env.clock.now())
    )
    if day is None:
        return
    async with env.preparing:
        pool = await _pool(env, Edition(key, DigestKind.MORNING, "ahead", day, day))
        await score_papers(env, key, await standing_of(env, key), pool.candidates, day)


@dataclass(frozen=True, slots=True)
class _Pool:
    """The papers an edition is about: `candidates` are new to the channel, `late` those of them from earlier days."""

    days: tuple[date, ...]
    candidates: tuple[Paper, ...]
    late: frozenset[str]
    announced: int
    scanned: int


async def _pool(env: Environment, edition: Edition) -> _Pool:
    channel = env.channel(edition.channel)
    types = admitted_types(channel)
    if edition.first is None or edition.last is None:
        return _Pool((), (), frozenset(), 0, 0)
    listings = env.store.listings
    admitted = await listings.entries(channel.categories, types, edition.first, edition.last)
    late: tuple[str, ...] = ()
    if edition.late_from and edition.late_from < edition.first:
        yesterday = edition.first - timedelta(days=1)
        late = await listings.entries(channel.categories, types, edition.late_from, yesterday, edition.late_since)
    wanted = tuple(dict.fromkeys((*admitted, *late)))
    posted = await env.store.library.posted(edition.channel, wanted)  # by another tool, whose digests were imported
    wanted = tuple(one for one in wanted if one not in posted)
    offered = await env.store.ledger.offered(edition.channel, wanted)
    known = await env.store.papers.get(wanted)
    is_repair = edition.repairs is not None
    admitted_now = [one for one in wanted if one in known and (one in offered) == is_repair]
    fresh = [known[one] for one in admitted_now if not known[one].withdrawn]
    late_ones = frozenset(late) - frozenset(admitted) - offered - posted
    records = await listings.records(env.source.name, channel.categories, edition.first, edition.last)
    days = tuple(sorted({record.day for record in records if record.state in ANNOUNCED}))
    announced = await listings.announced(channel.categories, days) + len(late_ones)
    return _Pool(days, tuple(fresh), late_ones, announced, len(admitted) + len(late_ones))


def _exploration(env: Environment, channel: ChannelSettings, planned_at: datetime) -> Exploration:
    return Exploration(round(env.settings.ranking.exploration * channel.papers), seed=planned_at.toordinal())


async def _digest(env: Environment, edition: Edition, pool: _Pool, scored: Scored, selection: Selection) -> Digest:
    remarks = [*edition.remarks, *scored.remarks]
    if pool.days and not selection.posted:
        remarks.append(nothing_relevant(env.channel(edition.channel).min_relevance))
    if pool.late:
        remarks.append(late_papers(len(pool.late)))
    return Digest(
        channel=edition.channel,
        number=await env.store.ledger.next_number(edition.channel),
        days=pool.days,
        totals=Totals(pool.announced, pool.scanned, selection.relevant),
        ranked=selection.posted,
        shown=selection.shown,
        scored_by=scored.scored_by or env.scorer.name,
        selected_by=scored.inputs.topics.raw[:_LONGEST_TOPICS],
        cost=scored.cost,
        remarks=tuple(remarks),
        remedial_on=edition.remedial_on,
    )


def _record(edition: Edition, digest: Digest, planned_at: datetime) -> DigestRecord:
    return DigestRecord(
        channel=digest.channel,
        number=digest.number,
        kind=edition.kind,
        occasion=edition.occasion,
        days=digest.days,
        totals=digest.totals,
        planned_at=planned_at.astimezone(UTC),
        completed_at=None,
        scored_by=digest.scored_by,
        selected_by=digest.selected_by,
        shown=digest.shown,
        remarks=digest.remarks,
        cost=digest.cost,
        remedial_on=digest.remedial_on,
    )


def _fates(ranked: Sequence[Ranked], selection: Selection) -> tuple[CandidateRecord, ...]:
    fates = {paper.paper.arxiv_id: "thread" for paper in selection.posted}
    fates.update({paper.paper.arxiv_id: "shown" for paper in selection.posted[: selection.shown]})
    fates.update({twin.ranked.paper.arxiv_id: "duplicate" for twin in selection.duplicates})
    fates.update({paper.paper.arxiv_id: "muted" for paper in selection.muted})
    return tuple(
        CandidateRecord(
            paper.paper.arxiv_id, paper.score.relevance, paper.utility, fates.get(paper.paper.arxiv_id, "left")
        )
        for paper in ranked
    )


def _intents(
    env: Environment, record: DigestRecord, posts: Sequence[Post], ranked: Sequence[Ranked], shown: int
) -> tuple[Intent, ...]:
    channel = env.channel(record.channel)
    subjects = ["", *(paper.paper.arxiv_id for paper in ranked)]
    return tuple(
        Intent(
            key=PostKey(record.channel, record.number, PostRole.PAPER if index else PostRole.HEADER, subject),
            sequence=index,
            state=PostState.PLANNED,
            platform=channel.platform,
            channel_id=channel.id,
            post=post,
            in_thread=index > shown,
        )
        for index, (subject, post) in enumerate(zip(subjects, posts, strict=True))
    )


def stored_digest(record: DigestRecord, ranked: Sequence[Ranked]) -> Digest:
    """The digest that the ledger holds, for files and previews."""
    return Digest(
        channel=record.channel,
        number=record.number,
        days=record.days,
        totals=record.totals,
        ranked=tuple(ranked),
        shown=record.shown,
        scored_by=record.scored_by,
        selected_by=record.selected_by,
        cost=record.cost,
        remarks=record.remarks,
        remedial_on=record.remedial_on,
    )
