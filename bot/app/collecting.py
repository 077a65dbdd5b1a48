"""Gather from the store what a channel's lists are written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.library.export import Collected, Listed, Opinion, PostedPaper, Wants, date_of
from bot.models import SAVE, CurrentVote, Paper
from bot.ranking.rewards import canonical, reward_of, standings
from handlers.environment import Environment
from handlers.morning.edition import stored_digest
from handlers.sections import current_titles, sections_of

EVERY_DIGEST = 1_000_000


class Of(StrEnum):
    """Which papers of a channel are meant."""

    LIKED = "liked"
    SAVED = "saved"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Range:
    """Days from `first` to `last`, both included; None is no bound."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        since = f"from {self.first}" if self.first else ""
        until = f"to {self.last}" if self.last else ""
        return " ".join(filter(None, (since, until)))


@dataclass(frozen=True, slots=True)
class _Span:
    """The moments on the days of a range, as they are counted in a zone, up to `until`."""

    within: Range
    zone: ZoneInfo
    until: datetime | None

    def holds(self, moment: datetime) -> bool:
        return (self.until is None or moment <= self.until) and self.within.holds(moment.astimezone(self.zone).date())


async def collect(
    env: Environment, key: str, wants: Wants, *, of: Of, within: Range, until: datetime | None = None
) -> Collected:
    """What a format wants of a channel.

    A vote counts if it was given within the range, a posted paper if it was posted then, a digest if it covers a
    listing day of it; days are the channel's own. Nothing later than `until` counts.
    """
    channel = env.channel(key)
    today = (until or env.clock.now()).astimezone(channel.zone).date()
    span = _Span(within, channel.zone, until)
    empty = Collected(key, f"{channel.platform}/{channel.id}", today)
    if wants is Wants.DIGESTS:
        records = await env.store.ledger.digests(key, EVERY_DIGEST)
        found = [one for one in reversed(records) if any(within.holds(day) for day in one.days)]
        digests = tuple([stored_digest(one, await env.store.ledger.ranked(key, one.number)) for one in found])
        return replace(empty, digests=digests)
    if wants is Wants.POSTED:
        return replace(empty, posted=await _posted(env, key, span))
    votes = [one for one in await env.store.feedback.current(key) if span.holds(one.at)]
    if wants is Wants.OPINIONS:
        return replace(empty, opinions=await _opinions(env, key, votes))
    papers = await _papers(env, key, of, span, votes)
    if wants is Wants.PAPERS:
        return replace(empty, listed=tuple(Listed(paper) for paper in papers))
    sections = await sections_of(env, key, papers)
    listed = tuple(Listed(paper, sections.get(paper.arxiv_id, "")) for paper in papers)
    return replace(empty, listed=listed, sections=await current_titles(env, key))


async def _papers(env: Environment, key: str, of: Of, span: _Span, votes: Sequence[CurrentVote]) -> Sequence[Paper]:
    """The papers meant, oldest first by their date, then by id: what comes later stands behind what was there."""
    if of is Of.POSTED:
        papers = [one.paper for one in await _posted(env, key, span)]
    else:
        if of is Of.SAVED:
            wanted = [vote.arxiv_id for vote in votes if canonical(vote.emoji) == SAVE]
        else:
            wanted = [one.arxiv_id for one in standings(votes, env.settings.ranking.rewards)]
        papers = list((await env.store.papers.get(wanted)).values())
    return sorted({paper.arxiv_id: paper for paper in papers}.values(), key=lambda one: (date_of(one), one.arxiv_id))


async def _posted(env: Environment, key: str, span: _Span) -> tuple[PostedPaper, ...]:
    return tuple(
        PostedPaper(ranked.paper, shown.shown_at, ranked.score.relevance, ranked.score.novelty, ranked.score.comment)
        for shown, ranked in await env.store.ledger.history(key)
        if span.holds(shown.shown_at)
    )


async def _opinions(env: Environment, key: str, votes: Sequence[CurrentVote]) -> tuple[Opinion, ...]:
    zone = env.channel(key).zone
    papers = await env.store.papers.get([vote.arxiv_id for vote in votes])
    shown = {one.arxiv_id: one for one in await env.store.feedback.impressions(key)}
    readers: dict[str, int] = {}
    opinions = []
    for vote in votes:
        if vote.arxiv_id not in papers:
            continue
        impression = shown.get(vote.arxiv_id)
        opinions.append(
            Opinion(
                day=vote.at.astimezone(zone).date(),
                paper=papers[vote.arxiv_id],
                reader=readers.setdefault(vote.person, len(readers) + 1),
                emoji=vote.emoji,
                worth=reward_of(vote.emoji, env.settings.ranking.rewards),
                digest=impression.digest if impression else None,
                position=impression.position if impression else None,
            )
        )
    return tuple(opinions)
