"""What readers taught: refitted when something changed, kept when nothing did, used the next morning."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from bot.ranking.rater import STRANGER
from handlers.commands.stats import stats
from handlers.learning import refit
from handlers.reaction import record_votes
from tests.builders import CHANNEL, a_paper
from tests.fakes import FakeScorer
from tests.handlers.conftest import at

MONDAY, TUESDAY = date(2025, 5, 5), date(2025, 5, 6)
WORDS = {True: "pruning of attention heads", False: "segmentation of medical images"}


def announce(world, day, n=6):
    """Half the papers are about one thing, half about another; only their words tell them apart."""
    papers = [
        a_paper(
            f"2505.{day.day:02d}{number:03d}",
            title=f"Number {number} on {WORDS[number % 2 == 0]}",
            abstract=f"We show {WORDS[number % 2 == 0]} in case {number}.",
        )
        for number in range(1, n + 1)
    ]
    world.source.announce(day, *papers)
    return papers


async def vote_on_all(world, papers, person="ada"):
    votes = [
        world.vote(
            paper.arxiv_id,
            f"{person} {paper.arxiv_id}",
            person=person,
            emoji="👍" if "pruning" in paper.title else "👎",
        )
        for paper in papers
    ]
    await record_votes(world.env, votes)


async def test_nothing_is_fitted_before_the_first_vote(world):
    """Topics alone decide, and no empty version is stored."""
    announce(world, MONDAY)
    await world.morning(MONDAY)
    assert await refit(world.env, CHANNEL) is None
    assert await world.store.weights.newest(CHANNEL) is None


async def test_votes_of_one_morning_order_the_next(world):
    """What was liked comes first, though the scorer likes all the same."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    tomorrow = announce(world, TUESDAY)
    await world.morning(TUESDAY)
    wanted = {paper.arxiv_id for paper in tomorrow if "pruning" in paper.title}
    assert set(world.papers(digest=2)[:3]) == wanted


async def test_the_same_votes_are_not_fitted_twice(world):
    """A second look on the same day finds the stored version."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    first = await refit(world.env, CHANNEL)
    again = await refit(world.env, CHANNEL)
    assert first is not None
    assert again is not None
    assert [one.version for one in await world.store.weights.history(CHANNEL)] == [1]


async def test_a_vote_taken_back_is_as_if_it_never_was(world):
    """After all votes are removed there is no model any more."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    assert await refit(world.env, CHANNEL) is not None
    world.clock.advance(60)
    back = [
        world.vote(
            paper.arxiv_id, f"back {paper.arxiv_id}", emoji="👍" if "pruning" in paper.title else "👎", added=False
        )
        for paper in papers
    ]
    await record_votes(world.env, back)
    assert await refit(world.env, CHANNEL) is None


async def test_damaged_weights_are_fitted_again_from_the_votes(world):
    """The votes are the truth; a blob is only their shadow."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    fitted = await refit(world.env, CHANNEL)
    stored = await world.store.weights.newest(CHANNEL)
    await world.store.weights.add(CHANNEL, world.clock.now(), stored.metrics, b"not a model")
    again = await refit(world.env, CHANNEL)
    assert again.weights == pytest.approx(fitted.weights)


async def test_old_versions_keep_their_figures_and_lose_their_blobs(world):
    """A channel's database does not grow by a model a day."""
    for _ in range(6):
        await world.store.weights.add(CHANNEL, world.clock.now(), {"votes": 1}, b"x" * 100)
    kept = world.store.weights
    assert (await kept.newest(CHANNEL)).blob == b"x" * 100
    assert len(await kept.history(CHANNEL)) == 6


class LlmLike(FakeScorer):
    """A fake whose scores pass for an LLM's."""

    def _score(self, paper):
        return replace(super()._score(paper), scorer="llm")


async def weekday(world, day, relevance):
    """A morning whose first three papers get one relevance, the others another; then the first three are liked."""
    papers = announce(world, day)
    world.scorer.relevance = {paper.arxiv_id: relevance[number >= 3] for number, paper in enumerate(papers)}
    await world.morning(day)
    await record_votes(world.env, [world.vote(paper.arxiv_id, f"like {paper.arxiv_id}") for paper in papers[:3]])


@pytest.mark.parametrize(("relevance", "agrees"), [((9, 6), True), ((6, 9), False)])
async def test_an_llm_s_points_come_to_count_as_far_as_votes_agree_with_them(world, relevance, agrees):
    """What the readers' votes say about its scores is part of what was learned, and stored with it."""
    world.scorer = LlmLike()
    world.want()
    for day in range(5, 10):
        await weekday(world, date(2025, 5, day), relevance)
    await refit(world.env, CHANNEL)
    kept = (await refit(world.env, CHANNEL)).rater
    metrics = (await world.store.weights.newest(CHANNEL)).metrics
    assert (kept.n_judged, kept.n_liked) == (30, 15)
    assert (kept.relevance > STRANGER.relevance) is agrees
    assert (metrics["llm_relevance"], metrics["llm_agreement"]) == (kept.relevance, float(agrees))


async def test_one_vote_against_ends_the_llm_s_first_say(world):
    """Before any vote its points come first; from then on they must agree with the votes to count much."""
    world.scorer = LlmLike()
    world.want()
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    assert await refit(world.env, CHANNEL) is None
    await record_votes(world.env, [world.vote(papers[0].arxiv_id, "no", emoji="👎")])
    taught = await refit(world.env, CHANNEL)
    assert (taught.weight, taught.rater) == (0, STRANGER)


async def test_local_scores_leave_no_word_about_an_llm(world):
    """Without an LLM there is nothing to trust or not."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    await refit(world.env, CHANNEL)
    assert not [name for name in (await world.store.weights.newest(CHANNEL)).metrics if name.startswith("llm")]


async def test_stats_say_what_was_learned_and_how_sure_the_guard_is(world):
    """The words that were liked are among those that raise a paper."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    world.go_to(at(MONDAY, 12))
    found = await stats(world.env, CHANNEL)
    assert any("pruning" in term for term in found.more)
    assert any("medical" in term or "segmentation" in term for term in found.less)
    assert "too early" in found.guard
    assert (found.record.n_liked, found.record.n_disliked) == (3, 3)


async def test_a_model_fitted_while_somebody_was_forgotten_is_fitted_again(world, monkeypatch):
    """What was read before may be theirs: it is thrown away, and nobody waits for anybody for ever."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    await vote_on_all(world, papers, person="bea")
    read = world.store.papers.before

    async def forget_meanwhile(*args):
        if await world.store.privacy.forgettings() == 0:
            await world.store.privacy.forget("bea", world.clock.now())
        return await read(*args)

    monkeypatch.setattr(world.store.papers, "before", forget_meanwhile)
    await asyncio.wait_for(refit(replace(world.env, fitting=asyncio.Semaphore(1)), CHANNEL), 60)
    assert (await world.store.weights.newest(CHANNEL)).metrics["votes"] == len(papers)


async def test_few_channels_are_learned_from_at_once(world):
    """A hundred channels that voted in the same minute do not need the archive in memory a hundred times."""
    papers = announce(world, MONDAY)
    await world.morning(MONDAY)
    await vote_on_all(world, papers)
    fitting = asyncio.Semaphore(1)
    async with fitting:
        waiting = asyncio.create_task(refit(replace(world.env, fitting=fitting), CHANNEL))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
    assert await asyncio.wait_for(waiting, 60) is not None
