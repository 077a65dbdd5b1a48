"""A database put back from a copy, or without its log, takes up what the chats show before anything is posted again."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.errors import PlatformError, SourceError
from bot.models import (
    CandidateRecord,
    DigestKind,
    DigestRecord,
    FoundDigest,
    FoundPost,
    PostKey,
    PostRole,
    RecentMessage,
    Totals,
)
from bot.rendering import Subject, subject_of_title
from handlers.environment import Environment
from handlers.listing import admitted_types, ingest_days
from handlers.morning.delivery import DeliveryPaused

logger = logging.getLogger(__name__)

FOUND = "found in the chat"
_CLOCK_SKEW = timedelta(days=1)

Ours = Sequence[tuple[PostKey, RecentMessage]]


async def catch_up(env: Environment, key: str) -> None:
    """Take up what was posted in the channel after the copy was made; nothing to do for a database that never was one.

    What it says of itself is believed, so that a file put back by hand is safe as well. Repeating it changes nothing.

    Raises:
        DeliveryPaused: chat or source cannot be looked at now, so that nothing may be posted either.
    """
    since = await env.store.restored.behind_since(key)
    if since is None:
        return
    channel = env.channel(key)
    platform = env.platforms.get(channel.platform)
    if platform is None:
        raise DeliveryPaused(f"{key}: the database may not know all, and platform {channel.platform} is not running")
    try:
        recent = await platform.recent(channel.id, since - _CLOCK_SKEW)
        ours = [(post, message) for message in recent if (post := PostKey.parse(message.key)) and post.channel == key]
        digests = await _unknown_digests(env, key, ours)
    except (PlatformError, SourceError) as error:
        raise DeliveryPaused(
            f"{key}: the database may know nothing after {since:%Y-%m-%d %H:%M} UTC; nothing is posted before it is "
            f"known what was posted since ({error})"
        ) from error
    posts = [FoundPost(post, message.ref, message.posted_at) for post, message in ours]
    unknown = await env.store.restored.catch_up(key, posts, digests, env.clock.now())
    logger.warning(
        "%s: the database may know nothing after %s; %d messages and %d digests were taken up from the chat",
        key, since.strftime("%Y-%m-%d %H:%M UTC"), unknown, len(digests),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Trace:
    """What is left of a digest in the chat."""

    number: int
    subject: Subject
    posted_at: datetime
    shown: Mapping[str, str]  # the papers, and their fates


async def _unknown_digests(env: Environment, key: str, ours: Ours) -> tuple[FoundDigest, ...]:
    """The digests that the ledger does not know, oldest first, with all that must not be posted again.

    Raises:
        SourceError: a listing that one of them covers cannot be read.
    """
    by_number: dict[int, list[tuple[PostKey, RecentMessage]]] = defaultdict(list)
    next_number = await env.store.ledger.next_number(key)
    for post, message in ours:
        if post.digest >= next_number:
            by_number[post.digest].append((post, message))
    mark = await env.store.ledger.last_day(key)
    found = []
    for number in sorted(by_number):
        trace = _trace(env, number, by_number[number])
        digest = await _digest(env, key, trace, mark)
        if digest.record.kind is DigestKind.MORNING and digest.record.days:
            mark = digest.record.days[-1]
        found.append(digest)
    return tuple(found)


def _trace(env: Environment, number: int, messages: Ours) -> _Trace:
    posted_at = min(message.posted_at for _, message in messages)
    headers = [message for post, message in messages if post.role is PostRole.HEADER]
    shown = {
        post.subject: "thread" if message.ref.thread else "shown"
        for post, message in messages
        if post.role is PostRole.PAPER
    }
    subject = next((one for header in headers if (one := subject_of_title(header.title))), None)
    if subject is None:  # the header is gone, or the chat does not give its text
        subject = Subject(env.source.newest_day(posted_at), has_earlier=True) if shown else Subject(None)
    return _Trace(number, subject, posted_at, shown)


async def _digest(env: Environment, key: str, trace: _Trace, mark: date | None) -> FoundDigest:
    channel = env.channel(key)
    newest = trace.subject.newest
    is_news = newest is None or mark is None or newest > mark
    days: tuple[date, ...] = ()
    candidates = dict(trace.shown)
    if newest is not None:
        first = mark + timedelta(days=1) if trace.subject.has_earlier and mark and is_news else newest
        span = [first + timedelta(days=offset) for offset in range((newest - first).days + 1)]
        days = tuple(day for day in span if day == newest or not env.source.quiet_reason(day))
        await ingest_days(env, channel.categories, first, newest)
        # What was considered and not posted does not come back as a late paper either.
        considered = await env.store.listings.entries(channel.categories, admitted_types(channel), first, newest)
        candidates = {**dict.fromkeys(considered, "left"), **candidates}
    record = DigestRecord(
        channel=key,
        number=trace.number,
        kind=DigestKind.MORNING if is_news else DigestKind.REMEDIAL,
        occasion=f"{FOUND}, digest {trace.number}",
        days=days,
        totals=Totals(0, 0, 0),
        planned_at=trace.posted_at.astimezone(UTC),
        completed_at=None,
        scored_by="",
        selected_by="",
        shown=sum(fate == "shown" for fate in trace.shown.values()),
        remarks=(f"{FOUND} after the database was restored from a copy",),
    )
    return FoundDigest(record, tuple(CandidateRecord(one, 0, 0.0, fate) for one, fate in candidates.items()))
