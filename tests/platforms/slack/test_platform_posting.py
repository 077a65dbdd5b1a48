"""Posting to Slack: what is certain, what is not, at which pace, and how it looks to a reader."""

from __future__ import annotations

import asyncio
import heapq
import json
from datetime import timedelta

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ChannelClosed, HistoryHidden, PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import MessageRef, Post, PostKey, PostRole
from bot.platforms.slack._blocks import message
from bot.platforms.slack._rate_limits import MessagePace
from bot.settings import SlackSettings
from tests.fakes import START, FakeClock
from tests.loopback.slack.blockkit import complaints_about, is_too_long
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.harnesses import slack_harness
from tests.platforms.posts import A_HEADER, a_key, a_paper_post, posted, until

SOON = timedelta(minutes=5)


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


async def test_a_paper_reads_as_the_design_draws_it(slack, golden):
    """The golden file is the transcript of a small morning."""
    header = await posted(slack, A_HEADER, a_key("", role=PostRole.HEADER))
    await posted(slack)
    await posted(slack, a_paper_post(position=2, title="More", pdf_url=None, comment="", why=""), a_key("b"), header)
    golden("slack/morning.txt", slack.slack.transcript())


async def test_the_notification_says_what_the_paper_is(slack):
    await posted(slack)
    (sent,) = slack.slack.messages(slack.channel_id)
    assert sent.text.startswith("1. Global Rank and Sparsity\n")


@pytest.mark.parametrize("kind", ["lost", "500-done"])
async def test_a_post_whose_answer_is_lost_is_uncertain_and_found_by_its_key(slack, kind):
    slack.slack.fault(kind)
    with pytest.raises(PostUncertain):
        await posted(slack)
    (ref,) = await slack.platform.find(slack.channel_id, a_key(), START - SOON)
    assert [one.ts for one in slack.slack.messages(slack.channel_id)] == [ref.message]


@pytest.mark.parametrize("kind", ["broken", "500", "html"])
async def test_a_post_without_an_answer_is_uncertain_and_never_repeated(slack, kind):
    slack.slack.fault(kind)
    with pytest.raises(PostUncertain):
        await posted(slack)
    assert slack.slack.journal.count("chat.postMessage") == 1
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON) == ()


async def test_a_post_that_lands_late_is_found_later(slack):
    slack.slack.fault("late", seconds=0.05)
    with pytest.raises(PostUncertain):
        await posted(slack)
    await until(lambda: slack.slack.messages(slack.channel_id))
    assert len(await slack.platform.find(slack.channel_id, a_key(), START - SOON)) == 1


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
async def test_errors_after_which_slack_may_have_posted_are_uncertain(slack, code):
    slack.slack.fault("error", error=code)
    with pytest.raises(PostUncertain, match=code):
        await posted(slack)


async def test_being_asked_to_wait_is_a_delay_with_its_seconds(slack):
    slack.slack.fault("429", seconds=7)
    with pytest.raises(PostDelayed) as caught:
        await posted(slack)
    assert caught.value.retry_after_s == 7
    await posted(slack)
    assert slack.clock.monotonic() >= 7


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope"])
async def test_a_token_that_is_refused_closes_the_channel_and_names_the_way_in(slack, code):
    """The message is sound: once somebody has put the token right it goes out."""
    slack.slack.fault("error", error=code)
    with pytest.raises(ChannelClosed, match=rf"{code}.*; \w+"):
        await posted(slack)


async def test_an_unreachable_slack_delays_the_post(slack):
    await slack.slack.stop()
    with pytest.raises(PostDelayed, match="cannot be reached"):
        await posted(slack)
    await slack.slack.start()


async def test_a_channel_without_the_bot_is_closed_and_says_what_to_type(slack):
    slack.slack.workspace.channels[slack.channel_id].members.discard(BOT_USER)
    with pytest.raises(ChannelClosed, match=r"not_in_channel; .*/invite @paperlark"):
        await posted(slack)


async def test_an_archived_or_unknown_channel_is_closed(slack):
    slack.slack.workspace.channels[slack.channel_id].is_archived = True
    with pytest.raises(ChannelClosed, match="is_archived"):
        await posted(slack)
    with pytest.raises(ChannelClosed, match="channel_not_found"):
        await slack.platform.post("C0NOWHERE", a_paper_post(), a_key())


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "metadata_too_large"]
)
async def test_a_message_that_slack_can_never_take_is_refused(slack, code):
    slack.slack.fault("error", error=code)
    with pytest.raises(PostRefused, match=code):
        await posted(slack)


async def test_a_channel_that_takes_no_threads_gets_the_message_itself(slack):
    header = await posted(slack, A_HEADER, a_key("", role=PostRole.HEADER))
    slack.slack.fault("error", error="restricted_action_non_threadable_channel")
    ref = await posted(slack, thread=header)
    assert ref.thread is None
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON, header) == (ref,)


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
async def test_where_slack_shows_no_history_nothing_found_proves_nothing(slack, code):
    ref = await posted(slack)
    slack.slack.fault("error", "conversations.history", error=code, times=2)
    with pytest.raises(HistoryHidden, match=code):
        await slack.platform.find(slack.channel_id, a_key(), START - SOON)
    with pytest.raises(HistoryHidden):
        await slack.platform.recent(slack.channel_id, START - SOON)
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON) == (ref,)


class StillClock(FakeClock):
    """A clock in which waiting takes no time, so that turns reserved at one moment can be compared."""

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)


async def test_turns_of_one_moment_are_a_gap_apart_in_a_channel_and_a_smaller_one_in_the_workspace():
    clock = StillClock()
    pace = MessagePace(clock, message_gap_s=1.0, workspace_gap_s=0.25)
    for channel_id in ("a", "a", "b", "a", "b"):
        await pace.turn(channel_id)
    assert clock.sleeps == [1.0, 1.25, 2.0, 2.25]  # the first one need not wait


async def test_a_message_long_on_its_way_does_not_have_the_next_at_its_heels():
    clock = FakeClock()
    pace = MessagePace(clock, message_gap_s=1.1, workspace_gap_s=0.25)
    await pace.turn("a")
    clock.advance(30)
    pace.arrived("a")
    await pace.turn("a")
    assert clock.sleeps == [1.0]


async def test_a_long_wait_is_not_slept_out_but_told(slack):
    slack.slack.fault("429", seconds=300)
    with pytest.raises(PostDelayed):
        await posted(slack)
    slack.clock.advance(10)
    with pytest.raises(PostDelayed) as delayed:
        await posted(slack)
    assert delayed.value.retry_after_s == pytest.approx(290)
    assert slack.slack.journal.count("chat.postMessage") == 1
    assert "Slack has asked to wait: chat.postMessage until" in slack.platform.status().detail
    slack.clock.advance(291)
    await posted(slack)
    assert "asked to wait" not in slack.platform.status().detail


def test_a_message_stays_below_the_length_that_slack_refuses():
    """The limit is undocumented: about 13,200 characters over all blocks."""
    for length in range(150, 400, 5):
        note = Post(PostRole.NOTE, "A note", "A note", tuple("x" * length for _ in range(45)))
        assert not is_too_long(message(note, a_key("note", role=PostRole.NOTE))["blocks"]), length


class JumpingClock(FakeClock):
    """Time jumps to the end of the shortest sleep once nothing else can happen."""

    def __init__(self) -> None:
        super().__init__()
        self._asleep: list[tuple[float, int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._asleep, (self.monotonic() + seconds, len(self._asleep), woken))
        await woken

    async def run(self, *work) -> None:
        """Return when all of this is done."""
        done = asyncio.gather(*work)
        while not done.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if self._asleep and not done.done():
                at, _, woken = heapq.heappop(self._asleep)
                self.advance(max(0.0, at - self.monotonic()))
                woken.set_result(None)


async def test_a_channel_that_slack_asks_to_wait_keeps_no_other_one_waiting():
    clock = JumpingClock()
    pace = MessagePace(clock, message_gap_s=1.0, workspace_gap_s=0.25)
    pace.hold("a", 30.0)
    turns = []

    async def post(channel_id: str, times: int) -> None:
        for _ in range(times):
            await pace.turn(channel_id)
            turns.append((channel_id, clock.monotonic()))

    await clock.run(post("a", 1), post("b", 3), post("c", 2))
    assert turns == [("b", 0.0), ("c", 0.25), ("b", 1.0), ("c", 1.25), ("b", 2.0), ("a", 30.0)]


async def test_a_digest_in_a_row_is_never_told_to_slow_down(slack):
    for number in range(8):
        await posted(slack, key=a_key(f"{number}"))
    assert slack.slack.journal.violations == []
    assert slack.clock.monotonic() == pytest.approx(7 * 1.1)


async def test_a_message_is_found_by_its_block_id_where_metadata_is_gone(slack):
    ref = await posted(slack)
    slack.slack.messages(slack.channel_id)[0].metadata = None
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON) == (ref,)


async def test_a_foreign_message_with_our_key_is_not_ours(slack):
    await posted(slack)
    (ours,) = slack.slack.messages(slack.channel_id)
    said = slack.slack.people.say(slack.reader, slack.channel_id, "look")
    said.metadata, said.blocks = ours.metadata, ours.blocks
    assert [ref.message for ref in await slack.platform.find(slack.channel_id, a_key(), START - SOON)] == [ours.ts]
    assert len(await slack.platform.recent(slack.channel_id, START - SOON)) == 1


async def test_looking_reads_every_page_of_a_busy_channel(slack):
    slack.slack.methods.page_most = 3
    ref = await posted(slack)
    for number in range(10):
        slack.slack.people.say(slack.reader, slack.channel_id, f"chatter {number}")
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON) == (ref,)


async def test_a_look_survives_faults_and_fails_with_our_own_error(slack):
    ref = await posted(slack)
    slack.slack.fault("500", "conversations.history", times=2)
    slack.slack.fault("429", "conversations.history", seconds=3)
    assert await slack.platform.find(slack.channel_id, a_key(), START - SOON) == (ref,)
    slack.slack.fault("500", "conversations.history", times=9)
    with pytest.raises(PlatformError, match=r"conversations\.history"):
        await slack.platform.find(slack.channel_id, a_key(), START - SOON)


async def test_reactions_are_asked_for_one_by_one_only_where_the_list_is_cut_short(slack):
    slack.slack.methods.users_shown = 1
    refs = [await posted(slack, key=a_key(str(n))) for n in range(4)]
    others = [slack.slack.workspace.add_person(name) for name in ("ben", "cyd")]
    for person in (slack.reader, *others):
        slack.slack.people.react(person, slack.channel_id, refs[0].message, "+1")
    slack.slack.people.react(slack.reader, slack.channel_id, refs[1].message, "tada")
    recent = await slack.platform.recent(slack.channel_id, START - SOON)
    assert [dict(one.reactions) for one in recent] == [{"👍": (slack.reader, *others)}, {"🎉": (slack.reader,)}, {}, {}]
    assert slack.slack.journal.count("reactions.get") == 1


async def test_bots_and_skin_tones_are_seen_through(slack):
    ref = await posted(slack)
    robot = slack.slack.workspace.add_person("robot", is_bot=True)
    slack.slack.people.react(robot, slack.channel_id, ref.message, "+1")
    slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1::skin-tone-5")
    (recent,) = await slack.platform.recent(slack.channel_id, START - SOON)
    assert dict(recent.reactions) == {"👍": (slack.reader,)}


async def test_a_notice_to_a_person_arrives_in_the_direct_conversation(slack):
    await slack.platform.notify(slack.reader, "hello <!channel>")
    assert "hello <!channel>" in slack.slack.transcript()
    assert "⟦PING" not in slack.slack.transcript()


async def test_an_empty_file_is_refused_before_slack_is_bothered(slack):
    with pytest.raises(PlatformError, match="empty"):
        await slack.platform.upload(slack.channel_id, "plot.png", b"")
    assert slack.slack.journal.count("files.getUploadURLExternal") == 0


async def test_a_file_goes_into_the_thread_it_belongs_to(slack):
    header = await posted(slack, A_HEADER, a_key("", role=PostRole.HEADER))
    await slack.platform.upload(slack.channel_id, "plot.png", b"\x89PNG", header)
    assert slack.slack.messages(slack.channel_id)[-1].thread_ts == header.message


async def test_deleting_where_the_bot_may_not_is_an_error(slack):
    said = slack.slack.people.say(slack.reader, slack.channel_id, "mine")
    with pytest.raises(PlatformError, match="cant_delete_message"):
        await slack.platform.delete(MessageRef("slack", slack.channel_id, said.ts))


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["", "x" * 4000, "wörter " * 900, "👩‍👩‍👧‍👦" * 900, '"\\' * 2000, "a\n" * 600]
)


@settings(max_examples=60)
@given(title=any_text, authors=any_text, comment=any_text, why=any_text, lines=st.lists(any_text, max_size=70))
def test_whatever_a_paper_says_slack_takes_the_blocks(title, authors, comment, why, lines):
    """Every limit, the undocumented total included, whatever comes."""
    card = a_paper_post(title=title, authors=authors, comment=comment, why=why)
    note = Post(PostRole.NOTE, title, title, tuple(lines))
    for post in (card, note):
        sent = message(post, PostKey("c" * 40, 10**6, post.role, "astro-ph/0601001"))
        assert complaints_about(sent["blocks"]) == []
        assert not is_too_long(sent["blocks"])
        assert sent["text"]
        assert "<!" not in json.dumps(sent["text"])


async def test_seeding_puts_both_thumbs_there_and_they_are_no_votes(tmp_path):
    async with slack_harness(tmp_path, SlackSettings(seed_reactions=True)) as seeded:
        await posted(seeded)
        (sent,) = seeded.slack.messages(seeded.channel_id)
        assert list(sent.reactions) == ["+1", "-1"]
        (recent,) = await seeded.platform.recent(seeded.channel_id, START - SOON)
        assert dict(recent.reactions) == {}
        assert seeded.inbox.votes == []


async def test_a_post_that_cannot_be_seeded_is_posted_all_the_same(tmp_path):
    async with slack_harness(tmp_path, SlackSettings(seed_reactions=True)) as seeded:
        seeded.slack.fault("error", "reactions.add", error="missing_scope")
        ref = await posted(seeded)
        assert [one.ts for one in seeded.slack.messages(seeded.channel_id)] == [ref.message]
