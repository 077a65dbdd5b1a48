"""Follows, mutes, pauses and topics set in chat: what they change, and who may."""

from datetime import date, timedelta

import pytest

from bot.errors import PlatformError
from bot.models import PostRole
from handlers.topics_file import take_up_topics
from tests.builders import CHANNEL, a_paper
from tests.fakes import FakePlatform, Fault
from tests.handlers.asking import request, say

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2025, 5, 5) + timedelta(days=n) for n in range(4))


class StrictPlatform(FakePlatform):
    """A chat that knows who manages a channel."""

    asking: PlatformError | None = None
    who_manages = "whoever is the boss"

    async def manages(self, channel_id: str, person: str) -> bool:
        if self.asking:
            raise self.asking
        return person == "boss"


@pytest.fixture
def strict(world):
    """A world whose chat names its managers."""
    world.platform = StrictPlatform(world.clock)
    world.want()
    return world


def notices(world):
    return [one.post.text for one in world.posts(PostRole.NOTICE)]


async def test_a_muted_author_and_phrase_are_not_posted_again(world):
    assert "From the next morning on" in (await say(world, "mute author Ada Lovelace"))[0].title
    await say(world, 'mute "federated learning"')
    by_ada = a_paper("2505.05001")
    federated = a_paper("2505.05002", title="Federated learning again", authors=("Bob",))
    other = a_paper("2505.05003", authors=("Bob",))
    world.source.announce(MONDAY, by_ada, federated, other)
    await world.morning(MONDAY)
    assert world.papers(1) == [other.arxiv_id]


async def test_a_followed_author_is_posted_however_irrelevant(world):
    await say(world, "follow author Grace Hopper")
    hers = a_paper("2505.05009", authors=("Grace Hopper",))
    world.scorer.relevance[hers.arxiv_id] = 1
    world.source.announce(MONDAY, a_paper("2505.05001"), hers)
    await world.morning(MONDAY)
    assert world.papers(1)[0] == hers.arxiv_id


async def test_a_rule_is_listed_and_lifted(world):
    world.channel(mute_phrases=("blockchain",))
    await say(world, 'mute "federated learning"')
    lines = (await say(world, "rules"))[0].lines
    assert any("federated learning" in line for line in lines)
    assert any("blockchain (from my settings)" in line for line in lines)
    assert "stands already" in (await say(world, 'mute "Federated Learning"'))[0].title
    assert "No longer" in (await say(world, 'unmute "federated  learning"'))[0].title
    assert "no such rule" in (await say(world, 'unmute "federated learning"'))[0].title
    assert "settings file" in (await say(world, 'unmute "blockchain"'))[0].title


async def test_a_rule_without_anything_to_compare_is_refused(world):
    assert (await request(world, "mute", "author"))[0].title == "mute whom or what?"
    assert (await request(world, "follow", '"…"'))[0].title == "follow whom or what?"
    assert await world.store.rules.all(CHANNEL) == ()


CHANGES = ('mute "x y"', 'unmute "x y"', "follow author A B", "unfollow author A B", "pause", "resume", "topics undo",
           "topics edit 1")  # fmt: skip


@pytest.mark.parametrize("line", CHANGES)
async def test_only_managers_change_a_channel(strict, line):
    assert "left to those who manage it" in (await say(strict, line))[0].title
    assert "left to those" not in (await say(strict, line, person="boss"))[0].title


@pytest.mark.parametrize("line", ["topics", "rules", "saved", "help", "stats"])
async def test_everybody_may_look(strict, line):
    assert "left to those" not in (await say(strict, line))[0].title


async def test_managers_named_in_the_settings_may_and_then_nobody_else(world):
    world.channel(managers=("ada",))
    assert "left to those" in (await say(world, "pause", person="bob"))[0].title
    assert "Paused" in (await say(world, "pause", person="ada"))[0].title


async def test_who_cannot_be_asked_about_may_not(strict):
    strict.platform.asking = PlatformError("down")
    assert "could not find out" in (await say(strict, "pause", person="boss"))[0].title


async def test_a_pause_stops_mornings_until_resumed_and_is_said_in_the_channel(world):
    world.announce(MONDAY, 1)
    world.announce(TUESDAY, 1)
    await world.morning(MONDAY)
    await say(world, "pause")
    await world.morning(TUESDAY)
    assert await world.headers() == [world.header(1).splitlines()[0]]
    assert "a reader paused me" in notices(world)[0]
    assert "Mornings again" in (await say(world, "resume"))[0].title
    assert "ended the pause" in notices(world)[1]
    world.announce(WEDNESDAY, 1)
    await world.morning(WEDNESDAY)
    assert len(world.papers(2)) == 2
    assert "not paused" in (await say(world, "resume"))[0].title


async def test_a_pause_with_a_date_ends_by_itself(world):
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        world.announce(day, 1)
    await say(world, "pause until 2025-05-07")
    await world.morning(MONDAY)
    await world.morning(TUESDAY)
    assert await world.headers() == []
    await world.morning(WEDNESDAY)
    assert len(await world.headers()) == 1


@pytest.mark.parametrize("until", ["until 2025-05-05", "until never", "soon"])
async def test_a_pause_until_no_day_to_come_is_refused(world, until):
    assert "Until when?" in (await request(world, "pause", until))[0].title
    assert await world.store.channels.pause(CHANNEL) is None


async def test_a_notice_that_cannot_be_sent_now_does_not_stop_the_pause(world):
    world.platform.faults[""] = [Fault.DELAYED] * 5
    assert "Paused" in (await say(world, "pause"))[0].title
    assert await world.store.channels.pause(CHANNEL) is not None


async def form_of(world, number=1):
    return (await say(world, f"topics edit {number}"))[0].form


async def test_a_topic_is_edited_in_a_form_and_the_channel_is_told(world):
    (shown,) = await say(world, "topics")
    assert "1. Quantization" in shown.lines[0]
    assert [button.label for button in shown.buttons] == ["Edit 1"]
    form = await form_of(world)
    assert "Quantization" in form.text
    (reply,) = await request(world, form.name, form.argument, text="1. Pruning\n - Relevant: sparse weights")
    assert "version 2" in reply.title
    assert "Pruning" in reply.lines[0]
    assert "version 2" in notices(world)[0]


async def test_undo_goes_back_step_by_step_and_no_further(world):
    for title in ("Pruning", "Distillation"):
        form = await form_of(world)
        await request(world, form.name, form.argument, text=f"1. {title}")
    for title in ("Pruning", "Quantization"):
        (reply,) = await say(world, "topics undo")
        assert title in reply.lines[0]
    assert "no earlier version" in (await say(world, "topics undo"))[0].title


async def test_an_edit_in_chat_survives_a_restart_until_the_file_changes(world):
    form = await form_of(world)
    await request(world, form.name, form.argument, text="1. Pruning")
    await take_up_topics(world.env, CHANNEL)
    assert "Pruning" in (await world.store.topics.current(CHANNEL)).raw


async def test_of_two_edits_made_at_once_the_second_is_refused(world):
    first, second = await form_of(world), await form_of(world)
    await request(world, first.name, first.argument, text="1. Pruning")
    (reply,) = await request(world, second.name, second.argument, text="1. Distillation")
    assert "Somebody changed the topics" in reply.title
    assert "Pruning" in (await world.store.topics.current(CHANNEL)).raw


async def test_a_text_that_is_no_topic_changes_nothing(world):
    form = await form_of(world)
    (reply,) = await request(world, form.name, form.argument, text="# Paper selection prompt")
    assert "Nothing was changed" in reply.title
    assert (await world.store.topics.current(CHANNEL)).version == 1


@pytest.mark.parametrize("number", ["7", "x", "0"])
async def test_a_topic_that_is_not_there_cannot_be_edited(world, number):
    (reply,) = await request(world, "topics", f"edit {number}")
    assert reply.form is None
    assert "topics 1 to 1" in reply.lines[0]


async def test_a_topic_that_no_window_holds_whole_is_not_offered_for_editing(world):
    """A window would cut it, and saving would lose the rest; chats count an emoji as two characters."""
    form = await form_of(world)
    await request(world, form.name, form.argument, text=f"1. {'🐦' * 1600}")
    (reply,) = await say(world, "topics edit 1")
    assert reply.form is None
    assert "longer than the 3000 characters" in reply.lines[0]


async def test_stats_and_help_answer(world):
    world.announce(MONDAY, 2)
    await world.morning(MONDAY)
    (stats,) = await say(world, "stats")
    assert CHANNEL in stats.title
    (help_,) = await say(world, "help")
    assert any("mute" in line for line in help_.lines)
    assert any("since:" in line for line in help_.lines)


async def test_an_unknown_request_gets_the_help(world):
    assert (await request(world, "dance"))[0].title == (await say(world, "help"))[0].title
