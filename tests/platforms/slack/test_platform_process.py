"""`paperlark run` as its own process against a loopback arXiv and a loopback Slack: an invitation, mornings, votes, a restart."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER, Message
from tests.platforms.posts import until
from tests.platforms.processes import PATIENCE_S, TOPICS, BotBetween


class Workspace(BotBetween):
    """A Slack with one channel and two readers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.slack = LoopbackSlack(now=lambda: time.time() + self.shift)
        self.ada = self.slack.workspace.add_person("ada", tz="UTC")
        self.ben = self.slack.workspace.add_person("ben")
        self.channel_id = self.slack.workspace.add_channel("reading", self.ada, [self.ben])

    def bot(self):
        """`paperlark run` with Slack's tokens and nothing else, until SIGTERM."""
        tokens = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
        }
        return self.running(tokens, self.slack.sockets.wait_for_sockets)

    def messages(self, start: str = "") -> list[Message]:
        """The app's messages in the channel whose notification begins so."""
        return [one for one in self.slack.messages(self.channel_id) if one.bot_id and one.text.startswith(start)]


@pytest_asyncio.fixture
async def world(tmp_path):
    world = Workspace(tmp_path)
    async with world.slack, world.arxiv:
        yield world


async def test_a_group_adds_the_bot_and_lives_with_it(world):
    """From the invitation to the second morning, with votes of two readers, a restart, and a vote while it was down."""
    people, channel_id = world.slack.people, world.channel_id
    world.go_to(datetime(2025, 5, 7, 12, 0, tzinfo=UTC))
    async with world.bot():
        people.invite(world.ada, channel_id)
        await until(lambda: world.messages("🐦 Hello"), PATIENCE_S)
        (hello,) = world.messages("🐦 Hello")
        people.say(world.ben, channel_id, TOPICS, thread=hello.ts)
        await until(lambda: any("may not start" in told for told in world.slack.whispers(world.ben)), PATIENCE_S)
        people.say(world.ada, channel_id, TOPICS, thread=hello.ts)
        await until(lambda: world.messages("🐦 I read arXiv"), PATIENCE_S)
        await until(lambda: len(world.messages("3. ")) == 1, PATIENCE_S)
        assert world.messages("🐦 Papers of Wed 7 May 2025")
        first, second, third = (world.messages(f"{n}. ")[0] for n in (1, 2, 3))
        people.react(world.ada, channel_id, first.ts, "+1")
        people.react(world.ben, channel_id, first.ts, "+1::skin-tone-3")
        people.react(world.ben, channel_id, second.ts, "-1")
        people.unreact(world.ben, channel_id, second.ts, "-1")
        people.press(world.ben, channel_id, third.ts, "👎")
        people.press(world.ada, channel_id, second.ts, "Abstract")
        await people.settle()
        await until(lambda: people.window_of(world.ada), PATIENCE_S)
        await until(lambda: any("👎 counted" in told for told in world.slack.whispers(world.ben)), PATIENCE_S)
        assert world.votes() == sorted([("👍", world.ada), ("👍", world.ben), ("👎", world.ben)])
    people.unreact(world.ada, channel_id, first.ts, "+1")  # while nobody listens

    world.go_to(datetime(2025, 5, 8, 8, 59, 45, tzinfo=UTC))
    async with world.bot():
        await until(lambda: world.messages("🐦 Papers of Thu 8 May 2025"), PATIENCE_S)
        (morning,) = world.messages("🐦 Papers of Thu 8 May 2025")
        nine = datetime(2025, 5, 8, 9, 0, tzinfo=UTC).timestamp()
        assert nine <= float(morning.ts) < nine + 30
        await until(lambda: len(world.messages("1. ")) == 2, PATIENCE_S)
        people.press(world.ada, channel_id, third.ts, "Why")  # on yesterday's post, by a process that did not post it
        await until(lambda: any("Why:" in told for told in world.slack.whispers(world.ada)), PATIENCE_S)
        await until(lambda: world.votes() == sorted([("👍", world.ben), ("👎", world.ben)]), PATIENCE_S)
    assert any("you 👎" in one.text for one in world.messages("1. ")[1:]), "yesterday's votes shape the order"
    assert not world.messages("🐦 Papers of today"), "no morning is made up for the time before the channel was started"
    assert world.slack.journal.violations == []
    keys = [one.metadata["event_payload"]["key"] for one in world.messages() if one.metadata]
    assert len(keys) == len(set(keys))
    assert "Traceback" not in world.log(), world.log()


SETTINGS = """
platform = "slack"
topics = "topics.md"
categories = ["cs.CL", "cs.LG", "cs.AI", "cs.CV"]
time = "09:00"
[channels.reading]
id = "{channel_id}"
[timing]
settle_s = 1.0
"""


@pytest.mark.parametrize("kind", ["slow", "broken"])
async def test_killed_while_a_message_is_on_its_way_it_posts_every_paper_exactly_once(world, kind):
    """The answer of the fourth message is outstanding when the process dies; it was posted ("slow") or it was not."""
    world.slack.workspace.channels[world.channel_id].members.add(BOT_USER)
    (world.folder / "topics.md").write_text(TOPICS, encoding="utf-8")
    (world.folder / "paperlark.toml").write_text(SETTINGS.format(channel_id=world.channel_id), encoding="utf-8")
    world.slack.fault(kind, after=3, seconds=30)
    world.go_to(datetime(2025, 5, 8, 8, 59, 50, tzinfo=UTC))
    async with world.bot() as process:
        await until(lambda: world.slack.journal.count("chat.postMessage") == 4, PATIENCE_S)
        process.kill()
        await process.wait()
    sent = len(world.messages())
    assert sent == (4 if kind == "slow" else 3)
    world.go_to(datetime(2025, 5, 8, 9, 1, tzinfo=UTC))
    async with world.bot():
        await until(lambda: "is complete" in world.log(), PATIENCE_S)
    header = world.messages("🐦 Papers of Thu 8 May 2025")
    assert len(header) == 1
    keys = [one.metadata["event_payload"]["key"] for one in world.messages()]
    assert len(keys) == len(set(keys)) > sent
