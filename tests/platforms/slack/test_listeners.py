"""What Slack tells: reactions, buttons, questions, invitations, and gaps in the connection."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import PlatformError, StoreBusy
from bot.models import Attachment, Button, Form, PostRole, Reply, VoteOutcome, VoteSource
from bot.platforms.slack._api import SlackApi
from bot.platforms.slack._blocks import ASK
from bot.platforms.slack._connection import Connection
from bot.platforms.slack._conversation import Conversation, _value_of
from tests.fakes import FakeClock, FakeInbox
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.server import MANIFEST
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.harnesses import slack_harness
from tests.platforms.posts import A_HEADER, a_card, a_key, posted, until


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


async def test_a_redelivered_vote_has_the_same_event_id(slack):
    """Slack delivers again until it is answered; the store knows the delivery by its id."""
    ref = await posted(slack)
    slack.slack.sockets.pace = 0.02
    deliveries = []
    record = slack.inbox.vote

    async def fail_once(vote):
        deliveries.append(vote.event_id)
        if len(deliveries) == 1:
            raise StoreBusy("locked")
        return await record(vote)

    slack.inbox.vote = fail_once
    delivery = slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1")
    await asyncio.wait_for(delivery.done.wait(), 60)
    assert (delivery.acked, delivery.attempts) == (True, 2)
    assert len(set(deliveries)) == 1
    assert len(slack.inbox.votes) == 1
    slack.slack.journal.remarks.clear()  # the late answer was the point


async def test_reactions_on_other_peoples_messages_cost_nothing(slack):
    said = slack.slack.people.say(slack.reader, slack.channel_id, "lunch?")
    calls = len(slack.slack.journal.calls)
    delivery = slack.slack.people.react(slack.reader, slack.channel_id, said.ts, "+1")
    await delivery.done.wait()
    assert delivery.acked
    assert slack.inbox.votes == []
    assert len(slack.slack.journal.calls) == calls


async def test_the_bots_own_and_other_bots_reactions_are_no_votes(slack):
    ref = await posted(slack)
    robot = slack.slack.workspace.add_person("robot", is_bot=True)
    for user in (BOT_USER, robot):
        await slack.slack.people.react(user, slack.channel_id, ref.message, "+1").done.wait()
    assert slack.inbox.votes == []


@pytest.mark.parametrize(
    ("name", "emoji"), [("+1::skin-tone-4", "👍"), ("partyparrot", ":partyparrot:"), ("heart", "❤️")]
)
async def test_every_emoji_comes_in_its_one_spelling(slack, name, emoji):
    ref = await posted(slack)
    await slack.slack.people.react(slack.reader, slack.channel_id, ref.message, name).done.wait()
    (vote,) = slack.inbox.votes
    assert (vote.emoji, vote.added, vote.source) == (emoji, True, VoteSource.REACTION)


async def test_votes_in_a_thread_name_their_message(slack):
    header = await posted(slack, A_HEADER, a_key(""))
    ref = await posted(slack, thread=header)
    await slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "-1").done.wait()
    assert slack.inbox.votes[0].ref.message == ref.message


async def test_a_pressed_button_is_a_vote_and_its_voter_is_told(slack):
    ref = await posted(slack)
    await slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "👍").done.wait()
    await until(lambda: slack.slack.whispers(slack.reader))
    (vote,) = slack.inbox.votes
    assert (vote.ref, vote.emoji, vote.person, vote.source) == (ref, "👍", slack.reader, VoteSource.BUTTON)
    (told,) = slack.slack.whispers(slack.reader)
    assert told == "👍 counted for “Global Rank and Sparsity”. Press it again to take it back."


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (VoteOutcome.WITHDRAWN, "taken back"),
        (VoteOutcome.STANDING, "remove the reaction"),
        (VoteOutcome.FOREIGN, "not counted"),
    ],
)
async def test_a_button_says_what_became_of_the_vote(slack, outcome, told):
    ref = await posted(slack)
    slack.inbox.outcome = outcome
    slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "👎")
    await until(lambda: slack.slack.whispers(slack.reader))
    assert told in slack.slack.whispers(slack.reader)[0]


async def test_abstract_opens_a_window_with_all_of_it(slack):
    """An abstract of any length, its links, and BibTeX, within the limits of a modal."""
    words = " ".join(f"word{n}" for n in range(1500))
    slack.inbox.replies = {
        "abstract": [Reply("A title", ("authors", words, "https://arxiv.org/abs/1"), verbatim="@misc{x}")]
    }
    ref = await posted(slack)
    await slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "Abstract").done.wait()
    await until(lambda: slack.slack.people.window_of(slack.reader))
    shown = slack.slack.shown()
    assert all(part in shown for part in ("A title", "word0 ", "word1499", "‹https://arxiv.org/abs/1›", "@misc{x}"))
    assert slack.inbox.requests[0].arxiv_id == "2505.03801"


class SlowInbox(FakeInbox):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__({"abstract": [Reply("At last")]})
        self.let = asyncio.Event()

    async def request(self, request):
        await self.let.wait()
        async for reply in super().request(request):
            yield reply


async def test_a_slow_answer_comes_into_a_window_that_waits(slack):
    """The trigger would be dead by then."""
    ref = await posted(slack)
    slow = SlowInbox()
    slack.inbox.request = slow.request
    slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "Abstract")
    await until(lambda: slack.slack.people.window_of(slack.reader))
    assert "One moment" in slack.slack.shown()
    slow.let.set()
    await until(lambda: "At last" in slack.slack.shown())


async def test_answers_are_seen_by_the_asker_alone(slack):
    slack.inbox.replies = {
        "why": [Reply("Why: it fits", ("topic 1 +2.1",))],
        "similar": [Reply("Similar", cards=(a_card(),))],
    }
    ref = await posted(slack)
    for label in ("Why", "Similar"):
        slack.slack.people.press(slack.reader, slack.channel_id, ref.message, label)
    await until(lambda: len(slack.slack.whispers(slack.reader)) == 2)
    both = "\n".join(slack.slack.whispers(slack.reader))
    assert "topic 1 +2.1" in both
    assert "Global Rank" in both
    assert len(slack.slack.messages(slack.channel_id)) == 1


async def test_an_answer_finds_its_way_when_the_response_url_is_used_up(slack):
    slack.inbox.replies = {"why": [Reply(f"answer {n}") for n in range(7)]}
    ref = await posted(slack)
    slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "Why")
    await until(lambda: len(slack.slack.whispers(slack.reader)) == 7)
    slack.slack.journal.remarks.clear()  # that it was used up is what this is about


async def test_a_request_that_fails_is_told_and_ends_nothing(slack):
    slack.inbox.replies = {"why": StoreBusy("the database is busy"), "similar": ValueError("a fault")}
    ref = await posted(slack)
    for label in ("Why", "Similar"):
        slack.slack.people.press(slack.reader, slack.channel_id, ref.message, label)
    await until(lambda: len(slack.slack.whispers(slack.reader)) == 2)
    assert all("did not work" in told for told in slack.slack.whispers(slack.reader))
    assert slack.platform.status().connected


async def test_buttons_work_on_old_posts_after_a_restart(slack, tmp_path):
    """Everything a button needs travels in the button."""
    ref = await posted(slack)
    (old,) = slack.slack.messages(slack.channel_id)
    async with slack_harness(tmp_path) as later:
        later.slack.workspace.channels[later.channel_id].messages[old.ts] = old
        later.slack.people.press(later.reader, later.channel_id, old.ts, "👎")
        later.slack.people.press(later.reader, later.channel_id, old.ts, "Why")
        await until(lambda: later.inbox.votes and later.inbox.requests)
        assert later.inbox.votes[0].ref.message == ref.message
        assert later.inbox.requests[0].arxiv_id == "2505.03801"


async def test_the_slash_command_hands_in_the_whole_line(slack):
    slack.inbox.replies = {"papers": [Reply("An answer", buttons=(Button("more", "ask", "kv cache", page=2),))]}
    delivery = slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "why do LLMs <hallucinate>")
    await until(lambda: slack.slack.whispers(slack.reader))
    assert delivery.acked
    assert slack.inbox.requests[0].argument == "why do LLMs <hallucinate>"


async def test_a_button_of_an_answer_makes_the_request_it_carries(slack):
    """The next page stands in place of the first one."""
    more = Button("more", "ask", "kv <cache>", page=2)
    slack.inbox.replies = {"papers": [Reply("Page 1", buttons=(more,))], "ask": [Reply("Page 2")]}
    slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "kv cache")
    await until(lambda: slack.slack.whispers(slack.reader))
    (answer,) = [one for one in slack.slack.workspace.channels[slack.channel_id].messages.values() if one.only_for]
    slack.slack.people.press(slack.reader, slack.channel_id, answer.ts, "more")
    await until(lambda: len(slack.inbox.requests) == 2)
    request = slack.inbox.requests[1]
    assert (request.name, request.argument, request.page) == ("ask", "kv <cache>", 2)
    await until(lambda: "Page 2" in slack.slack.whispers(slack.reader)[0])
    assert len(slack.slack.whispers(slack.reader)) == 1


async def test_a_form_opens_and_hands_in_its_text(slack):
    form = Form("topic form", "2", "Topic 2", "Your topic", "old text " * 600, most=3000)
    slack.inbox.replies = {"papers": [Reply("Edit it", form=form)], "topic form": [Reply("Saved")]}
    slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "topics edit 2")
    await until(lambda: slack.slack.people.window_of(slack.reader))
    view = slack.slack.people.window_of(slack.reader)
    slack.slack.people.submit(slack.reader, view.id, {"form": {"form": {"value": "new text"}}})
    await until(lambda: any("Saved" in told for told in slack.slack.whispers(slack.reader)))
    request = slack.inbox.requests[-1]
    assert (request.name, request.argument, request.text, request.channel_id) == (
        "topic form",
        "2",
        "new text",
        slack.channel_id,
    )


async def test_a_file_for_one_person_goes_into_the_direct_conversation(slack):
    slack.inbox.replies = {"papers": [Reply("Your list", attachment=Attachment("saved.bib", b"@misc{}"))]}
    slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "saved")
    direct = slack.slack.workspace
    await until(
        lambda: any(
            file["name"] == "saved.bib"
            for c in direct.channels.values()
            if c.is_direct
            for m in c.messages.values()
            for file in m.files
        )
    )
    assert slack.slack.messages(slack.channel_id) == []


async def test_a_mention_is_a_question_and_the_answer_stays_in_its_thread(slack):
    slack.inbox.replies = {"papers": [Reply("An answer")]}
    ref = await posted(slack)
    slack.slack.people.say(slack.reader, slack.channel_id, f"<@{BOT_USER}> more like this?", thread=ref.message)
    await until(lambda: slack.slack.whispers(slack.reader))
    assert slack.inbox.requests[0].argument == "more like this?"
    (answer,) = [one for one in slack.slack.workspace.channels[slack.channel_id].messages.values() if one.only_for]
    assert answer.thread_ts == ref.message


async def test_a_direct_message_is_a_question(slack):
    slack.inbox.replies = {"papers": [Reply("An answer")]}
    direct = slack.slack.workspace.direct_channel(slack.reader)
    slack.slack.people.say(slack.reader, direct.id, "kv cache & friends")
    await until(lambda: "An answer" in slack.slack.shown())
    assert slack.inbox.requests[0].argument == "kv cache & friends"


async def test_talk_in_the_channel_is_none_of_the_bots_business(slack):
    slack.slack.people.say(slack.reader, slack.channel_id, "1. not a topic")
    await slack.slack.people.settle()
    assert (slack.inbox.offers, slack.inbox.requests) == ([], [])


async def test_an_answer_to_the_bots_message_is_offered_as_topics_with_the_writers_time_zone(slack):
    slack.inbox.offer_reply = Reply("Thank you")
    ref = await posted(slack, A_HEADER, a_key(""))
    slack.slack.people.say(slack.reader, slack.channel_id, "1. LLMs & <agents>\n2. KV cache", thread=ref.message)
    await until(lambda: slack.slack.whispers(slack.reader))
    (offer,) = slack.inbox.offers
    assert (offer.text, offer.timezone) == ("1. LLMs & <agents>\n2. KV cache", "Europe/Berlin")


async def test_an_uploaded_file_is_offered_as_bytes(slack):
    ref = await posted(slack, A_HEADER, a_key("how-to-start", 0, PostRole.NOTICE))
    slack.slack.people.say(
        slack.reader, slack.channel_id, "", thread=ref.message, files={"topics.md": "1. Prüfung".encode()}
    )
    await until(lambda: slack.inbox.offers)
    assert slack.inbox.offers[0].text == "1. Prüfung".encode()


async def test_a_file_in_a_papers_thread_is_talk_and_stays_unread(slack):
    ref = await posted(slack)
    slack.slack.people.say(slack.reader, slack.channel_id, "see", thread=ref.message, files={"notes.md": b"private"})
    await until(lambda: slack.inbox.offers)
    assert slack.inbox.offers[0].text == "see"


async def test_an_answer_that_replaces_never_touches_the_post_itself(slack):
    slack.inbox.replies = {"why": [Reply("first"), Reply("second", ("line",), cards=(a_card(),), replaces=True)]}
    ref = await posted(slack)
    slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "Why")
    await until(lambda: len(slack.slack.whispers(slack.reader)) == 2)
    assert slack.slack.whispers(slack.reader)[1] == "second\nline"
    assert [one.edits for one in slack.slack.messages(slack.channel_id)] == [0]


async def test_a_person_slack_does_not_tell_of_in_time_votes_all_the_same(slack):
    ref = await posted(slack)
    slack.slack.fault("slow", "users.info", seconds=100)
    delivery = slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1")
    await asyncio.wait_for(delivery.done.wait(), 60)
    assert (delivery.attempts, len(slack.inbox.votes)) == (1, 1)


async def test_a_connection_that_stays_away_ends_with_a_reason_and_can_be_opened_again():
    """What the SDK cannot bring back in time is opened afresh; where that fails, the caller hears why."""
    greeted = []
    async with LoopbackSlack() as server:
        client = AsyncWebClient(token=server.app_token, base_url=server.api_url, retry_handlers=[])
        app = AsyncApp(client=AsyncWebClient(token=server.bot_token, base_url=server.api_url))
        api = SlackApi(client, FakeClock())

        async def greet() -> None:
            greeted.append(True)

        connection = Connection(client, greet, ping_s=0.2, check_s=0.05, patience_s=0.5)
        running = asyncio.create_task(connection.run(app, api))
        await until(lambda: greeted)
        assert connection.status().connected
        await server.stop()
        with pytest.raises(PlatformError, match="cannot be reached"):
            await asyncio.wait_for(running, 60)
        assert not connection.status().connected
        await server.start()
        running = asyncio.create_task(connection.run(app, api))
        await until(lambda: len(greeted) == 2)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_being_invited_and_removed_is_told(slack):
    other = slack.slack.workspace.add_channel("other", slack.reader)
    await slack.slack.people.invite(slack.reader, other).done.wait()
    await until(lambda: other in slack.inbox.invitations)
    await slack.slack.people.kick(slack.reader, other).done.wait()
    assert slack.inbox.removals == [other]
    await slack.slack.people.archive(slack.reader, slack.channel_id).done.wait()
    assert slack.inbox.removals == [other, slack.channel_id]


async def test_somebody_else_joining_is_no_invitation(slack):
    before = list(slack.inbox.invitations)
    ben = slack.slack.workspace.add_person("ben")
    await slack.slack.people.invite(slack.reader, slack.channel_id, ben).done.wait()
    assert slack.inbox.invitations == before


async def test_every_event_of_the_manifest_is_listened_to(slack):
    """What is subscribed to and not listened to would be delivered again and again."""
    import json

    events = json.loads(MANIFEST.read_text(encoding="utf-8"))["settings"]["event_subscriptions"]["bot_events"]
    for name in events:
        kind = name.split(".")[0]
        event = {
            "type": kind,
            "channel": slack.channel_id,
            "user": "U0SOMEBODY",
            "event_ts": "1.0",
            "text": "",
            "item": {},
        }
        delivery = slack.slack.sockets.send(
            "events_api", {"type": "event_callback", "event_id": f"Ev{name}", "event": event}
        )
        await delivery.done.wait()
        assert delivery.attempts == 1, name


async def test_after_a_refresh_events_arrive_and_votes_are_reconciled(slack):
    ref = await posted(slack)
    slack.slack.sockets.refresh()
    await until(lambda: len(slack.inbox.reconnections) == 2)
    await slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1").done.wait()
    assert len(slack.inbox.votes) == 1
    slack.slack.journal.remarks.clear()


async def test_a_connection_that_breaks_off_comes_back_and_says_so(slack):
    slack.slack.sockets.cut()
    await until(lambda: len(slack.inbox.reconnections) == 2, 20)
    assert slack.platform.status().connected


async def test_a_vote_lost_in_a_gap_is_seen_by_the_next_look(slack):
    ref = await posted(slack)
    slack.slack.sockets.cut()
    assert slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1") is not None
    await until(lambda: len(slack.inbox.reconnections) == 2, 20)
    (recent,) = await slack.platform.recent(slack.channel_id, slack.clock.now().replace(year=2024))
    assert dict(recent.reactions) == {"👍": (slack.reader,)}
    slack.slack.journal.remarks.clear()


@pytest.mark.parametrize(
    "value",
    ["[]", '"x"', "null", "7", "{", "[" * 5_000, '{"page": "zz"}', '{"page": 1e99}', '{"page": true}', '{"page": -1}',
     '{"page": 99999999999}', '{"arxiv_id": ["2505.00001"]}', '{"name": {}}', '{"argument": 3}'],
)  # fmt: skip
async def test_a_forged_button_is_refused_without_a_traceback(slack, value, caplog):
    action = {"action_id": f"{ASK}:x", "value": value, "action_ts": "1.0"}
    body = {"user": {"id": slack.reader}, "channel": {"id": slack.channel_id}, "container": {"message_ts": "1.0"}}
    assert _value_of(action) is None
    acked = []

    async def ack():
        acked.append(True)

    conversation = Conversation.__new__(Conversation)
    await conversation.ask_pressed(ack, body, action)
    assert acked
    assert [record.exc_info for record in caplog.records] == [None]
    assert slack.inbox.requests == []
