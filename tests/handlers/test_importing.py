"""A channel is given a list: fetched in batches, visible at once or not at all, and learned from."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.errors import EmbedderError, QueryRejected, SourceUnavailable
from bot.models import ImportedList, ListChange, ListEntry, ListUse
from bot.ranking.explain import why_in_full
from handlers import importing
from handlers.commands.stats import stats
from handlers.importing import Fetched, import_list, take_effect
from handlers.learning import refit
from handlers.reaction import record_votes
from tests.builders import CHANNEL, NOON, a_paper, some_papers
from tests.fakes import FakeEmbedder, FakeSource

FRIDAY, MONDAY, TUESDAY = date(2025, 5, 2), date(2025, 5, 5), date(2025, 5, 6)


class Shelf(FakeSource):
    """arXiv by id: fails where told, and remembers what it was asked for. `empty` answers come before the true ones."""

    def __init__(self, clock, papers):
        super().__init__(clock)
        self.shelf = {paper.arxiv_id: paper for paper in papers}
        self.batches: list[list[str]] = []
        self.fail_after: int | None = None
        self.unreadable: set[str] = set()
        self.empty = 0

    async def papers(self, arxiv_ids, progress=None):
        if self.fail_after == len(self.batches):
            raise SourceUnavailable("arXiv cannot be reached")
        if self.unreadable & set(arxiv_ids):
            raise QueryRejected("incorrect id format")
        self.batches.append(list(arxiv_ids))
        if self.empty:
            self.empty -= 1
            return ()
        return tuple(self.shelf[one] for one in arxiv_ids if one in self.shelf)


def a_list(papers, **changes):
    wanted = ImportedList(
        CHANNEL, "Awesome things", "awesome", ListUse.LIKED, 0.5, NOON, tuple(ListEntry(one.arxiv_id) for one in papers)
    )
    return replace(wanted, **changes)


@pytest.fixture
def shelf(world, monkeypatch):
    """Seven papers that arXiv knows, three to a batch."""
    monkeypatch.setattr(importing, "IDS_AT_ONCE", 3)
    shelf = Shelf(world.clock, some_papers(7))
    world.env = replace(world.env, source=shelf)
    return shelf


async def test_papers_are_fetched_in_batches_and_the_list_appears(world, shelf, ids):
    told = []
    done = await import_list(world.env, a_list(some_papers(7)), lambda *said: told.append(said))
    assert (done.change, done.n_papers, done.fetched) == (ListChange.NEW, 7, Fetched(0, 7, ()))
    assert [len(batch) for batch in shelf.batches] == [3, 3, 1]
    assert told[-1] == ("fetching papers", 7, 7)
    assert len(await world.store.papers.get(ids(some_papers(7)))) == 7


async def test_importing_twice_changes_nothing_and_asks_nothing(world, shelf):
    await import_list(world.env, a_list(some_papers(7)))
    before = await world.store.library.lists(CHANNEL)
    world.clock.advance(3600)
    asked = len(shelf.batches)
    again = await import_list(world.env, a_list(some_papers(7), imported_at=world.clock.now()))
    assert (again.change, again.fetched) == (ListChange.UNCHANGED, Fetched(7, 0, ()))
    assert await world.store.library.lists(CHANNEL) == before
    assert len(shelf.batches) == asked


async def test_an_interrupted_import_is_invisible_and_goes_on_where_it_ended(world, shelf):
    shelf.fail_after = 2
    with pytest.raises(SourceUnavailable):
        await import_list(world.env, a_list(some_papers(7)))
    assert await world.store.library.lists(CHANNEL) == ()
    assert await world.store.feedback.imported_likes(CHANNEL) == ()
    shelf.fail_after, shelf.batches = None, []
    done = await import_list(world.env, a_list(some_papers(7)))
    assert shelf.batches == [[some_papers(7)[6].arxiv_id]], "what was fetched is not fetched again"
    assert done.fetched == Fetched(6, 1, ())


async def test_a_cancelled_import_keeps_what_was_fetched(world, shelf, ids):
    gate = asyncio.Event()
    ask = shelf.papers

    async def slow(arxiv_ids, progress=None):
        if shelf.batches:
            gate.set()
            await asyncio.Event().wait()
        return await ask(arxiv_ids)

    shelf.papers = slow
    task = asyncio.create_task(import_list(world.env, a_list(some_papers(7))))
    await gate.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert len(await world.store.papers.get(ids(some_papers(7)))) == 3
    assert await world.store.library.lists(CHANNEL) == ()


async def test_ids_that_arxiv_does_not_know_are_named_and_left_out(world, shelf):
    nobody = a_paper("2505.09999")
    done = await import_list(world.env, a_list([*some_papers(7), nobody]))
    assert done.fetched.unknown == ("2505.09999",)
    assert done.n_papers == 7
    assert shelf.batches[-1] == ["2505.09999"], "asked for twice before it counts as unknown"


async def test_an_empty_answer_does_not_make_papers_unknown(world, shelf):
    shelf.empty = 1
    done = await import_list(world.env, a_list(some_papers(7)))
    assert done.fetched == Fetched(0, 7, ())


async def test_a_list_of_unknown_ids_leaves_nothing(world, shelf):
    done = await import_list(world.env, a_list([a_paper("2505.09999")]))
    assert done.change is None
    assert await world.store.library.lists(CHANNEL) == ()


async def test_an_id_that_arxiv_refuses_costs_no_other(world, shelf):
    shelf.unreadable = {"2505.03002"}
    done = await import_list(world.env, a_list(some_papers(7)))
    assert done.fetched == Fetched(0, 6, ("2505.03002",))


def about(words, n, day=3):
    return [
        a_paper(
            f"2505.{day:02d}{number:03d}", title=f"Number {number} on {words}", abstract=f"We show {words} {number}."
        )
        for number in range(1, n + 1)
    ]


class ByWords(FakeEmbedder):
    """Vectors that say what a text is about, and something of its own besides."""

    name = "by words"

    def embed(self, texts):
        vectors = super().embed(texts)
        for vector, text in zip(vectors, texts, strict=True):
            vector[:2] += [3.0 * ("weights" in text.lower()), 3.0 * ("medical" in text.lower())]
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def taught(world):
    """A world with a morning behind it, and a list about low-bit weights, as its topics are."""
    world.env = replace(world.env, embedder=ByWords())
    others = about("medical images", 6, day=5)
    world.source.announce(MONDAY, *others)
    shelf = Shelf(world.clock, about("low-bit weights", 6))
    return others, shelf


async def test_a_list_orders_the_next_morning_and_says_so(world, taught):
    _, shelf = taught
    await world.morning(MONDAY)
    await import_list(replace(world.env, source=shelf), a_list(shelf.shelf.values()))
    tomorrow = [*about("medical images", 3, day=6), *about("low-bit weights", 3, day=7)]
    world.source.announce(TUESDAY, *tomorrow)
    await world.morning(TUESDAY)
    assert set(world.papers(digest=2)[:3]) == {paper.arxiv_id for paper in tomorrow[3:]}
    ranked = await world.store.ledger.ranked(CHANNEL, 2)
    assert "of your list Awesome things" in "\n".join(why_in_full(ranked[0]))


async def test_effect_is_taken_at_once_and_the_stats_mention_the_list(world, taught):
    _, shelf = taught
    await world.morning(MONDAY)
    assert await refit(world.env, CHANNEL) is None
    await import_list(replace(world.env, source=shelf), a_list(shelf.shelf.values()))
    (line,) = await take_effect(world.env, CHANNEL)
    assert line.startswith("your list Awesome things: 6 papers, closer to the topics than 100%")
    found = await stats(world.env, CHANNEL)
    assert found.lists == (line,)
    assert found.learned_weight > 0
    model = await refit(world.env, CHANNEL)
    assert model is not None
    assert model.n_liked == 0
    assert model.n_listed == pytest.approx(3.0, abs=0.2), "six papers at a half each"


async def test_a_list_imported_before_the_first_morning_orders_it(world, taught):
    """There is nothing to weigh it against at first; the archive begins as it would have without a list."""
    _, shelf = taught
    await import_list(replace(world.env, source=shelf), a_list(shelf.shelf.values()))
    (line,) = await take_effect(world.env, CHANNEL)
    assert "6 papers; it counts as soon as there are other papers to compare it with" in line
    before = about("medical images", 3, day=2)
    today = [*about("medical images", 3, day=5), *about("low-bit weights", 3, day=6)]
    world.source.announced.clear()
    world.source.announce(FRIDAY, *before)
    world.source.announce(MONDAY, *today)
    await world.morning(MONDAY)
    assert len(await world.store.papers.get([paper.arxiv_id for paper in before])) == 3
    assert set(world.papers()[:3]) == {paper.arxiv_id for paper in today[3:]}
    ranked = await world.store.ledger.ranked(CHANNEL, 1)
    assert "of your list Awesome things" in "\n".join(why_in_full(ranked[0]))


async def test_a_list_about_something_else_teaches_next_to_nothing(world, taught):
    others, shelf = taught
    await world.morning(MONDAY)
    await import_list(replace(world.env, source=shelf), a_list(others[:3]))
    (line,) = await take_effect(world.env, CHANNEL)
    assert "too far from them to teach much" in line
    assert (await stats(world.env, CHANNEL)).lists == (line,)


async def test_a_readers_vote_has_the_last_word_on_a_listed_paper(world, taught):
    others, shelf = taught
    await world.morning(MONDAY)
    await import_list(replace(world.env, source=shelf), a_list([*shelf.shelf.values(), others[0]]))
    with_list = await refit(world.env, CHANNEL)
    await record_votes(world.env, [world.vote(world.papers()[0], "one", emoji="👎")])
    after = await refit(world.env, CHANNEL)
    assert after is not None
    assert with_list is not None
    assert world.papers()[0] in with_list.reasons.arxiv_ids
    assert world.papers()[0] not in [
        name for name, origin in zip(after.reasons.arxiv_ids, after.reasons.origins, strict=True) if origin
    ]


async def test_a_refit_sees_a_list_that_another_process_imported(world, taught):
    """A running bot reads the database before each morning, so nothing has to tell it."""
    _, shelf = taught
    await world.morning(MONDAY)
    first = await refit(world.env, CHANNEL)
    await import_list(replace(world.env, source=shelf), a_list(shelf.shelf.values()))
    second = await refit(world.env, CHANNEL)
    assert first is None
    assert second is not None
    assert (await refit(world.env, CHANNEL)) is not None
    assert [one.version for one in await world.store.weights.history(CHANNEL)] == [1], "and nothing is fitted twice"


async def test_without_an_embedder_votes_count_and_the_list_waits(world, taught):
    _, shelf = taught
    await world.morning(MONDAY)
    await record_votes(
        world.env, [world.vote(world.papers()[0], "one"), world.vote(world.papers()[1], "two", emoji="👎")]
    )
    await import_list(replace(world.env, source=shelf), a_list(shelf.shelf.values()))

    class Down(ByWords):
        def embed(self, texts):
            raise EmbedderError("no answer")

    broken = replace(world.env, embedder=Down())
    assert await take_effect(broken, CHANNEL) == ()
    model = await refit(broken, CHANNEL)
    assert model is not None
    assert model.n_listed == 0
    again = await refit(world.env, CHANNEL)
    assert again is not None
    assert again.n_listed > 0, "made up for as soon as it can be"


async def test_papers_of_an_imported_digest_are_not_posted_again(world):
    papers = world.announce(MONDAY, 4)
    await import_list(world.env, a_list(papers[:2], use=ListUse.POSTED, weight=1.0))
    await world.morning(MONDAY)
    assert set(world.papers()) == {paper.arxiv_id for paper in papers[2:]}
    assert await refit(world.env, CHANNEL) is None, "and they teach nothing"
