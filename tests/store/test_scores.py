"""Scores by what they depend on, and the versions of topics."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Score
from tests.builders import NOON, a_paper

SCORE = Score("2505.03801", 1, 9, 4, "closest to topic 5: kv cache", (5, 1), "local", "wordllama", 2.25, True)


async def test_a_score_comes_back_as_it_was_given(store):
    await store.scores.add("key", [SCORE], NOON)
    assert await store.scores.get("key", [a_paper()]) == {"2505.03801": SCORE}


async def test_a_score_belongs_to_its_key_and_to_exactly_this_version(store):
    await store.scores.add("key", [SCORE], NOON)
    assert await store.scores.get("another", [a_paper()]) == {}
    assert await store.scores.get("key", [a_paper(version=2)]) == {}
    assert await store.scores.get("key", [a_paper("2505.03802")]) == {}
    assert await store.scores.get("key", []) == {}


async def test_a_score_replaces_the_one_of_the_same_key_and_version(store):
    newer = replace(SCORE, relevance=3)
    await store.scores.add("key", [SCORE], NOON)
    await store.scores.add("key", [newer, replace(SCORE, version=2)], NOON)
    assert await store.scores.get("key", [a_paper()]) == {"2505.03801": newer}
    assert (await store.scores.get("key", [a_paper(version=2)]))["2505.03801"].version == 2


async def test_topics_begin_at_version_1_and_a_changed_text_is_the_next(store):
    assert await store.topics.current("a") is None
    first = await store.topics.add("a", "1. Pruning\n", "file", NOON)
    second = await store.topics.add("a", "1. Distillation\n", "edit by ada", NOON)
    assert (first.version, second.version) == (1, 2)
    assert await store.topics.current("a") == second
    assert second.origin == "edit by ada"
    assert second.created_at == NOON


async def test_the_same_topics_make_no_new_version(store):
    first = await store.topics.add("a", "same", "file", NOON)
    assert await store.topics.add("a", "same", "edit", NOON) == first


async def test_topics_that_return_to_an_old_text_are_a_new_version(store):
    for raw in ("one", "two", "one"):
        version = await store.topics.add("a", raw, "file", NOON)
    assert version.version == 3


async def test_each_channel_has_its_own_topics(store):
    await store.topics.add("a", "one", "file", NOON)
    assert (await store.topics.add("b", "two", "file", NOON)).version == 1
    current = await store.topics.current("a")
    assert current is not None
    assert current.raw == "one"


async def test_topics_keep_any_text(store):
    raw = "\x00\x07 \u202e Ω\r\n" + "x" * 5_000_000
    await store.topics.add("a", raw, "file", NOON)
    assert (await store.topics.current("a")).raw == raw
