"""How a morning went, as its readers saw it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.models import DigestKind, DigestRecord, ListingState, MorningReport, PostState
from bot.rendering import llm_has_failed
from bot.text import counted
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
    return MorningReport(key, due, await _failure(env, key, due, digests))


async def _failure(env: Environment, key: str, due: datetime, digests: Sequence[DigestRecord]) -> str:
    """One clause, "" for a good morning."""
    platform = str(env.channel(key).platform)
    if platform not in env.platforms:
        return f"{platform} is not running"
    occasion = occasion_of(due)
    of_this = [one for one in digests if one.occasion == occasion or one.occasion.startswith(f"{occasion},")]
    of_this += [one for one in digests if one.kind is DigestKind.MORNING and one.planned_at >= due]
    if left := await _left_open(env, key, [one.number for one in of_this]):
        return left
    if not of_this:
        return "nothing was posted"
    remarks = [remark for one in of_this for remark in one.remarks]
    if lost := next((remark for remark in remarks if llm_has_failed(remark)), ""):
        return lost
    return await _not_listed(env, key, env.source.newest_day(due), remarks)


async def _left_open(env: Environment, key: str, numbers: Sequence[int]) -> str:
    """What of these digests could not be posted; of any, where there are none: an older one holds the channel up."""
    unfinished = await env.store.ledger.unfinished(key)
    number = next((one for one in unfinished if one in numbers or not numbers), None)
    return await left_of(env, key, number) if number is not None else ""


async def left_of(env: Environment, key: str, number: int) -> str:
    """How many messages of a digest could not be posted so far, and why."""
    intents = await env.store.ledger.intents(key, number)
    left = [intent for intent in intents if intent.state in {PostState.PLANNED, PostState.SENDING}]
    reason = next((f" ({intent.note})" for intent in left if intent.note), "")
    return f"{counted(len(left), 'message')} could not be posted{reason}"


async def _not_listed(env: Environment, key: str, expected: date, remarks: Sequence[str]) -> str:
    mark = await env.store.ledger.last_day(key)
    if (mark is not None and mark >= expected) or await _is_merely_empty(env, key, expected):
        return ""
    said = next(iter(remarks), "")
    return f"the listing of {expected} is not posted{f': {said}' if said else ''}"


async def _is_merely_empty(env: Environment, key: str, expected: date) -> bool:
    """Whether arXiv was asked for the listing, answered, and had none: it may put one off without a word."""
    categories = env.channel(key).categories
    records = await env.store.listings.records(env.source.name, categories, expected, expected)
    states = {record.state for record in records}
    return len(records) == len(set(categories)) and states <= {ListingState.PENDING, ListingState.EMPTY}
