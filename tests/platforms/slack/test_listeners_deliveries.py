"""What Slack delivers twice is dealt with once; answers keep to Slack's pace, and come although it is late."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from bot.errors import ChannelClosed, StoreBusy
from bot.models import Attachment, Form, PostRole, Reply
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.harnesses import slack_harness
from tests.platforms.posts import A_HEADER, a_key, a_paper_post, posted, until


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


async def replay(slack, delivery):
    """Deliver the same event in a new envelope, as Slack does when it missed the answer to the first."""
    again = slack.slack.sockets.send("events_api", delivery.payload)
    await asyncio.wait_for(again.done.wait(), 60)
    assert (again.acked, again.attempts) == (True, 1)


async def test_a_question_that_is_delivered_again_minutes_later_is_answered_once(slack):
    slack.inbox.replies = {"papers": [Reply("An answer")]}
    slack.slack.people.say(slack.reader, slack.channel_id, f"<@{BOT_USER}> topics undo")
    await until(lambda: slack.slack.whispers(slack.reader))
    slack.clock.advance(360)
    for delivery in tuple(slack.slack.people.deliveries):
        await replay(slack, delivery)
    await slack.platform.notify(slack.channel_id, "later")
    assert len(slack.inbox.requests) == 1
    assert len(slack.slack.whispers(slack.reader)) == 1


async def test_an_old_farewell_does_not_end_a_new_stay(slack):
    """Removed, invited again, and then told of the removal once more."""
    other = slack.slack.workspace.add_channel("other", slack.reader, [BOT_USER])
    farewell = slack.slack.people.kick(slack.reader, other)
    await farewell.done.wait()
    await slack.slack.people.invite(slack.reader, other).done.wait()
    await until(lambda: other in slack.inbox.invitations)
    slack.clock.advance(360)
    await replay(slack, farewell)
    assert slack.inbox.removals == [other]


async def test_what_failed_is_taken_up_when_it_comes_again(slack):
    slack.slack.sockets.pace = 0.02
    other = slack.slack.workspace.add_channel("other", slack.reader, [BOT_USER])
    remove, failures = slack.inbox.removed, []

    async def fail_once(platform, channel_id):
        if not failures:
            failures.append(channel_id)
            raise StoreBusy("locked")
        await remove(platform, channel_id)

    slack.inbox.removed = fail_once
    farewell = slack.slack.people.kick(slack.reader, other)
    await asyncio.wait_for(farewell.done.wait(), 60)
    assert (farewell.acked, slack.inbox.removals) == (True, [other])
    slack.slack.journal.remarks.clear()  # the late answer was the point


@pytest.mark.parametrize("attachment", [None, Attachment("saved.bib", b"@misc{}")])
async def test_answers_in_a_direct_conversation_keep_to_the_pace_of_messages(slack, attachment):
    slack.inbox.replies = {"papers": [Reply("First"), Reply("Better", attachment=attachment, replaces=True)]}
    direct = slack.slack.workspace.direct_channel(slack.reader)
    slack.slack.people.say(slack.reader, direct.id, "kv cache")
    await until(lambda: "Better" in slack.slack.shown())
    await until(lambda: attachment is None or attachment.filename in slack.slack.shown())


async def test_topics_also_sent_to_the_channel_are_topics_all_the_same(slack):
    slack.inbox.offer_reply = Reply("Thank you")
    ref = await posted(slack, A_HEADER, a_key("how-to-start", 0, PostRole.NOTICE))
    said = slack.slack.people.say(slack.reader, slack.channel_id, "1. LLMs", thread=ref.message)
    await until(lambda: slack.inbox.offers)
    event = {
        "type": "message",
        "subtype": "thread_broadcast",
        "channel": slack.channel_id,
        "channel_type": "channel",
        "user": slack.reader,
        "text": "1. LLMs",
        "ts": said.ts,
        "thread_ts": ref.message,
        "root": {"user": BOT_USER, "ts": ref.message},
        "event_ts": said.ts,
    }
    slack.slack.sockets.send("events_api", {"type": "event_callback", "event_id": "EvBroadcast", "event": event})
    await until(lambda: len(slack.inbox.offers) == 2)
    assert slack.inbox.offers[1].text == "1. LLMs"


A_FILE = Attachment("stats.png", b"\x89PNG")
A_FORM = Form("topic form", "2 7", "Topic 2", "Leave it empty to take it out", "text")


async def test_a_form_asked_for_in_a_message_is_opened_by_a_button(slack):
    """A message brings no trigger, and a press does; left empty, the form can be sent too."""
    slack.inbox.replies = {"papers": [Reply("Topic 2:", form=A_FORM)], "topic form": [Reply("Taken out")]}
    slack.slack.people.say(slack.reader, slack.channel_id, f"<@{BOT_USER}> topics edit 2")
    await until(lambda: slack.slack.whispers(slack.reader))
    (told,) = [one for one in slack.slack.workspace.channels[slack.channel_id].messages.values() if one.only_for]
    slack.slack.people.press(slack.reader, slack.channel_id, told.ts, "Open: Topic 2")
    await until(lambda: slack.slack.people.window_of(slack.reader))
    view = slack.slack.people.window_of(slack.reader)
    assert slack.inbox.requests[-1].argument == "topics edit 2"
    slack.slack.people.submit(slack.reader, view.id, {"form": {"form": {"value": None}}})
    await until(lambda: any("Taken out" in told for told in slack.slack.whispers(slack.reader)))
    assert slack.inbox.requests[-1].text == ""


async def test_a_form_that_comes_too_late_is_opened_by_a_button(slack):
    slack.inbox.replies = {"papers": [Reply("Topic 2:", form=A_FORM)]}
    slack.slack.fault("error", "views.open", error="expired_trigger_id")
    slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "topics edit 2")
    await until(lambda: "Open: Topic 2" in slack.slack.transcript())
    assert slack.slack.people.window_of(slack.reader) is None


@pytest.mark.parametrize("code", ["expired_trigger_id", "internal_error", "ratelimited", "invalid_arguments"])
async def test_an_abstract_for_which_no_window_opens_is_a_message(slack, code):
    slack.inbox.replies = {"abstract": [Reply("A title", ("The abstract.",))]}
    ref = await posted(slack)
    slack.slack.fault("error", "views.open", error=code)
    slack.slack.people.press(slack.reader, slack.channel_id, ref.message, "Abstract")
    await until(lambda: slack.slack.whispers(slack.reader))
    assert slack.slack.whispers(slack.reader) == ["A title\nThe abstract."]


async def test_what_is_asked_elsewhere_is_answered_from_channels_that_the_asker_shares(slack):
    """A private channel's topics and votes are none of the business of whoever is not in it."""
    work, slack.inbox.replies = slack.slack.workspace, {"papers": [Reply("An answer")]}
    ben, guest = work.add_person("ben"), work.add_person("gus", is_guest=True)
    secret = work.add_channel("secret", slack.reader, [BOT_USER], is_private=True)
    lounge = work.add_channel("lounge", ben, [slack.reader, guest])
    for person in (slack.reader, ben, guest):
        slack.slack.people.slash(person, lounge, "/papers", "stats")
        await until(lambda person=person: slack.slack.whispers(person))
    assert [one.beside for one in slack.inbox.requests] == [(slack.channel_id, secret), (slack.channel_id,), ()]
    slack.slack.people.slash(ben, slack.channel_id, "/papers", "stats")
    await until(lambda: len(slack.slack.whispers(ben)) == 2)
    assert slack.inbox.requests[-1].beside == (), "a channel of the bot answers for itself"
    assert slack.slack.journal.count("users.conversations") == 1 + 1 + 3, "each person is asked about once"


async def test_many_who_ask_at_once_are_one_question_to_slack(slack):
    slack.inbox.replies = {"papers": [Reply("An answer")]}
    before = slack.slack.journal.count("users.conversations")
    people = [slack.slack.workspace.add_person(f"p{number}") for number in range(60)]
    for person in people:
        slack.slack.people.slash(person, slack.channel_id, "/papers", "stats")
    await until(lambda: all(slack.slack.whispers(person) for person in people))
    assert slack.slack.journal.count("users.conversations") == before + 1


async def test_where_slack_does_not_tell_what_is_shared_nothing_is(slack):
    slack.inbox.replies = {"papers": [Reply("An answer")]}
    direct = slack.slack.workspace.direct_channel(slack.reader)
    slack.slack.fault("error", "users.conversations", times=9, error="missing_scope")
    slack.slack.people.say(slack.reader, direct.id, "stats")
    await until(lambda: "An answer" in slack.slack.shown())
    assert slack.inbox.requests[0].beside == ()


async def test_readers_see_a_channels_name_and_never_its_key(slack):
    key = f"slack-{slack.channel_id}"
    slack.inbox.replies = {
        "papers": [
            Reply(f"Topics of {key}, version 1", (f"This is about the channel {key}.",), attachment=A_FILE),
            Reply("Topic 1:", form=Form("topic form", "1 1", f"Topic 1 of {key}", "Write", "text")),
        ]
    }
    slack.slack.people.slash(slack.reader, slack.channel_id, "/papers", "topics")
    await until(lambda: slack.slack.people.window_of(slack.reader) and A_FILE.filename in slack.slack.shown())
    shown = slack.slack.transcript()
    assert "Topics of #papers, version 1\n  This is about the channel #papers." in shown
    assert "The file is in your direct messages from me." in shown
    assert "Topic 1 of this channel" in shown
    assert key not in shown
    assert key not in "".join(slack.slack.whispers(slack.reader))


async def test_a_closed_door_tells_that_the_bot_is_outside(slack):
    """It was put out while it was away, so that no event told of it."""
    slack.slack.workspace.channels[slack.channel_id].members.discard(BOT_USER)
    with pytest.raises(ChannelClosed, match="/invite @paperlark"):
        await posted(slack)
    assert slack.inbox.removals == [slack.channel_id]
    with pytest.raises(ChannelClosed, match="channel_not_found"):
        await slack.platform.post("C0MISTYPED", a_paper_post(), a_key())
    assert slack.inbox.removals == [slack.channel_id], "a wrong id is a fault and no farewell"
