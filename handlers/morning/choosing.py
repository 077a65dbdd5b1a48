"""What a digest is to be about: what is new, nothing and why, or a day already gone."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from bot.models import DigestKind, DigestRecord
from bot.rendering import arxiv_unreachable, is_disagreement, no_announcement, promises_rest, rest_follows
from bot.settings import CatchUp
from handlers.environment import Environment
from handlers.listing import Ingested
from handlers.morning.edition import Edition
from handlers.morning.situation import Situation, announced_days, oldest_unasked

logger = logging.getLogger(__name__)


async def edition_of_news(
    env: Environment, key: str, situation: Situation, first: DigestRecord | None, occasion: str
) -> Edition:
    """The listing days not posted yet: all of them in one digest, or the oldest one, as the settings say."""
    days = situation.days
    if env.settings.catch_up is CatchUp.SINGLY:
        days = days[:1]
    remarks = []
    if first is not None:
        occasion = f"{occasion}, {days[-1]}"
        if not first.days:
            remarks.append("Late: this could not be posted when the morning was due.")
    if situation.too_old:
        remarks.append(
            f"{situation.too_old} older listing days were missed and are not posted unasked; "
            "`paperlark backfill` posts them."
        )
    doubts = (doubt for day, doubt in situation.doubts.items() if day in days)
    remarks += [rest_follows(doubt) for doubt in dict.fromkeys(doubts)]
    late_from, late_since = await _late_window(env, key)
    is_past = days[-1] < situation.days[-1]
    return Edition(
        channel=key,
        kind=DigestKind.MORNING,
        occasion=occasion,
        first=days[0],
        last=days[-1],
        after=situation.mark,
        late_from=late_from,
        late_since=late_since,
        remedial_on=env.clock.now().astimezone(env.channel(key).zone).date() if is_past else None,
        remarks=tuple(remarks),
    )


async def _late_window(env: Environment, key: str) -> tuple[date | None, datetime | None]:
    """From which day on, and since when, a paper is a late arrival: after the last morning that had papers."""
    first_day = await env.store.ledger.first_day(key)
    if first_day is None:
        return None, None
    for record in await env.store.ledger.digests(key):
        if record.kind is DigestKind.MORNING and record.days:
            return max(first_day, oldest_unasked(env)), record.planned_at
    return None, None


async def edition_of_nothing(
    env: Environment, key: str, situation: Situation, ingested: Ingested, occasion: str
) -> Edition:
    """A morning without papers, which says why."""
    channel = env.channel(key)
    now = env.clock.now()
    if situation.mark is not None and situation.expected <= situation.mark:
        today = now.astimezone(channel.zone).date()
        gap = ((situation.mark + timedelta(days=1) + timedelta(days=n)) for n in range((today - situation.mark).days))
        reasons = [reason for day in gap if (reason := env.source.quiet_reason(day))]
        remark = no_announcement(reasons[-1] if reasons else "no new listing yet")
    elif ingested.problem:
        logger.warning("morning of %s goes without its listing: %s", key, ingested.problem)
        remark = arxiv_unreachable(now + timedelta(seconds=env.settings.timing.poll_s), channel.zone)
    else:
        remark = await _why_nothing(env, key, situation.expected)
    return empty_edition(key, situation, occasion, (remark,))


async def _why_nothing(env: Environment, key: str, expected: date) -> str:
    """Why a listing that was expected is not there: what the source says of a doubtful one, or nothing yet."""
    if reason := env.source.quiet_reason(expected):  # foreseen, and asked for all the same
        return no_announcement(reason)
    categories = env.channel(key).categories
    records = await env.store.listings.records(env.source.name, categories, expected, expected)
    doubt = next((record.note for record in records if is_disagreement(record.note)), "")
    return doubt or no_announcement("no announcement yet")


def empty_edition(key: str, situation: Situation, occasion: str, remarks: tuple[str, ...]) -> Edition:
    """A morning without papers, and what it says."""
    return Edition(key, DigestKind.MORNING, occasion, after=situation.mark, remarks=remarks)


async def remedial_edition(env: Environment, key: str, day: date, doubt: str) -> Edition:
    """A digest of one day already gone, which says so and does not move the channel's mark."""
    today = env.clock.now().astimezone(env.channel(key).zone).date()
    remarks = (rest_follows(doubt),) if doubt else ()
    return Edition(key, DigestKind.REMEDIAL, f"remedial {day}", day, day, remedial_on=today, remarks=remarks)


async def edition_of_rest(env: Environment, key: str) -> Edition | None:
    """What came of a doubtful listing after the digest that promised it, once the listing is settled."""
    for record in await env.store.ledger.digests(key):
        if record.days and any(promises_rest(remark) for remark in record.remarks):
            announced = await announced_days(env, env.channel(key).categories, record.days[0], record.days[-1])
            occasion = f"rest of digest {record.number}"
            is_settled = not any(announced.values())
            if is_settled and await env.store.ledger.digest_for(key, occasion) is None:
                return addition(key, record, occasion)
    return None


def addition(key: str, record: DigestRecord, occasion: str) -> Edition:
    """An edition of the papers of a digest's days that it did not consider; without any it is not posted."""
    return Edition(
        channel=key,
        kind=DigestKind.REMEDIAL,
        occasion=occasion,
        first=min(record.days),
        last=max(record.days),
        remarks=(f"what digest {record.number} could not have yet",),
        adds_to=record.number,
    )
