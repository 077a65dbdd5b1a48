"""`paperlark run` as its own process against a loopback arXiv and a loopback Discord: an invitation, mornings, votes, losses."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.platforms.discord._permissions import NEEDED
from tests.loopback.discord.payloads import made_at
from tests.loopback.discord.world import BOT_USER
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER as SLACK_BOT
from tests.platforms.discord.process import JUST_BEFORE_NINE, NOON, PATIENCE_S, TOPICS, Servers, said
from tests.platforms.posts import until


@pytest_asyncio.fixture
async def world(tmp_path):
    world = Servers(tmp_path)
    async with world.discord, world.arxiv:
        yield world


async def test_a_group_adds_the_bot_and_lives_with_it(world):
    """From the invitation to the second morning, with votes of two readers, a restart, and a vote while it was down."""
    people, channel_id, ada, ben = world.people, world.channel_id, world.ada, world.ben
    world.go_to(NOON)
    async with world.bot():
        people.invite(world.guild, NEEDED.value)
        await until(lambda: world.messages("🐦 Hello"), PATIENCE_S)
        (hello,) = world.messages("🐦 Hello")
        people.say(ben, channel_id, TOPICS, reply_to=hello.id)
        await until(lambda: "may not start" in world.discord.shown(), PATIENCE_S)
        people.press(ada, channel_id, hello.id, "Write your topics")
        await until(lambda: people.window_of(ada), PATIENCE_S)
        window = people.window_of(ada)
        people.submit(ada, window.id, {next(iter(window.fields)): TOPICS})
        await until(lambda: world.messages("🐦 I read arXiv"), PATIENCE_S)
        await until(lambda: len(world.messages("3 · ")) == 1, PATIENCE_S)
        assert world.messages("🐦 Papers of Wed 7 May 2025")
        first, second, third = (world.messages(f"{n} · ")[0].id for n in (1, 2, 3))
        people.react(ada, channel_id, first, "👍")
        people.react(ben, channel_id, first, "👍🏽")
        people.react(ben, channel_id, second, "👎")
        people.unreact(ben, channel_id, second, "👎")
        people.press(ben, channel_id, third, "👎")
        abstract = people.press(ada, channel_id, second, "Abstract")
        await world.told(ben, "👎 counted")
        await world.answered(abstract, "arXiv")
        await world.voted(("👍", ada), ("👍", ben), ("👎", ben))
        asked = people.slash(ada, channel_id, "papers ask", text="pruning of language models")
        await world.answered(asked, "arxiv.org")
        await people.settle()
    people.unreact(ada, channel_id, first, "👍")  # while nobody listens

    world.go_to(JUST_BEFORE_NINE)
    async with world.bot():
        await until(lambda: world.messages("🐦 Papers of Thu 8 May 2025"), PATIENCE_S)
        (morning,) = world.messages("🐦 Papers of Thu 8 May 2025")
        await until(lambda: len(world.messages("1 · ")) == 2, PATIENCE_S)
        why = people.press(ada, channel_id, third, "Why")  # on yesterday's post, by a process that did not post it
        await world.answered(why, "Why")
        await world.voted(("👍", ben), ("👎", ben))
        await people.settle()
    nine = datetime(2025, 5, 8, 9, 0, tzinfo=UTC).timestamp()
    assert nine <= made_at(morning.id) < nine + 30
    assert any("you 👎" in one.text for one in world.messages("1 · ")[1:]), "yesterday's votes shape the order"
    assert set(world.keys().values()) == {1}
    assert world.discord.journal.count("put_commands") == 1, "the commands are synchronised once, not at every start"
    assert world.discord.journal.violations == []
    assert "Traceback" not in world.log(), world.log()


async def test_a_lost_connection_loses_no_vote_and_a_rate_limit_no_paper(world):
    """A morning into a rate limit; a connection that is resumed, and an outage after which nothing is told again."""
    world.configure()
    people, channel_id, ada, ben = world.people, world.channel_id, world.ada, world.ben
    world.discord.fault("429", after=2, seconds=0.5)
    world.discord.fault("500-done", after=4)
    world.go_to(JUST_BEFORE_NINE)
    async with world.bot():
        await until(lambda: world.messages("5 · "), PATIENCE_S)
        first, second = (world.messages(f"{n} · ")[0].id for n in (1, 2))
        people.react(ada, channel_id, first, "👍")
        await world.voted(("👍", ada))
        world.discord.gateway.cut()
        people.react(ben, channel_id, first, "👎")
        await world.voted(("👍", ada), ("👎", ben))
        assert len(world.discord.gateway.open) == world.discord.gateway.identified == 1
        await world.discord.outage()
        people.react(ben, channel_id, second, "❤️")
        people.unreact(ada, channel_id, first, "👍")
        assert world.discord.journal.of_kind("missed")
        world.discord.recover()
        await until(lambda: world.discord.gateway.identified == 2, PATIENCE_S)
        await world.voted(("👎", ben), ("❤️", ben))
        people.press(ada, channel_id, second, "👍")
        await world.told(ada, "👍 counted")
    struck = [call.fault for call in world.discord.journal.calls if call.fault]
    assert struck == ["429", "500-done"]
    assert [one.content.partition(" ")[0] for one in world.messages()][:6] == ["🐦", "1", "2", "3", "4", "5"]
    assert set(world.keys().values()) == {1}
    assert world.discord.journal.violations == []
    assert "Traceback" not in world.log(), world.log()


async def test_answers_that_are_lost_cost_no_paper_and_no_repetition(world):
    """Messages that were posted although the connection broke, were not, or were a little later."""
    world.configure()
    world.discord.fault("lost")
    world.discord.fault("broken", after=3)
    world.discord.fault("late", after=6, seconds=0.3)
    world.discord.fault("lost", "start_thread_from_message")
    world.go_to(JUST_BEFORE_NINE)
    async with world.bot():
        await until(lambda: "is complete" in world.log(), 3 * PATIENCE_S)
    struck = [call.fault for call in world.discord.journal.calls if call.fault]
    assert sorted(struck) == ["broken", "landed", "late", "lost", "lost"]
    (header,) = world.messages("🐦 Papers of Thu 8 May 2025")
    assert len(world.keys()) == len(world.messages()) > 6
    assert set(world.keys().values()) == {1}
    assert [one.name for one in world.discord.world.threads_of(world.channel_id)] == ["More: Papers of Thu 8 May 2025"]
    assert header.id in world.discord.world.channels
    assert world.discord.journal.violations == []


@pytest.mark.parametrize(("kind", "sent"), [("silent-done", 4), ("silent", 3), ("silent-late", 3)])
async def test_killed_while_a_message_is_on_its_way_it_posts_every_paper_exactly_once(world, kind, sent):
    """The answer of the fourth message is outstanding when the process dies: it was posted, was not, or will be."""
    world.configure()
    world.discord.fault(kind, after=3, seconds=None)
    world.go_to(JUST_BEFORE_NINE)
    async with world.bot() as process:
        await until(lambda: world.discord.journal.count("create_message") == 4, PATIENCE_S)
        process.kill()
        await process.wait()
    await world.discord.land()
    assert len(world.messages()) == sent + (kind == "silent-late")
    world.go_to(datetime(2025, 5, 8, 9, 1, tzinfo=UTC))
    async with world.bot():
        await until(lambda: "is complete" in world.log(), PATIENCE_S)
    assert len(world.messages("🐦 Papers of Thu 8 May 2025")) == 1
    assert len(world.keys()) > sent
    assert set(world.keys().values()) == {1}
    assert BOT_USER not in {user for one in world.messages() for mark in one.reactions.values() for user in mark.users}
    assert world.discord.journal.violations == []


async def test_put_out_of_a_server_it_goes_on_elsewhere_and_is_let_in_again(world):
    """Two servers; the mornings of the one end with the bot's removal and go on after its return."""
    people, ada, ben = world.people, world.ada, world.ben
    other_guild = world.discord.world.add_guild("others", ben, bot_permissions=NEEDED.value)
    other = world.discord.world.add_channel(other_guild, "others")
    world.configure()
    with (world.folder / "paperlark.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[channels.others]\nid = "{other}"\n')
    world.go_to(NOON)
    async with world.bot():
        await said(world, "started: 2 channels")
        people.kick(world.guild)
        await said(world, "the bot was removed from reading")
    world.go_to(JUST_BEFORE_NINE)
    async with world.bot():
        await said(world, "of others is complete")
        assert world.messages() == []
        people.invite(world.guild, NEEDED.value)
        await said(world, "of reading is complete")
    assert not [one for one in world.messages() if one.content.startswith("🐦 Hello")], "it knows the channel"
    assert world.messages("🐦 Papers of Thu 8 May 2025")
    assert {person for person in (ada, ben) if world.discord.whispers(person)} == set()
    assert world.discord.journal.violations == []
    assert "Traceback" not in world.log(), world.log()


async def test_two_platforms_live_in_one_process_and_a_bad_token_of_one_does_not_stop_the_other(world):
    """Slack posts its morning while Discord takes no token; once it does, both have theirs, and each once."""
    world.configure()
    async with LoopbackSlack(now=lambda: time.time() + world.shift, pace=0.1) as slack:
        channel_id = slack.workspace.add_channel("slackers", slack.workspace.add_person("sol"), [SLACK_BOT])
        with (world.folder / "paperlark.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'[channels.slackers]\nplatform = "slack"\nid = "{channel_id}"\n')
        tokens = {
            "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url,
        }  # fmt: skip
        world.go_to(JUST_BEFORE_NINE)
        async with world.bot(sessions=0, **tokens, DISCORD_TOKEN="not-this-one"):
            await said(world, "of slackers is complete")
            await said(world, "platform discord failed: DISCORD_TOKEN is not accepted")
            assert world.messages() == []
        async with world.bot(**tokens):
            await said(world, "of reading is complete")
        posted = [one for one in slack.messages(channel_id) if one.text.startswith("🐦 Papers of Thu 8 May 2025")]
        assert len(posted) == len(world.messages("🐦 Papers of Thu 8 May 2025")) == 1
        assert slack.journal.violations == world.discord.journal.violations == []
    assert set(world.keys().values()) == {1}
    assert "not-this-one" not in world.log()
    assert "Traceback" not in world.log(), world.log()
