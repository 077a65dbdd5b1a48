"""What a channel's bot believes now, and how its posts have fared."""

from __future__ import annotations

from dataclasses import dataclass

from bot.models import Topics, TrackRecord
from bot.ranking.rewards import verdicts
from bot.ranking.track_record import Shown, track_record
from handlers.environment import Environment
from handlers.learning import refit
from handlers.standing import topics_of


@dataclass(frozen=True, slots=True)
class ChannelStats:
    """All that `paperlark stats` shows. `more` and `less` are terms that raise or lower a paper, strongest first.

    `learned_weight` in [0, 1] is how much of the order the model may decide, `trust` in [0, 1] what the guard leaves of
    it; both 0 before the first vote or list. `guard` is the guard's own sentence, `lists` one about each imported list.
    """

    channel: str
    topics: Topics
    record: TrackRecord
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    learned_weight: float = 0.0
    trust: float = 0.0
    guard: str = ""
    lists: tuple[str, ...] = ()


async def stats(env: Environment, key: str) -> ChannelStats:
    """Gather the stats of one channel; what was learned is brought up to date first."""
    model = await refit(env, key)
    votes = await env.store.feedback.current(key)
    shown = [Shown(impression, ranked) for impression, ranked in await env.store.ledger.history(key)]
    record = track_record(
        shown, verdicts(votes, env.settings.ranking.rewards), votes, env.channel(key).papers or env.channel(key).more
    )
    topics = await topics_of(env, key)
    weights = await env.store.weights.newest(key)
    metrics = weights.metrics if weights else {}
    lists = tuple(str(metrics.get("lists", "")).splitlines())
    if model is None:
        return ChannelStats(key, topics, record, lists=lists)
    more, less = model.strongest_terms()
    guard = str(metrics.get("guard", ""))
    return ChannelStats(key, topics, record, more, less, model.weight, model.trust, guard, lists)
