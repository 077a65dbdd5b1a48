"""How a morning went, as its readers saw it."""

from __future__ import annotations

from datetime import date, datetime

from bot.models import DigestKind, DigestRecord, ListingState, MorningReport, PostState
from bot.rendering import llm_has_failed
from handlers.environment import Environment
from handlers.morning import occasion_of
from handlers.standing import pause_of


async def judge_morning(env: Environment, key: str, due: datetime) -> MorningReport | None:
    """How the morning due at `due` stands now; None where nothing was owed.

    Good is a morning whose readers have all there was, or were told that there was nothing to come: holidays, nothing
    relevant, a budget reached, a listing that arXiv was asked for and has not announced. Bad is one with messages that
    could not be posted, with a listing that could not be read, or without the LLM that the settings name: an outage
    must not pass for a quiet day.
    """
    if await pause_of(env, key) is not None:
        return None
    digests = await env.store.ledger.digests(key)
    return MorningReport(key, due, await _trouble(env, key, due, digests))


async def _trouble(env: Environment, key: str, due: datetime, digests: tuple[DigestRecord, ...]) -> str:
    """One clause, "" for a good morning."""
    platform = str(env.channel(key).platform)
    if platform not in env.platforms:
        return f"{platform} is not running"
    if unfinished := await env.store.ledger.unfinished(key):
        intents = await env.store.ledger.intents(key, unfinished[0])
        left = [intent for intent in intents if intent.state in {PostState.PLANNED, PostState.SENDING}]
        reason = next((f" ({intent.note})" for intent in left if intent.note), "")
        return f"{len(left)} messages could not be posted{reason}"
    occasion = occasion_of(due)
    of_this = [one for one in digests if one.occasion == occasion or one.occasion.startswith(f"{occasion},")]
    since = [one for one in digests if one.kind is DigestKind.MORNING and one.planned_at >= due]
    if not of_this and not since:
        return "nothing was posted"
    remarks = [remark for one in (*of_this, *since) for remark in one.remarks]
    if lost := next((remark for remark in remarks if llm_has_failed(remark)), ""):
        return lost
    mark = await env.store.ledger.mark(key)
    expected = env.source.newest_day(due)
    if (mark is not None and mark >= expected) or await _is_merely_empty(env, key, expected):
        return ""
    said = next((remark for one in of_this for remark in one.remarks), "")
    return f"the listing of {expected} is not posted{f': {said}' if said else ''}"


async def _is_merely_empty(env: Environment, key: str, expected: date) -> bool:
    """Whether arXiv was asked for the listing, answered, and had none: it may put one off without a word."""
    categories = env.channel(key).categories
    records = await env.store.listings.records(env.source.name, categories, expected, expected)
    states = {record.state for record in records}
    return len(records) == len(set(categories)) and states <= {ListingState.PENDING, ListingState.EMPTY}
