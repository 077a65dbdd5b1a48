"""Topics that changed become a version, and the channel is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.models import PostRole
from handlers.morning.delivery import DeliveryPaused
from handlers.recovery import recover_channel
from handlers.standing import topics_of
from handlers.topics_file import take_up_topics
from tests.builders import CHANNEL
from tests.fakes import Fault

MON = date(2025, 5, 5)


def write(world, text):
    world.env = replace(world.env, topics_texts={CHANNEL: text})


def notices(world):
    return [one.post.text for one in world.posts(PostRole.NOTICE)]


async def test_the_first_topics_come_silently(world):
    await take_up_topics(world.env, CHANNEL)
    await take_up_topics(world.env, CHANNEL)
    assert notices(world) == []
    assert (await world.store.topics.current(CHANNEL)).version == 1


async def test_changed_topics_are_a_new_version_and_told_once(world):
    await take_up_topics(world.env, CHANNEL)
    write(world, "1. Pruning\n2. Distillation\n")
    for _ in range(3):
        await take_up_topics(world.env, CHANNEL)
    (notice,) = notices(world)
    assert "version 2" in notice
    assert "1. Pruning" in notice
    assert "2. Distillation" in notice
    assert [topic.title for topic in (await topics_of(world.env, CHANNEL)).topics] == ["Pruning", "Distillation"]


async def test_every_further_change_is_told(world):
    for text in ("1. One", "1. Two", "1. Three", "1. Two"):
        write(world, text)
        await take_up_topics(world.env, CHANNEL)
    assert [notice.splitlines()[1] for notice in notices(world)] == ["1. Two", "1. Three", "1. Two"]


async def test_an_announcement_that_could_not_be_sent_is_left_for_recovery(world):
    await take_up_topics(world.env, CHANNEL)
    write(world, "1. Pruning")
    world.platform.faults[""] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused):
        await take_up_topics(world.env, CHANNEL)
    await recover_channel(world.env, CHANNEL)
    await take_up_topics(world.env, CHANNEL)
    assert len(notices(world)) == 1


async def test_an_announcement_lost_to_a_kill_before_it_was_written_down_is_made_at_the_next_start(world):
    await take_up_topics(world.env, CHANNEL)
    write(world, "1. Pruning")
    await world.store.topics.add(CHANNEL, "1. Pruning", "file", world.clock.now())
    await take_up_topics(world.env, CHANNEL)
    assert len(notices(world)) == 1


async def test_a_channel_without_a_file_keeps_its_topics(world):
    await world.store.topics.add(CHANNEL, "1. Edited in chat", "chat", world.clock.now())
    world.env = replace(world.env, topics_texts={})
    await take_up_topics(world.env, CHANNEL)
    assert (await world.store.topics.current(CHANNEL)).raw == "1. Edited in chat"
    assert notices(world) == []


async def test_topics_in_force_are_stored_when_first_needed(world):
    topics = await topics_of(world.env, CHANNEL)
    assert [topic.title for topic in topics.topics] == ["Quantization"]
    assert (await world.store.topics.current(CHANNEL)).version == 1
