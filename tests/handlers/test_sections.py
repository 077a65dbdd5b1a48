"""Which topic a paper belongs to, for lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.embedders.wordllama import WordLlamaEmbedder
from handlers.sections import current_titles, sections_of
from tests.builders import CHANNEL, a_paper

MON = date(2025, 5, 5)
TOPICS = (
    "1. Quantization of language models\n - Relevant: low-bit weights\n2. Medical imaging\n - Relevant: tumor scans\n"
)


@pytest.fixture
def world(world):
    world.env = replace(world.env, topics_texts={CHANNEL: TOPICS}, embedder=WordLlamaEmbedder())
    return world


def about(arxiv_id, subject):
    return a_paper(arxiv_id, title=f"On {subject}", abstract=f"We study {subject} and more of {subject}.")


SCANS = about("2505.00001", "segmentation of tumor scans in medical imaging")
BITS = about("2505.00002", "quantization of language models to low-bit weights")
BREAD = about("2505.00003", "baking bread in wood ovens")


def score_as(world, topics):
    """What the scorer says of every paper from now on."""
    given = world.scorer._score
    world.scorer._score = lambda paper: replace(given(paper), topics=topics)


async def test_the_titles_are_those_of_the_topics_in_force(world):
    assert await current_titles(world.env, CHANNEL) == ("Quantization of language models", "Medical imaging")
    await world.store.topics.add(CHANNEL, "1. Pruning\n", "chat", world.clock.now())
    assert await current_titles(world.env, CHANNEL) == ("Pruning",)


async def test_a_posted_paper_stays_where_it_was_posted_whatever_it_is_about(world):
    world.source.announce(MON, SCANS)
    score_as(world, (1, 2))
    await world.morning(MON)
    assert await sections_of(world.env, CHANNEL, [SCANS]) == {SCANS.arxiv_id: "Quantization of language models"}


async def test_a_paper_that_was_never_posted_goes_where_its_words_belong(world):
    found = await sections_of(world.env, CHANNEL, [SCANS, BITS, BREAD])
    assert found == {SCANS.arxiv_id: "Medical imaging", BITS.arxiv_id: "Quantization of language models"}


async def test_when_its_topic_is_gone_a_paper_moves_to_another_that_fits(world):
    world.source.announce(MON, SCANS, BREAD)
    score_as(world, (1,))
    await world.morning(MON)
    await world.store.topics.add(CHANNEL, "1. Medical imaging of tumor scans\n", "chat", world.clock.now())
    found = await sections_of(world.env, CHANNEL, [SCANS, BREAD])
    assert found == {
        SCANS.arxiv_id: "Medical imaging of tumor scans",
        BREAD.arxiv_id: "Quantization of language models",  # nothing fits: it keeps what it had
    }


async def test_a_channel_without_topics_has_no_sections(world):
    world.env = replace(world.env, topics_texts={CHANNEL: ""})
    assert await current_titles(world.env, CHANNEL) == ()
    assert await sections_of(world.env, CHANNEL, [BITS]) == {}
