"""A reader of a real channel is forgotten: afterwards neither the data folder nor the log knows who they are."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.posts import until
from tests.platforms.processes import PATIENCE_S, TOPICS
from tests.platforms.slack.test_platform_process import SETTINGS, world

__all__ = ["world"]  # a fixture


def files_naming(folder, person):
    """The files below a folder in which an id stands, the database's log among them."""
    return [path.name for path in folder.rglob("*") if path.is_file() and person.encode() in path.read_bytes()]


async def answered(world, person, text, wanted):
    world.slack.people.slash(person, world.channel_id, "/papers", text)
    await until(lambda: any(wanted in told for told in world.slack.whispers(person)), PATIENCE_S)


async def test_forgotten_in_chat_while_mornings_and_votes_go_on(world):
    people, channel_id = world.slack.people, world.channel_id
    world.slack.workspace.channels[channel_id].members.add(BOT_USER)
    (world.folder / "topics.md").write_text(TOPICS, encoding="utf-8")
    (world.folder / "paperlark.toml").write_text(SETTINGS.format(channel_id=channel_id), encoding="utf-8")
    world.go_to(datetime(2025, 5, 8, 9, 0, 10, tzinfo=UTC))
    async with world.bot():
        await until(lambda: world.messages("3. "), PATIENCE_S)
        first, second, third = (world.messages(f"{n}. ")[0] for n in (1, 2, 3))
        people.react(world.ada, channel_id, first.ts, "+1")
        people.react(world.ada, channel_id, second.ts, "bookmark")
        people.react(world.ben, channel_id, first.ts, "-1")
        people.press(world.ada, channel_id, third.ts, "👎")
        await until(lambda: len(world.votes()) == 4, PATIENCE_S)
        await answered(world, world.ada, "mute author Ada Lovelace", "Ada Lovelace")
        await answered(world, world.ada, "kv cache compression", "kv cache")
        assert files_naming(world.folder, world.ada) != []
        await answered(world, world.ada, "forget me", "Shall I forget you?")
        await answered(world, world.ada, "forget me now", "You are forgotten")
        assert world.votes() == [("👎", world.ben)]
        people.react(world.ada, channel_id, third.ts, "heart")
        people.react(world.ben, channel_id, third.ts, "heart")
        await until(lambda: len(world.votes()) == 2, PATIENCE_S)
    world.go_to(datetime(2025, 5, 8, 11, 30, tzinfo=UTC))
    async with world.bot():  # whose start compares its votes with the chat, where ada's reactions still stand
        await until(lambda: "what was left or missed has been tried" in world.log(), PATIENCE_S)
        people.react(world.ben, channel_id, second.ts, "+1")
        await until(lambda: len(world.votes()) == 3, PATIENCE_S)
    assert {person for _, person in world.votes()} == {world.ben}
    assert files_naming(world.folder, world.ada) == []
    assert "Traceback" not in world.log(), world.log()
    for person in (world.ada, world.ben):
        assert person not in world.log(), "ids are not logged"
    assert world.slack.journal.violations == []
