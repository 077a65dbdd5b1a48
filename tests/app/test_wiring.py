"""Settings become an environment: clock, topics, turns at the source, and a database that is closed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.app.wiring import SharedTurns, clock_of, opened, platform_names, platforms_of, read_topics
from bot.errors import SettingsError, StoreCorrupt
from bot.models import PostRole, Severity
from bot.ops.doctor import examine
from bot.platforms import PLATFORMS
from bot.settings import ChannelSettings, Settings, TimingSettings
from bot.sources import SOURCES
from handlers.morning import post_morning
from tests.builders import some_papers
from tests.fakes import FakeClock, FakePlatform, FakeSource


@pytest.fixture
def settings(tmp_path):
    topics = tmp_path / "topics.md"
    topics.write_text("1. Pruning\n")
    return Settings(data_dir=tmp_path, source="sample", channels={"one": ChannelSettings(topics=topics)})


def test_the_environment_is_what_the_settings_ask_for(settings):
    with opened(settings) as env:
        assert (env.source.name, env.scorer.name, list(env.platforms)) == ("sample", "local scorer", ["console"])
        assert env.topics_texts == {"one": "1. Pruning\n"}
        assert env.settings is settings
    with opened(settings) as env:
        assert env.channel("one") == settings.channels["one"]


def test_the_database_is_closed_also_after_a_failure(settings):
    with pytest.raises(ZeroDivisionError), opened(settings) as env:
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match="shutdown"):
        env.store._database._reading.submit(int)


def test_a_bad_database_is_reported_before_anything_else(settings):
    settings.database.write_bytes(b"garbage" * 1000)
    with pytest.raises(StoreCorrupt), opened(settings):
        pass


def test_the_clock_is_shifted_and_scaled_as_the_settings_ask(settings):
    clock = clock_of(settings.model_copy(update={"now": "+2d", "timing": TimingSettings(scale=0.5)}))
    assert timedelta(days=2) <= clock.now() - datetime.now(UTC) + timedelta(seconds=5) < timedelta(days=2, minutes=1)
    with pytest.raises(SettingsError):
        clock_of(settings.model_copy(update={"now": "soon"}))


def test_every_topics_file_that_cannot_be_read_is_told(tmp_path):
    channels = {key: ChannelSettings(id=key, topics=tmp_path / f"{key}.md") for key in ("one", "two")}
    with pytest.raises(SettingsError) as caught:
        read_topics(channels)
    assert [mistake.split(" = ")[0] for mistake in caught.value.mistakes] == [
        "channels.one.topics",
        "channels.two.topics",
    ]
    (tmp_path / "one.md").mkdir()
    (tmp_path / "two.md").write_bytes(b"\xff\xfe1\x00.\x00 \x00A\x00")
    with pytest.raises(SettingsError, match="directory"):
        read_topics(channels)
    assert read_topics({"two": channels["two"]}) == {"two": "1. A"}


def test_names_that_no_registry_has_are_refused_together(settings):
    channel = settings.channels["one"].model_copy(update={"platform": "slak"})
    wrong = settings.model_copy(update={"source": "arxive", "channels": {"one": channel}})
    with pytest.raises(SettingsError) as caught, opened(wrong):
        pass
    assert caught.value.mistakes == (
        "source = 'arxive': one of arxiv, sample",
        "channels.one.platform = 'slak': one of console, discord, slack",
    )


class ToySource(FakeSource):
    """A source that nobody in `bot/` has heard of, whose papers have a home of their own."""

    name = "toy"


async def test_a_source_and_a_platform_from_elsewhere_need_one_registry_entry_each(tmp_path, monkeypatch):
    clock = FakeClock()
    day = clock.now().date()
    source, platform = ToySource(clock), FakePlatform(clock, "toy chat")
    first, second = some_papers(2, day.day)
    here = {"page": "https://toys.example/1", "file": "https://toys.example/1.pdf"}
    source.announce(day, replace(first, **here), replace(second, title="Another one", page="https://toys.example/2"))
    monkeypatch.setitem(SOURCES, "toy", lambda parts: source)
    monkeypatch.setitem(PLATFORMS, "toy chat", lambda settings, clock: platform)
    topics = tmp_path / "topics.md"
    topics.write_text("1. Pruning\n")
    channel = ChannelSettings(platform="toy chat", id="toys", topics=topics, categories=("cs.CL",), min_relevance=1)
    settings = Settings(data_dir=tmp_path, source="toy", channels={"one": channel})
    with opened(settings, clock=clock) as env:
        await post_morning(env, "one", clock.now())
    assert [message.key.role for message in platform.messages] == [PostRole.HEADER, PostRole.PAPER, PostRole.PAPER]
    cards = [message.post.card for message in platform.messages if message.post.card]
    assert [(card.url, card.pdf_url) for card in cards] == [
        ("https://toys.example/1", "https://toys.example/1.pdf"),
        ("https://toys.example/2", None),
    ]
    assert {message.ref.platform for message in platform.messages} == {"toy chat"}


class CountedTurns:
    """A LockStore whose turns are three seconds apart."""

    def __init__(self):
        self.asked = []

    async def reserve_turn(self, name, interval_s):
        self.asked.append((name, interval_s))
        return (len(self.asked) - 1) * interval_s


async def test_turns_at_the_source_are_waited_for(tmp_path):
    clock, locks = FakeClock(), CountedTurns()
    turns = SharedTurns("arxiv", locks, clock, 3.0)
    for _ in range(3):
        await turns.turn()
    ((name, interval_s),) = set(locks.asked)
    assert name == "arxiv"
    assert 3.0 <= interval_s < 4.0
    assert clock.sleeps == [interval_s, 2 * interval_s]


SLACK = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}


@pytest.mark.parametrize(
    ("tokens", "mistakes"),
    [
        (SLACK, []),
        ({"slack_bot_token": "xapp-1", "slack_app_token": "xoxb-1"}, ["are swapped"]),
        (
            {"slack_bot_token": "xoxp-1", "slack_app_token": "secret"},
            ["SLACK_BOT_TOKEN does not begin with xoxb-", "SLACK_APP_TOKEN does not begin with xapp-"],
        ),
        ({"slack_bot_token": "xoxb-1"}, ["SLACK_APP_TOKEN is not set"]),
        ({"discord_token": "xoxb-1", "slack_bot_token": "secret", "slack_app_token": "xapp-1"},
         ["DISCORD_TOKEN is a token of Slack", "SLACK_BOT_TOKEN does not begin with xoxb-"]),
    ],
)  # fmt: skip
async def test_run_and_doctor_judge_the_kinds_of_tokens_alike_without_asking_anybody(tmp_path, tokens, mistakes):
    settings = Settings(data_dir=tmp_path, channels={}, **tokens)
    told = []
    try:
        platforms_of(settings, FakeClock())
    except SettingsError as error:
        told = list(error.mistakes)
    assert len(told) == len(mistakes)
    assert all(mistake in one for mistake, one in zip(mistakes, told, strict=True))
    assert not any("secret" in one for one in told)
    checks = {name: partial(_made, settings, name) for name in platform_names(settings)} if mistakes else {}
    assert sorted(
        finding.message for finding in await examine(checks) if finding.severity is Severity.PROBLEM
    ) == sorted(told)


async def _made(settings, name):
    """What `doctor` begins its look at a chat with."""
    PLATFORMS[name](settings, FakeClock())
    return ()


def test_run_with_swapped_tokens_ends_as_wrong_use_with_the_doctors_sentence(paperlark):
    result = paperlark("run", SLACK_BOT_TOKEN="xapp-1-secret", SLACK_APP_TOKEN="xoxb-1-secret")
    assert result.exit_code == 2
    assert "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped; exchange the two values" in result.output
    assert "secret" not in result.output
