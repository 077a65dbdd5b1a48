"""Once a week a channel is shown what it liked most."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.models import CurrentVote, Intent, Paper, PostKey, PostRole, PostState
from bot.ranking.rewards import reward_of, standings
from bot.rendering import most_liked_post
from handlers.environment import Environment
from handlers.morning.delivery import send
from handlers.standing import pause_of

logger = logging.getLogger(__name__)

WEEK = timedelta(days=7)
_MOST_PAPERS = 5


async def post_most_liked(env: Environment, key: str, due: datetime) -> bool:
    """Post what was liked most in the week that ended at `due` (aware); whether it was written down by this call.

    Only votes of that week count, as far as they stand. However often it is called, a week has one message, and none if
    nothing was liked or the channel is paused.

    Raises:
        DeliveryPaused: the message is left for recovery.
    """
    if await pause_of(env, key) is not None:
        logger.info("%s is paused: no look back on its week", key)
        return False
    papers = await _most_liked(env, key, due)
    if not papers:
        logger.info("nothing was liked in %s this week", key)
        return False
    channel = env.channel(key)
    last = due.astimezone(channel.zone).date()
    intent = Intent(
        key=PostKey(key, 0, PostRole.NOTICE, f"most-liked-{last}"),
        sequence=last.toordinal(),
        state=PostState.PLANNED,
        platform=channel.platform,
        channel_id=channel.id,
        post=most_liked_post(papers, last - WEEK, last),
        in_thread=False,
    )
    if not await env.store.ledger.add_intents([intent]):
        return False  # posted, or left for recovery
    await send(env, intent)
    logger.info("%s is shown the %d papers it liked most this week", key, len(papers))
    return True


async def _most_liked(env: Environment, key: str, due: datetime) -> list[tuple[Paper, int]]:
    """The week's best papers, best first, each with the number of readers who like it."""
    # By the wall clock, so that weeks neither overlap nor leave an hour out when summer time begins or ends.
    since = due.astimezone(env.channel(key).zone) - WEEK
    votes = [one for one in await env.store.feedback.current(key) if since < one.at <= due]
    rewards = env.settings.ranking.rewards
    best = [one.arxiv_id for one in standings(votes, rewards)]
    papers = await env.store.papers.get(best)
    known = [papers[one] for one in best if one in papers][:_MOST_PAPERS]
    return [(paper, _readers_of(paper, votes, env)) for paper in known]


def _readers_of(paper: Paper, votes: list[CurrentVote], env: Environment) -> int:
    rewards = env.settings.ranking.rewards
    return len({one.person for one in votes if one.arxiv_id == paper.arxiv_id and reward_of(one.emoji, rewards) > 0})
