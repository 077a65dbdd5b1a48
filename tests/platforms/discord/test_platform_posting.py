"""Posts over real sockets: what Discord refuses, what is lost, and what is never sent twice."""

import asyncio

import pytest

from bot.errors import ChannelClosed, HistoryHidden, PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import HOW_TO_START, MessageRef, Post, PostKey, PostRole
from bot.platforms.discord import DiscordPlatform
from tests.fakes import START
from tests.platforms.discord.loopback import connected
from tests.platforms.posts import A_HEADER, a_key, a_paper_post, until


async def posted(wire, post=None, key=None, thread=None):
    return await wire.platform.post(wire.channel_id, post or a_paper_post(), key or a_key(), thread)


def another(wire):
    """The bot as a command beside the running one has it: without a connection."""
    return DiscordPlatform(wire.clock, token=wire.platform._wire._token, api_url=wire.discord.api_url)


def calls(wire, operation):
    return [call for call in wire.discord.journal.calls if call.operation == operation]


async def test_a_post_shows_title_link_verdict_and_buttons(wire):
    await posted(wire)
    (message,) = wire.discord.messages(wire.channel_id)
    assert message.content == "1 · Global Rank and Sparsity"
    assert message.embeds[0]["url"] == "https://arxiv.org/abs/2505.03801"
    assert "[ 👍 ]" in wire.discord.shown()
    assert message.pings == ()


async def test_every_message_has_a_nonce_and_calls_nobody(wire):
    await posted(wire)
    await wire.platform.notify(wire.channel_id, "@everyone look")
    await wire.platform.upload(wire.channel_id, "plot.png", b"\x89PNG")
    bodies = [call.body for call in calls(wire, "create_message")]
    assert len({body["nonce"] for body in bodies}) == len(bodies) == 3
    assert all(body["enforce_nonce"] and body["allowed_mentions"] == {"parse": []} for body in bodies)


async def test_what_the_library_sends_again_by_itself_is_shown_once(wire):
    """The server had done it when it said that it failed."""
    wire.discord.fault("500-done")
    ref = await posted(wire)
    assert [message.id for message in wire.discord.messages(wire.channel_id)] == [ref.message]
    assert len(calls(wire, "create_message")) == 2


async def test_an_answer_that_is_lost_leaves_the_post_uncertain_and_it_is_found(wire):
    wire.discord.fault("lost")
    with pytest.raises(PostUncertain):
        await posted(wire)
    assert len(await wire.platform.find(wire.channel_id, a_key(), START)) == 1


async def test_a_silent_server_is_not_waited_for_for_ever():
    async with connected(timeout_s=1.0) as wire:
        wire.discord.fault("silent")
        with pytest.raises(PostUncertain):
            await posted(wire)
        assert await wire.platform.find(wire.channel_id, a_key(), START) == ()


async def test_a_short_rate_limit_is_waited_for_and_a_long_one_puts_the_post_off(wire):
    wire.discord.fault("429", seconds=0.1)
    await posted(wire)
    wire.discord.fault("429", seconds=3600.0)
    with pytest.raises(PostDelayed) as delayed:
        await posted(wire)
    assert delayed.value.retry_after_s == pytest.approx(3600, abs=1)
    assert len(wire.discord.messages(wire.channel_id)) == 1


async def test_a_window_of_minutes_with_calls_left_in_it_is_no_limit():
    """Discord's window for making threads is one of fifty in five minutes."""
    async with connected() as wire:
        wire.discord.limits.pace = 1.0
        async with asyncio.timeout(20):
            for number in range(1, 4):
                header = await posted(wire, A_HEADER, a_key("", number, PostRole.HEADER))
                await posted(wire, key=a_key(digest=number), thread=header)
        assert len(wire.discord.world.threads_of(wire.channel_id)) == 3
        assert "asked to wait" not in wire.platform.status().detail


async def test_a_window_of_minutes_that_is_used_up_puts_the_post_off_and_says_so():
    async with connected() as wire:
        wire.discord.limits.pace = 1.0
        wire.discord.limits.buckets["start_thread_from_message"] = ("threads", 1, 300.0)
        async with asyncio.timeout(20):
            header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
            await posted(wire, thread=header)
            header = await posted(wire, A_HEADER, a_key("", 2, PostRole.HEADER))
            with pytest.raises(PostDelayed) as delayed:
                await posted(wire, key=a_key(digest=2), thread=header)
        assert delayed.value.retry_after_s == pytest.approx(300, abs=20)
        status = wire.platform.status()
        assert status.connected
        assert "Discord has asked to wait: opening a thread until" in status.detail
        wire.clock.advance(301)
        assert "asked to wait" not in wire.platform.status().detail


@pytest.mark.parametrize("is_connected", [True, False])
async def test_without_the_right_to_read_nothing_found_proves_nothing(wire, is_connected):
    ref = await posted(wire)
    people = wire.discord.people
    people.permit(wire.channel_id, people.bot_role(wire.guild), deny=["READ_MESSAGE_HISTORY"])
    await people.settle()
    platform = wire.platform if is_connected else another(wire)
    with pytest.raises(HistoryHidden, match="Read Message History"):
        await platform.find(wire.channel_id, a_key(), START)
    with pytest.raises(HistoryHidden):
        await platform.recent(wire.channel_id, START)
    people.permit(wire.channel_id, people.bot_role(wire.guild))
    await people.settle()
    assert await platform.find(wire.channel_id, a_key(), START) == (ref,)
    assert await platform.find(wire.channel_id, a_key("2505.03802"), START) == ()


async def test_a_gateways_answer_without_a_code_puts_the_post_off(wire):
    wire.discord.fault("error", code=0, status=404)
    with pytest.raises(PostDelayed):
        await posted(wire)


async def test_a_banishment_puts_the_post_off(wire):
    wire.discord.fault("cloudflare")
    with pytest.raises(PostDelayed):
        await posted(wire)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (50013, 403, ChannelClosed),
        (50001, 403, ChannelClosed),
        (10003, 404, ChannelClosed),
        (40058, 400, ChannelClosed),
        (50008, 400, ChannelClosed),
        (99999, 400, ChannelClosed),
        (50035, 400, PostRefused),
        (50006, 400, PostRefused),
        (200000, 400, PostRefused),
        (40005, 413, PostRefused),
        (20028, 403, PostDelayed),
        (130000, 403, PostDelayed),
    ],
)
async def test_a_refusal_says_what_to_click_and_keeps_what_can_still_be_posted(wire, code, status, kind):
    wire.discord.fault("error", code=code, status=status)
    with pytest.raises(kind, match="Discord says"):
        await posted(wire)


async def test_a_key_that_no_button_can_hold_is_refused(wire):
    with pytest.raises(PostRefused, match="100 characters"):
        await posted(wire, key=PostKey("c" * 60, 1, PostRole.PAPER, "s" * 60))


async def test_a_place_that_is_no_channel_id_is_closed(wire):
    with pytest.raises(ChannelClosed, match="digits"):
        await wire.platform.post("#papers", a_paper_post(), a_key())


async def test_the_thread_is_named_after_its_digest_and_made_once(wire):
    title = "🐦 Papers of Thu 8 May 2025: 5 of 12 relevant"
    header = await posted(
        wire, Post(PostRole.HEADER, title, title, ("417 announced",)), a_key("", role=PostRole.HEADER)
    )
    refs = [await posted(wire, key=a_key(f"2505.0000{n}"), thread=header) for n in range(3)]
    (thread,) = wire.discord.world.threads_of(wire.channel_id)
    assert thread.name == "More: Papers of Thu 8 May 2025"
    assert {ref.thread for ref in refs} == {thread.id}
    assert len(calls(wire, "start_thread_from_message")) == 1


async def test_a_thread_that_was_opened_before_a_restart_is_used_again(wire):
    header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
    await posted(wire, thread=header)
    wire.platform._threads._open.clear()
    await posted(wire, key=a_key("2505.03802"), thread=header)
    assert len(wire.discord.world.threads_of(wire.channel_id)) == 1


@pytest.mark.parametrize("right", ["CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS"])
async def test_without_the_right_to_threads_papers_go_below_the_header(wire, right, caplog):
    people = wire.discord.people
    people.permit(wire.channel_id, people.bot_role(wire.guild), deny=[right])
    await people.settle()
    header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
    ref = await posted(wire, thread=header)
    assert ref.thread is None
    assert [message.id for message in wire.discord.messages(wire.channel_id)] == [header.message, ref.message]
    assert await wire.platform.find(wire.channel_id, a_key(), START, header) == (ref,)
    assert "goes into the channel itself" in caplog.text
    people.permit(wire.channel_id, people.bot_role(wire.guild))
    again = await posted(wire, key=a_key("2505.03802"), thread=header)
    assert again.thread == header.message
    wire.discord.journal.violations.clear()


async def test_without_any_right_in_the_channel_the_thread_is_closed_too(wire):
    header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
    people = wire.discord.people
    people.permit(wire.channel_id, people.bot_role(wire.guild), deny=["VIEW_CHANNEL"])
    await people.settle()
    with pytest.raises(ChannelClosed):
        await posted(wire, thread=header)
    assert wire.channel_id in wire.inbox.removals


async def test_a_message_in_a_folded_thread_can_be_edited_and_deleted(wire):
    header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
    ref = await posted(wire, thread=header)
    thread = wire.discord.world.channels[header.message]
    wire.discord.events.set_archived(thread, archived=True)
    await wire.platform.edit(ref, a_paper_post(title="Corrected"), a_key())
    assert "Corrected" in wire.discord.shown()
    wire.discord.events.set_archived(thread, archived=True)
    await wire.platform.delete(ref)
    assert await wire.platform.find(wire.channel_id, a_key(), START, header) == ()


async def test_a_lost_answer_to_opening_a_thread_delays_the_post_and_nothing_is_doubled(wire):
    header = await posted(wire, A_HEADER, a_key("", role=PostRole.HEADER))
    wire.discord.fault("lost", "start_thread_from_message")
    with pytest.raises(PostDelayed):
        await posted(wire, thread=header)
    await posted(wire, thread=header)
    assert len(wire.discord.world.threads_of(wire.channel_id)) == 1


async def test_reactions_are_seeded_only_if_the_settings_say_so(wire):
    await posted(wire)
    assert calls(wire, "add_reaction") == []
    async with connected(seed_reactions=True) as seeding:
        await posted(seeding)
        (message,) = seeding.discord.messages(seeding.channel_id)
        assert list(message.reactions) == ["👍", "👎"]
        (recent,) = await seeding.platform.recent(seeding.channel_id, START)
        assert dict(recent.reactions) == {}
        await seeding.discord.people.settle()
        assert seeding.inbox.votes == []


async def test_a_seed_that_fails_harms_nothing():
    async with connected(seed_reactions=True) as wire:
        wire.discord.fault("error", "add_reaction", code=50013, status=403)
        await posted(wire)
        assert len(wire.discord.messages(wire.channel_id)) == 1


async def test_a_person_is_told_in_private(wire):
    await wire.platform.notify(wire.reader, "The morning failed.")
    assert "The morning failed" in wire.discord.world.direct_channel(wire.reader).public()[-1].content
    wire.discord.journal.calls.clear()


async def test_somebody_who_takes_no_messages_cannot_be_told(wire):
    shy = wire.discord.world.add_person("shy", takes_direct_messages=False)
    wire.discord.world.join(wire.guild, shy)
    with pytest.raises(PlatformError, match="takes no messages"):
        await wire.platform.notify(shy, "hello")


async def test_an_empty_file_is_refused(wire):
    with pytest.raises(PlatformError, match="empty"):
        await wire.platform.upload(wire.channel_id, "nothing.png", b"")


async def test_reading_is_tried_again_where_that_may_help(wire):
    ref = await posted(wire)
    wire.discord.fault("broken", "get_messages", times=2)
    assert await wire.platform.find(wire.channel_id, a_key(), START) == (ref,)
    wire.discord.fault("error", "get_messages", code=50001, status=403)
    with pytest.raises(PlatformError, match="let the bot in"):
        await wire.platform.find(wire.channel_id, a_key(), START)


async def test_a_long_history_is_read_to_its_beginning(wire):
    ref = await posted(wire)
    for number in range(150):
        wire.discord.people.say(wire.reader, wire.channel_id, f"talk {number}")
    assert await wire.platform.find(wire.channel_id, a_key(), START) == (ref,)


async def test_posting_works_while_the_gateway_is_away(wire):
    await wire.discord.outage()
    await posted(wire)
    assert len(wire.discord.messages(wire.channel_id)) == 1
    wire.discord.recover()
    await until(lambda: len(wire.inbox.reconnections) == 2, 30)


async def test_one_shot_commands_post_without_a_connection_and_close_behind_them():
    async with connected() as wire:
        alone = another(wire)
        await asyncio.gather(*(alone.post(wire.channel_id, a_paper_post(), a_key(f"2505.0000{n}")) for n in range(3)))
        assert len(wire.discord.messages(wire.channel_id)) == 3
        assert not alone.status().connected
        assert alone._wire._users == 0


async def test_the_message_that_asks_for_topics_can_be_answered_in_three_ways(wire):
    key = a_key(f"{HOW_TO_START}-20250508T070000", 0, PostRole.NOTICE)
    ref = await posted(wire, Post(PostRole.NOTICE, "Hello", "🐦 Hello!", ("Reply with your topics.",)), key)
    shown = wire.discord.shown()
    assert "[ Write your topics ]" in shown
    assert "/papers start" in shown
    assert await wire.platform.find(wire.channel_id, key, START) == (ref,)


async def test_deleting_what_is_in_no_channel_is_no_error(wire):
    await wire.platform.delete(MessageRef("discord", "999", "998"))
