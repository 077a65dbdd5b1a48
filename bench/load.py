"""A hundred channels and ten thousand votes: `python -m bench.load [--channels N] [--votes N] [--at-once]`.

Half of the channels are on Slack and half on Discord, spoken to by the real SDKs over real sockets. The loopback
servers enforce the platforms' real limits in real time, so that the morning takes as long as it would; nothing is
scaled. Then readers on both platforms react as fast as the bot takes it, with some hundred events always on their way;
`--at-once` sends all of them without looking, so that Slack's three seconds for each cannot be kept.

How late the event loop is depends on the machine too: a process that does nothing but tick stands beside it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.load_bot import Channel, Load, live, stand_by
from bot.platforms.discord._permissions import NEEDED
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER
from tests.prove.blocking import days_of_papers, nine
from tests.prove.rooms.hosting import Host

PAPERS = 10
MOST_MB, MOST_LATE_MS, LEAST_PER_S = 500, 100, 1_000
_LISTING = 400
_READERS = 80
_TOPICS = 10  # different ones
_LONGEST_S = 900.0
_ON_THEIR_WAY, _AT_A_TIME = 400, 50
_CATEGORIES = (("cs.CL", "cs.LG"), ("cs.CV",), ("cs.AI", "cs.CL"), ("cs.LG", "cs.IR"))
_SIGNS = {"👍": "+1", "👎": "-1", "❤️": "heart"}


class Platforms:
    """Both servers with their channels and readers."""

    def __init__(self, shift_s: float, channels: int) -> None:
        self.host = Host()
        self.slack = LoopbackSlack(now=lambda: time.time() + shift_s)
        self.discord = LoopbackDiscord(now=lambda: time.time() + shift_s)
        self.host.run(self.slack.start())
        self.host.run(self.discord.start())
        workspace, world = self.slack.workspace, self.discord.world
        self.on_slack = [workspace.add_person(f"reader{n}") for n in range(_READERS)]
        self.on_discord = [world.add_person(f"reader{n}") for n in range(_READERS)]
        guild = world.add_guild("Readers", self.on_discord[0], self.on_discord, bot_permissions=NEEDED.value)
        half = channels // 2
        self.slack_channels = [
            workspace.add_channel(f"papers-{n}", self.on_slack[0], [*self.on_slack, BOT_USER]) for n in range(half)
        ]
        self.discord_channels = [world.add_channel(guild, f"papers-{n}") for n in range(channels - half)]

    @property
    def access(self) -> Mapping[str, str]:
        """What the bot needs to reach them."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
        }

    def papers_on_slack(self) -> list[tuple[str, str]]:
        """Channel and ts of every paper."""
        channels = self.slack.workspace.channels
        found = [
            (channel_id, one)
            for channel_id in self.slack_channels
            for one in list(channels[channel_id].messages.values())
        ]
        return [(channel_id, one.ts) for channel_id, one in found if "/paper/" in json.dumps(one.metadata)]

    def papers_on_discord(self) -> list[tuple[str, str]]:
        """Channel and id of every paper."""
        channels = self.discord.world.channels
        found = [
            (channel_id, one)
            for channel_id in self.discord_channels
            for one in list(channels[channel_id].messages.values())
        ]
        return [
            (channel_id, one.id) for channel_id, one in found if any(cid.startswith("up|") for cid in one.custom_ids)
        ]

    def react(self, votes: int, stored: Callable[[], int], at_once: bool) -> Counter[str]:
        """Half of the votes on each platform, as fast as they are stored, or all at once; how many each got."""
        chance = random.Random(0)  # noqa: S311 - no secret
        given: Counter[str] = Counter()
        slack, discord = self.papers_on_slack(), self.papers_on_discord()
        while (total := given.total()) < votes:
            if not at_once and total - stored() > _ON_THEIR_WAY:
                time.sleep(0.02)
                continue
            given += self.host.call(self._react, chance, slack, discord, min(_AT_A_TIME, votes - total))
        return given

    def _react(
        self, chance: random.Random, slack: list[tuple[str, str]], discord: list[tuple[str, str]], count: int
    ) -> Counter[str]:
        given: Counter[str] = Counter()
        while given.total() < count:
            emoji = chance.choice(list(_SIGNS))
            if chance.random() < 0.5:
                reader, (channel_id, ts) = chance.choice(self.on_slack), chance.choice(slack)
                given["Slack"] += self.slack.people.react(reader, channel_id, ts, _SIGNS[emoji]) is not None
            else:
                reader, (channel_id, message) = chance.choice(self.on_discord), chance.choice(discord)
                given["Discord"] += self.discord.people.react(reader, channel_id, message, emoji) is not None
        return given

    def stop(self) -> None:
        """Answer nobody any more."""
        self.host.run(self.slack.stop())
        self.host.run(self.discord.stop())
        self.host.stop()


def run(channels: int, votes: int, *, at_once: bool = False) -> bool:
    """Print the figures; True if all bounds hold."""
    with tempfile.TemporaryDirectory(prefix="paperlark-load-") as name:
        folder = Path(name)
        rows, texts = days_of_papers(_LISTING, 1)
        (folder / "papers.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for day in rows for row in day), encoding="utf-8"
        )
        morning = nine(rows[-1])
        platforms = Platforms((morning - datetime.now(UTC)).total_seconds(), channels)
        stage = folder / "stage"
        stage.write_text("morning", encoding="utf-8")
        now = f"{(morning - datetime.now(UTC)).total_seconds():+f}s"
        load = Load(folder, now, folder / "papers.jsonl", _channels(folder, platforms), platforms.access, stage, votes)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_bot, args=(load,), daemon=True)
        idle = context.Process(target=stand_by, args=(stage, folder / "idle.json"), daemon=True)
        process.start()
        idle.start()
        try:
            return _run(platforms, load, texts, at_once, process)
        finally:
            for one in (process, idle):
                one.kill()
                one.join()
            platforms.stop()


def _run(platforms: Platforms, load: Load, texts: str, at_once: bool, process: Any) -> bool:
    began = time.monotonic()
    channels, votes = len(load.channels), load.votes
    expected = channels * PAPERS
    while (posted := len(platforms.papers_on_slack()) + len(platforms.papers_on_discord())) < expected:
        if time.monotonic() - began > _LONGEST_S or not process.is_alive():
            break
        time.sleep(1)
    morning_s = time.monotonic() - began
    print(
        f"morning of {channels} channels, half on Slack and half on Discord, {_LISTING} papers ({texts}), {_TOPICS} "
        f"topics files: {posted} of {expected} papers posted {morning_s:.0f} s after the start"
    )
    load.stage.write_text("votes", encoding="utf-8")
    time.sleep(1)
    began = time.monotonic()
    given = platforms.react(votes, lambda: _arrived(load), at_once)
    sent_s = time.monotonic() - began
    _until(lambda: _arrived(load) >= votes)
    stored_s = time.monotonic() - began
    how = "at once" if at_once else f"with up to {_ON_THEIR_WAY} on their way"
    print(
        f"{votes:,} reactions {how} in {sent_s:.1f} s ({given['Slack']:,} Slack, {given['Discord']:,} Discord): "
        f"{_stored(load):,} stored after {stored_s:.1f} s, {votes / stored_s:,.0f} a second through sockets and SDKs"
    )
    load.stage.write_text("direct", encoding="utf-8")
    _until((load.folder / "voted").exists)
    lost = votes - _stored(load)
    load.stage.write_text("learning", encoding="utf-8")
    time.sleep(75)  # the refits of all channels, a minute after the last vote
    load.stage.write_text("end", encoding="utf-8")
    process.join(30)
    return _verdict(platforms, load, posted == expected, lost)


def _verdict(platforms: Platforms, load: Load, is_posted: bool, lost: int) -> bool:
    measured = json.loads((load.folder / "measured.json").read_text(encoding="utf-8"))
    idle = json.loads((load.folder / "idle.json").read_text(encoding="utf-8"))
    for figures in (measured["memory_mb"], measured["late_ms"], measured["computed_ms"]):
        figures.pop("end", None)  # stopping is nobody's concern any more
    memory, late = max(measured["memory_mb"].values()), max(measured["late_ms"].values())
    per_s = measured["direct_votes_per_s"]
    wrong = Counter(platforms.slack.journal.violations) + Counter(platforms.discord.journal.violations)
    print(f"{load.votes:,} votes at the inbox itself: {per_s:,.0f} stored a second (at least {LEAST_PER_S:,})")
    print(f"memory at most {memory:.0f} MB (at most {MOST_MB}): {_listed(measured['memory_mb'])}")
    print(f"event loop late at most {late:.0f} ms (at most {MOST_LATE_MS}): {_listed(measured['late_ms'])}")
    print(f"   of it computing on the loop: {_listed(measured['computed_ms'])}")
    print(f"   a process beside it that did nothing was late: {_listed(idle)}")
    print(f"votes lost: {lost}; what the platforms complained of: {dict(wrong) or 'nothing'}")
    is_fast = memory <= MOST_MB and late <= MOST_LATE_MS and per_s >= LEAST_PER_S
    return is_posted and not lost and not wrong and is_fast


def _bot(load: Load) -> None:
    import logging

    sys.stderr = (load.folder / "stderr.txt").open("a", encoding="utf-8")
    logging.basicConfig(filename=load.folder / "log.txt", level=logging.INFO, format="%(asctime)s %(message)s")
    live(load)


def _channels(folder: Path, platforms: Platforms) -> Mapping[str, Channel]:
    topics = []
    for number in range(_TOPICS):
        topics.append(folder / f"topics{number}.md")
        topics[-1].write_text(_topics(number), encoding="utf-8")
    addresses = [("slack", channel_id) for channel_id in platforms.slack_channels]
    addresses += [("discord", channel_id) for channel_id in platforms.discord_channels]
    return {
        f"channel{n}": Channel(platform, channel_id, topics[n % _TOPICS], _CATEGORIES[n % len(_CATEGORIES)])
        for n, (platform, channel_id) in enumerate(addresses)
    }


def _topics(number: int) -> str:
    themes = (
        "Quantization and pruning of language models", "Safety and alignment", "Video diffusion models",
        "Retrieval-augmented generation", "Reasoning and agents",
    )  # fmt: skip
    return "\n".join(f"{n + 1}. {themes[(number + n) % len(themes)]} {number}" for n in range(3))


def _stored(load: Load) -> int:
    """How many different votes are stored."""
    return _count(load, "count(DISTINCT platform || message || person || emoji)")


def _arrived(load: Load) -> int:
    """How many events are stored; quicker to ask, and more where an event came twice under two names."""
    return _count(load, "count(*)")


def _count(load: Load, what: str) -> int:
    with closing(sqlite3.connect(f"file:{load.folder}/data/paperlark.db?mode=ro", uri=True)) as db:
        return int(db.execute(f"SELECT {what} FROM feedback_events WHERE emoji != '🎉'").fetchone()[0])


def _until(happened: Callable[[], bool], limit_s: float = 120.0) -> None:
    deadline = time.monotonic() + limit_s
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.1)


def _listed(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.0f}" for name, value in figures.items())


def main() -> None:
    """Print the figures of the load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=100)
    parser.add_argument("--votes", type=int, default=10_000)
    parser.add_argument("--at-once", action="store_true", help="send all votes without waiting for any")
    options, _ = parser.parse_known_args()
    run(options.channels, options.votes, at_once=options.at_once)


if __name__ == "__main__":
    main()
