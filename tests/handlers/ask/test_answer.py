"""A question and its replies: the archive's list, arXiv's own finds, an answer in words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import AnswerError, EmbedderError, SourceUnavailable
from bot.models import VoteSource
from bot.ports import Answer
from bot.settings import ChannelSettings
from tests.builders import CHANNEL, a_paper
from tests.handlers.asking import CACHE, MAMBA, PRUNING, fill, ids, request, say
from tests.handlers.conftest import at

MONDAY = date(2025, 5, 5)


class FakeAnswerer:
    """Says what it was told to, or fails."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        self.down: Exception | None = None
        self.asked: list[tuple[str, list[str], str]] = []

    async def answer(self, question, papers, channel):
        self.asked.append((question, [paper.arxiv_id for paper in papers], channel))
        if self.down:
            raise self.down
        return Answer(tuple(self.sentences), "a model")


async def test_the_best_paper_comes_first_with_what_can_be_done_about_it(world):
    await fill(world)
    reply = (await say(world, "kv cache compression"))[0]
    assert ids(reply)[0] == CACHE.arxiv_id
    assert [button.name for button in reply.card_buttons] == ["like", "dislike", "save", "share"]
    assert "“kv cache compression”" in reply.title


async def test_a_misspelt_word_is_corrected_and_that_is_said(world):
    await fill(world)
    reply = (await say(world, "compresion"))[0]
    assert ids(reply)[0] == CACHE.arxiv_id
    assert "looked for “compression”" in " ".join(reply.lines)


async def test_phrases_hold_and_exclusions_leave_out(world):
    await fill(world)
    assert ids((await say(world, '"attention cache"'))[0]) == [MAMBA.arxiv_id]
    assert MAMBA.arxiv_id not in ids((await say(world, "cache -mamba"))[0])


async def test_filters_without_words_list_the_newest(world):
    await fill(world)
    assert ids((await say(world, "author:wang"))[0]) == [PRUNING.arxiv_id]


async def test_seen_and_liked_tell_papers_apart(world):
    world.announce(MONDAY, 4)
    await world.morning(MONDAY)
    shown = world.papers(1)
    await world.store.feedback.record([world.vote(shown[0], "e1"), world.vote(shown[1], "e2", emoji="👎")], at(MONDAY))
    await fill(world)
    assert set(ids((await say(world, "seen:no"))[0])) == {paper.arxiv_id for paper in (CACHE, MAMBA, PRUNING)}
    assert set(ids((await say(world, "seen:yes"))[0])) == set(shown)
    assert ids((await say(world, "liked:yes"))[0]) == [shown[0]]
    assert shown[0] not in ids((await say(world, "seen:yes liked:no"))[0])
    assert "posted here" in (await say(world, "liked:yes"))[0].cards[0].marks


async def test_what_was_seen_and_what_was_liked_are_both_left_out(world):
    """A liked paper is seen as well here, so that only leaving out both leaves the archive's others."""
    world.announce(MONDAY, 3)
    await world.morning(MONDAY)
    await world.store.feedback.record([world.vote(world.papers(1)[0], "e1")], at(MONDAY))
    await fill(world)
    new = {paper.arxiv_id for paper in (CACHE, MAMBA, PRUNING)}
    assert set(ids((await say(world, "seen:no liked:no"))[0])) == new


async def test_a_long_list_comes_in_pages(world):
    await fill(world, [a_paper(f"2505.1{n:04d}", title=f"Cache number {n}") for n in range(12)])
    first = (await say(world, "cache"))[0]
    assert first.title.startswith("1-5 of 12 papers")
    (more,) = first.buttons
    second = await request(world, more.name, more.argument, page=more.page)
    assert len(second) == 1
    assert not set(ids(first)) & set(ids(second[0]))
    assert [card.position for card in second[0].cards] == [6, 7, 8, 9, 10]
    assert [button.label for button in second[0].buttons] == ["Back", "More"]
    beyond = (await request(world, "ask", "cache", page=9))[0]
    assert beyond.title.startswith("That was all")


async def test_an_id_or_address_gives_that_paper(world):
    await fill(world)
    (reply,) = await say(world, "https://arxiv.org/abs/2505.00002v3")
    assert ids(reply) == [PRUNING.arxiv_id]


async def test_a_paper_the_archive_lacks_is_fetched_and_stays(world):
    world.source.announce(MONDAY, a_paper("2505.09999", title="Elsewhere"))
    (reply,) = await say(world, "2505.09999")
    assert ids(reply) == ["2505.09999"]
    assert ids((await say(world, "elsewhere"))[0]) == ["2505.09999"]


async def test_an_unknown_id_and_a_silent_arxiv_are_told_apart(world):
    assert "arXiv has no paper 2505.77777" in (await say(world, "2505.77777"))[0].lines[0]
    world.source.down = SourceUnavailable("down")
    assert "Try again" in (await say(world, "2505.77777"))[0].lines[0]


async def test_an_empty_or_misread_question_is_answered_with_a_hint(world):
    assert (await request(world, "ask", " "))[0].title == "What shall I look for?"
    (reply,) = await say(world, "cat:cs.NLP")
    assert "did you mean cat:cs.CL?" in reply.lines[0]


async def test_a_mistyped_command_is_suggested(world):
    await fill(world)
    reply = (await say(world, "lik 2505.00001"))[0]
    assert reply.lines[0] == "If you meant the command: like 2505.00001"


async def test_another_place_is_told_whose_topics_and_model_count(world):
    await fill(world)
    reply = (await say(world, "kv cache", channel_id="D123"))[0]
    assert f"Seen through the channel {CHANNEL}" in reply.lines[-1]
    world.want({"other": ChannelSettings(id="x", platform="console"), CHANNEL: world.env.channel(CHANNEL)})
    assert "channel other" in (await say(world, "kv cache", channel_id="D123"))[0].lines[-1]
    assert "channel" not in " ".join((await say(world, "kv cache"))[0].lines)


async def test_without_any_channel_it_says_so(world):
    world.want({CHANNEL: world.env.channel(CHANNEL)})
    world.env = replace(world.env, settings=world.env.settings.model_copy(update={"channels": {}}))
    assert "no papers here yet" in (await say(world, "kv cache"))[0].title


async def test_without_vectors_words_still_find(world):
    await fill(world)
    world.embedder.down = EmbedderError("endpoint down")
    reply = (await say(world, "kv cache"))[0]
    assert ids(reply)[0] == CACHE.arxiv_id
    assert "words only" in reply.lines[0]


async def test_the_channels_model_reorders_lightly_and_that_is_said(world):
    """Two papers answer equally well; readers have voted for papers like the second."""
    world.source.announce(MONDAY, *(a_paper(f"2505.05{n:03d}", title=f"Rotary drums {n}") for n in range(8)))
    world.source.announce(MONDAY, *(a_paper(f"2505.09{n:03d}", title=f"Gothic towers {n}") for n in range(8)))
    world.channel(papers=20)
    await world.morning(MONDAY)
    votes = [world.vote(one, f"e{one}", emoji="👍" if one.startswith("2505.05") else "👎") for one in world.papers(1)]
    await world.store.feedback.record(votes, at(MONDAY))
    drums = a_paper("2505.07001", title="Cache of drums", abstract="Rotary drums.", authors=("A", "B"))
    towers = a_paper("2505.07002", title="Cache of towers", abstract="Gothic towers.", authors=("A", "B"))
    await fill(world, [drums, towers])
    before = (await say(world, "cache"))[0]
    assert not any("taught" in line for line in before.lines)
    tuesday = MONDAY + timedelta(days=1)
    world.announce(tuesday, 1)
    await world.morning(tuesday)  # refits
    after = (await say(world, "cache"))[0]
    assert any("taught" in line for line in after.lines)
    assert ids(after)[:2] == ["2505.07001", "2505.07002"]
    nothing = (await say(world, "sourdough"))[0]
    assert not nothing.cards
    assert not any("taught" in line for line in nothing.lines)


async def test_arxivs_own_search_follows_where_the_archive_has_too_little(world):
    await fill(world)
    world.source.found = (a_paper("2401.00001", title="Sourdough"), CACHE)
    first, second = await say(world, "sourdough fermentation")
    assert not first.cards
    assert ids(second) == ["2401.00001", CACHE.arxiv_id]
    assert {card.marks for card in second.cards} == {("live from arXiv",)}
    first, second = await say(world, "kv cache")
    assert CACHE.arxiv_id in ids(first)
    assert CACHE.arxiv_id not in ids(second)


async def test_what_arxiv_finds_is_marked_where_it_was_posted_already(world):
    world.announce(MONDAY, 1)
    await world.morning(MONDAY)
    posted = world.papers(1)[0]
    world.source.found = (a_paper(posted, title="Sourdough"),)
    (_, second) = await say(world, "yeast")
    assert [card.marks for card in second.cards] == [("live from arXiv", "posted here")]


async def test_a_live_search_is_asked_once_a_day_and_what_it_found_stays(world):
    await fill(world)
    world.source.found = (a_paper("2401.00001", title="Sourdough"),)
    await say(world, "yeast")
    await say(world, "YEAST")
    searches = [asked for asked in world.source.asked if asked[0] == "search"]
    assert len(searches) == 1
    world.clock.advance(25 * 3600)
    await say(world, "yeast")
    assert len([asked for asked in world.source.asked if asked[0] == "search"]) == 2
    assert ids((await say(world, "sourdough"))[0]) == ["2401.00001"]


async def test_a_live_search_that_fails_is_said_and_not_remembered(world):
    world.source.down = SourceUnavailable("503")
    (_, second) = await say(world, "yeast")
    assert "could not be asked" in second.lines[0]
    world.source.down = None
    world.source.found = (a_paper("2401.00001", title="Sourdough"),)
    assert ids((await say(world, "yeast"))[1]) == ["2401.00001"]


@pytest.mark.parametrize("line", ["seen:no", "liked:yes yeast", "cat:cs.CL"])
async def test_what_only_the_archive_can_know_is_not_asked_of_arxiv(world, line):
    await say(world, line)
    assert not [asked for asked in world.source.asked if asked[0] == "search"]


async def test_an_answer_in_words_stands_above_the_same_list(world):
    await fill(world)
    world.env = replace(world.env, answerer=FakeAnswerer("Two bits do [1].", "A lie [9].", "No paper."))
    first, second, *_ = await say(world, "kv cache compression")
    assert second.replaces
    assert second.lines[0] == "Two bits do [1]."
    assert "a model" in second.lines[1]
    assert ids(first) == ids(second)
    assert world.env.answerer.asked[0][1] == ids(first)


async def test_an_answer_that_cites_nothing_of_the_list_is_not_shown(world):
    await fill(world)
    world.env = replace(world.env, answerer=FakeAnswerer("Trust me.", "See [7]."))
    assert not any(reply.replaces for reply in await say(world, "kv cache compression"))


async def test_a_model_that_fails_is_told_and_the_list_stands(world):
    await fill(world)
    answerer = FakeAnswerer()
    answerer.down = AnswerError("the budget is reached")
    world.env = replace(world.env, answerer=answerer)
    first, second, *_ = await say(world, "kv cache compression")
    assert first.cards == second.cards
    assert "the budget is reached" in second.lines[0]


async def test_without_a_model_nothing_is_faked(world):
    await fill(world)
    replies = await say(world, "kv cache compression")
    assert not any(reply.replaces for reply in replies)


async def test_a_vote_from_the_list_is_feedback_without_an_impression(world):
    await fill(world)
    await request(world, "like", arxiv_id=CACHE.arxiv_id)
    (vote,) = await world.store.feedback.of_person("ada")
    assert (vote.arxiv_id, vote.emoji, vote.source) == (CACHE.arxiv_id, "👍", VoteSource.COMMAND)
    assert await world.store.feedback.impressions(CHANNEL) == ()
    assert ids((await say(world, "liked:yes"))[0]) == [CACHE.arxiv_id]
