"""Show a few mornings in the terminal with the bundled sample, and votes between them (`paperlark demo`)."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path

import click

from bot.app.wiring import opened
from bot.clock import SystemClock
from bot.models import PostRole, Reply, Request, TopicsOffer, Vote, VoteOutcome
from bot.platforms.console import ConsolePlatform
from bot.settings import ChannelSettings, ScorerName, Settings
from bot.text import counted
from handlers.commands import answer
from handlers.environment import Environment
from handlers.morning import post_morning
from handlers.reaction import record_votes

_FIRST_DAY = date(2025, 5, 5)
_CATEGORIES = ("cs.CL", "cs.LG", "cs.AI", "cs.CV", "cs.IR")
_CHANNEL = "terminal"
_READER = "a scripted reader"
# What the scripted reader cares for: said on the screen, so that nobody takes it for more than it is.
_LIKES = ("precision", "quantiz", "quantis", "kv cache", "kv-cache", "low-bit", "post-training")


async def run_demo(mornings: int, *, interactive: bool) -> None:
    """Show up to five mornings; in a terminal the person there votes, elsewhere a scripted reader does."""
    with tempfile.TemporaryDirectory(prefix="paperlark-demo-") as folder:
        clock = DemoClock(_FIRST_DAY)
        console = ConsolePlatform(clock, interactive=interactive)
        with opened(_settings(Path(folder)), clock=clock, platforms={console.name: console}) as env:
            _introduce(interactive=interactive)
            week = _Week(env, clock, mornings)
            await week.next_morning()
            if interactive:
                await console.run(week)
            else:
                await _vote_by_script(env, 1)
                while await week.next_morning():
                    await _vote_by_script(env, week.posted)
            await _sum_up(env)


class DemoClock(SystemClock):
    """A clock that is set from morning to morning; it does not wait."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.go_to(day)

    def go_to(self, day: date) -> None:
        """Make it nine in the morning of `day`."""
        self._moment = datetime.combine(day, time(9), UTC)

    def now(self) -> datetime:
        """The demo's time."""
        self._moment += timedelta(microseconds=1)  # two events are never at the same moment
        return self._moment


def _settings(folder: Path) -> Settings:
    topics = folder / "topics.md"
    topics.write_text(files("prompts").joinpath("topics.example.md").read_text(encoding="utf-8"), encoding="utf-8")
    channel = ChannelSettings(topics=topics, categories=_CATEGORIES, papers=5, more=3)
    return Settings(data_dir=folder, source="sample", scorer=ScorerName.LOCAL, channels={_CHANNEL: channel})


def _introduce(*, interactive: bool) -> None:
    click.echo("Paperlark's demo: real papers of one week in May 2025, abstracts in our own\nwords, nothing is kept.")
    if interactive:
        click.echo("Vote with `+1 3` or `-1 2`, ask `why 1`, go on with `next`, leave with `quit`.\n")
    else:
        click.echo("Nobody sits here, so a scripted reader votes:\n👍 quantization and KV cache, 👎 the others.\n")


class _Week:
    """The inbox of the demo: everything is answered for real, and `next` brings the next morning."""

    def __init__(self, env: Environment, clock: DemoClock, mornings: int) -> None:
        self._env = env
        self._clock = clock
        self._mornings = mornings
        self.posted = 0

    async def next_morning(self) -> bool:
        """Post the next morning; False after the last."""
        if self.posted == self._mornings:
            return False
        self._clock.go_to(_FIRST_DAY + timedelta(days=self.posted))
        await post_morning(self._env, _CHANNEL, self._clock.now())
        self.posted += 1
        return True

    async def vote(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        return (await record_votes(self._env, [vote]))[0]

    async def request(self, request: Request) -> AsyncIterator[Reply]:
        """See Inbox."""
        if request.name != "next":
            async for reply in answer(self._env, request):
                yield reply
        elif not await self.next_morning():
            yield Reply(title="That was the demo's last morning. Leave with `quit`.")

    async def press(self, vote: Vote) -> VoteOutcome:
        """See Inbox."""
        return await self.vote(vote)

    async def reconnected(self, platform: str, channel_id: str | None = None) -> None:
        """See Inbox."""

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
        """See Inbox."""

    async def removed(self, platform: str, channel_id: str) -> None:
        """See Inbox."""

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        """See Inbox."""
        del platform, channel_id, person
        return False

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        """See Inbox."""
        del offer
        return None


async def _vote_by_script(env: Environment, number: int) -> None:
    """Vote as the scripted reader would on what this morning showed in the channel."""
    now = env.clock.now()
    votes = []
    for intent in await env.store.ledger.intents(_CHANNEL, number):
        if intent.key.role is not PostRole.PAPER or intent.in_thread or intent.ref is None:
            continue
        title = intent.post.title.lower()
        emoji = "👍" if any(word in title for word in _LIKES) else "👎"
        votes.append(Vote(f"script-{intent.key}", intent.ref, _READER, emoji, True, now, now.timestamp()))
    await record_votes(env, votes)
    liked = sum(vote.emoji == "👍" for vote in votes)
    click.echo(f"   the scripted reader: {liked} 👍, {len(votes) - liked} 👎\n")


async def _sum_up(env: Environment) -> None:
    votes = await env.store.feedback.current(_CHANNEL)
    shown = await env.store.feedback.impressions(_CHANNEL)
    click.echo(
        f"{counted(len(shown), 'paper')} shown, {counted(len(votes), 'vote')} stored.\n"
        "Now with your own topics: see README, `Your own morning`."
    )
