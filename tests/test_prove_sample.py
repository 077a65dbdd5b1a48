"""A seeded sample of `python -m tests.prove`, small enough for every test run."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import pytest

from bot.app.wiring import opened
from bot.embedders.wordllama import WordLlamaEmbedder
from bot.models import PostRole
from handlers.morning import post_morning
from tests.loopback.faulty import Chat, ChatServer, FaultyPlatform, HttpWire, true_now
from tests.prove import chaos, closing, kills, processes, reconnects, storm
from tests.prove.orders import CHANNEL, MORNING, Orders, settings_for, shift_to

pytestmark = pytest.mark.timeout(600)  # what a proof takes depends on the machine, and every step of it is bounded


def _words(value):
    return " ".join(map(str, value)) if isinstance(value, tuple) else value.name


_SEED = 20260101
_AT_LEAST = 40


@pytest.fixture(scope="module")
def points():
    return {scenario.name: kills.points(kills.FAULTY, scenario) for scenario in kills.FAULTY.scenarios}


def test_a_morning_has_at_least_forty_points_to_be_killed_at(points):
    first = points[kills.FAULTY.scenarios[0].name]
    assert len(set(first)) >= _AT_LEAST
    assert {moment for moment, _, _ in first} == {"before", "during", "after"}


@pytest.mark.parametrize("scenario", kills.FAULTY.scenarios, ids=_words)
def test_a_process_killed_at_a_sampled_point_loses_nothing_and_repeats_nothing(points, scenario):
    point = random.Random(_SEED).choice(points[scenario.name])
    assert kills.prove(kills.FAULTY, scenario, point).violations == ()


def test_a_post_stored_just_before_the_kill_is_found_and_not_repeated():
    first = kills.FAULTY.scenarios[0]
    assert kills.prove(kills.FAULTY, first, ("during", "chat.post", 3)).violations == ()


@pytest.mark.parametrize(
    "point",
    [
        ("during", "slack chat.postMessage", 3),
        ("during", "slack conversations.history", 3),
        ("before", "slack ack", 1),
        ("after", "feedback.record", 1),
    ],
    ids=_words,
)
def test_a_bot_killed_while_it_talks_to_slack_loses_nothing_and_repeats_nothing(point):
    """Bolt and the SDK are real; a reaction, a missed one and a pressed button lie around the kill."""
    assert kills.prove(kills.SLACK, kills.SLACK.scenarios[0], point).violations == ()


@pytest.mark.parametrize("scenario", kills.SLACK.scenarios[2:], ids=_words)
def test_answers_that_slack_loses_or_delays_lose_and_repeat_nothing(scenario):
    assert kills.prove(kills.SLACK, scenario, ("after", "ledger.claim", 3)).violations == ()


@pytest.mark.parametrize(
    "point",
    [
        ("during", "discord create_message", 3),
        ("after", "discord start_thread_from_message", 1),
        ("after", "feedback.record", 1),
    ],
    ids=_words,
)
def test_a_bot_killed_while_it_talks_to_discord_loses_nothing_and_repeats_nothing(point):
    """The same with discord.py."""
    assert kills.prove(kills.DISCORD, kills.DISCORD.scenarios[0], point).violations == ()


@pytest.mark.parametrize(
    ("scenario", "point"),
    list(
        zip(
            kills.BOTH.scenarios,
            [
                ("during", "llm completions", 1),
                ("during", "llm completions", 1),
                ("after", "feedback.record", 1),
                ("before", "library.save", 2),
                ("during", "slack chat.postMessage", 2),
            ],
            strict=True,
        )
    ),
    ids=_words,
)
def test_a_bot_killed_on_two_platforms_while_an_llm_scores_and_answers_loses_nothing_and_repeats_nothing(
    scenario, point
):
    assert kills.prove(kills.BOTH, scenario, point).violations == ()


@pytest.mark.parametrize("seed", [4])
def test_a_morning_in_a_storm_is_as_if_nothing_had_happened(seed):
    """Slack, Discord, arXiv and the LLM fail at once, and processes die."""
    assert storm.prove(seed, length_s=1.0).violations == ()


@pytest.mark.parametrize("seed", [21, 26, 45])
def test_a_bad_morning_is_healed_and_explained(seed):
    """Seeds with kills, jumping clocks, lost answers, posts that land late and listings that come late."""
    assert chaos.prove(seed).violations == ()


def test_the_same_seed_gives_the_same_morning():
    assert chaos.prove(28) == chaos.prove(28)


@pytest.mark.parametrize("scenario", [reconnects.flapping, reconnects.outage])
def test_breaking_connections_and_jumping_clocks_starve_no_timer_and_miss_no_morning(scenario):
    assert reconnects.violations(scenario) == ()


def test_a_terminated_bot_stops_in_time_and_its_next_start_finishes_the_morning():
    assert processes.terminated("SIGTERM while a post waits for its answer", 2, silent=True).violations == ()


def test_a_digest_by_hand_beside_a_starting_bot_posts_nothing_twice():
    assert processes.beside(1).violations == ()


class _Watched(WordLlamaEmbedder):
    """Remembers in which threads it was asked to compute."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[threading.Thread] = set()

    def embed(self, texts):
        self.threads.add(threading.current_thread())
        return super().embed(texts)


async def test_nothing_is_embedded_on_the_event_loop(tmp_path):
    embedder = _Watched()
    chat = Chat(true_now)
    with ChatServer(chat) as server:
        orders = Orders(tmp_path, server.url, shift_to(MORNING, true_now()))
        with opened(settings_for(orders), platforms={"console": FaultyPlatform(HttpWire(server.url))}) as env:
            await post_morning(replace(env, embedder=embedder), CHANNEL, env.clock.now())
    assert {PostRole.HEADER, PostRole.PAPER} == {message.role for message in chat.standing()}
    assert embedder.threads
    assert threading.main_thread() not in embedder.threads


@pytest.mark.parametrize(
    ("chat", "way", "before"),
    [("slack", "put out", 3), ("slack", "archived", 6), ("discord", "put out", 1), ("discord", "may not look", 6)],
)
async def test_a_channel_that_closes_in_the_middle_of_a_digest_gets_every_paper_once(chat, way, before):
    outcome = await closing.prove_one(chat, way, before)
    assert outcome.violations == ()
