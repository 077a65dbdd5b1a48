"""Files shared with the bot on Slack: only what Slack hosts is fetched, and only where topics are awaited."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.models import PostRole, Reply
from bot.platforms._core.files import LARGEST, download
from tests.platforms.harnesses import slack_harness
from tests.platforms.posts import A_HEADER, a_key, posted, until
from tests.trap import trap


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


def remote(address: str, **changes: object) -> dict[str, object]:
    """A file as another app adds it: its address, name and size are whatever that app says."""
    shared = {"id": "F9", "name": "topics.md", "mimetype": "text/markdown", "size": 0, "url_private": address}
    return {**shared, "mode": "external", "is_external": True, **changes}


@pytest.mark.parametrize(
    "changes",
    [{}, {"mode": "hosted"}, {"mode": "hosted", "is_external": False}, {"mode": "snippet", "is_external": None}],
)
async def test_the_token_is_not_sent_to_the_host_of_a_remote_file(slack, changes):
    async with trap() as stranger:
        ref = await posted(slack, A_HEADER, a_key("how-to-start", 0, PostRole.NOTICE))
        file = remote(f"{stranger.base}/topics.md", **changes)
        slack.slack.people.say(slack.reader, slack.channel_id, "", thread=ref.message, shared=[file])
        await until(lambda: slack.slack.whispers(slack.reader))
        assert "please paste the text" in slack.slack.whispers(slack.reader)[0]
        assert (stranger.asked, slack.inbox.offers) == ([], [])


async def test_a_remote_file_in_a_direct_message_is_not_fetched_either(slack):
    async with trap() as stranger:
        slack.inbox.replies = {"papers": [Reply("an answer")]}
        shared = [remote(f"{stranger.base}/topics.md")]
        channel = slack.slack.workspace.direct_channel(slack.reader).id
        slack.slack.people.say(slack.reader, channel, "what is new?", shared=shared)
        await until(lambda: slack.inbox.offers)
        assert slack.inbox.offers[0].text == "what is new?"
        assert stranger.asked == []


async def test_no_file_is_fetched_where_no_topics_are_awaited(slack):
    ref = await posted(slack, A_HEADER, a_key("how-to-start", 0, PostRole.NOTICE))
    slack.inbox.not_awaited.add(("slack", slack.channel_id, slack.reader))
    slack.slack.people.say(
        slack.reader, slack.channel_id, "see", thread=ref.message, files={"topics.md": b"1. KV cache"}
    )
    await until(lambda: slack.inbox.offers)
    assert slack.inbox.offers[0].text == "see"


async def test_a_redirect_is_not_followed():
    async with trap() as stranger, trap("127.0.0.1", redirect=f"{stranger.base}/topics.md") as own:
        assert await download(f"{own.base}/f", headers={"Authorization": "Bearer xoxb-secret"}) is None
        assert own.knows("xoxb-secret")
        assert stranger.asked == []


async def test_no_more_is_read_than_a_topics_file_may_hold():
    async with trap("127.0.0.1", endless=True) as own:
        assert await download(f"{own.base}/f") is None
        assert own.sent < 20_000_000, "the rest is left to the buffers of the connection"
    async with trap("127.0.0.1") as own:
        content = await download(f"{own.base}/f")
        assert content is not None
        assert len(content) < LARGEST
