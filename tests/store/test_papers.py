"""Papers, vectors and the background blob."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from tests.builders import NOON, THURSDAY, a_paper, some_papers

WEIRD = "Ωmega $\\alpha$\n\u202eevil\u202c \x00\x07 " + "x" * 2000


def found(rows, words):
    query = "SELECT p.arxiv_id FROM papers_fts f JOIN papers p ON p.id = f.rowid WHERE papers_fts MATCH ?"
    return [row[0] for row in rows(query, words)]


async def test_a_paper_comes_back_as_it_was_stored(store):
    paper = a_paper(
        "cs/0112017",
        title=WEIRD,
        abstract="y" * 50_000,
        authors=(),
        version=3,
        comment="withdrawn by the authors",
        withdrawn=True,
        listing_day=THURSDAY,
    )
    assert await store.papers.add([paper], NOON) == 1
    assert await store.papers.get(["cs/0112017", "2505.99999"]) == {"cs/0112017": paper}


async def test_adding_counts_only_what_is_new(store):
    assert await store.papers.add(some_papers(3), NOON) == 3
    assert await store.papers.add(some_papers(4), NOON) == 1
    assert await store.papers.count() == 4
    assert await store.papers.add([], NOON) == 0


async def test_a_newer_version_refreshes_a_paper(store):
    await store.papers.add([a_paper(title="Old words", listing_day=THURSDAY)], NOON)
    later = datetime(2025, 6, 1, tzinfo=UTC)
    assert await store.papers.add([a_paper(title="New words", version=2, updated_at=later)], NOON) == 0
    paper = (await store.papers.get(["2505.03801"]))["2505.03801"]
    assert (paper.version, paper.title, paper.updated_at) == (2, "New words", later)
    assert paper.listing_day == THURSDAY


async def test_the_same_version_seen_again_refreshes_a_paper(store):
    """A withdrawal notice or a corrected title comes with no new version."""
    await store.papers.add([a_paper(title="Old words", comment=None)], NOON)
    await store.papers.add([a_paper(title="New words", comment="withdrawn by the authors", withdrawn=True)], NOON)
    paper = (await store.papers.get(["2505.03801"]))["2505.03801"]
    assert (paper.title, paper.comment, paper.withdrawn) == ("New words", "withdrawn by the authors", True)


async def test_an_older_version_never_overwrites_a_newer_but_may_tell_its_day(store):
    await store.papers.add([a_paper(title="New words", version=2)], NOON)
    await store.papers.add([a_paper(title="Old words", version=1, listing_day=THURSDAY)], NOON)
    paper = (await store.papers.get(["2505.03801"]))["2505.03801"]
    assert (paper.version, paper.title, paper.listing_day) == (2, "New words", THURSDAY)


async def test_the_first_listing_day_known_stays(store):
    await store.papers.add([a_paper(listing_day=THURSDAY)], NOON)
    await store.papers.add([a_paper(listing_day=date(2025, 5, 12))], NOON)
    assert (await store.papers.get(["2505.03801"]))["2505.03801"].listing_day == THURSDAY


async def test_full_text_rows_follow_insert_update_and_delete(store, rows):
    await store.papers.add([a_paper(title="Pruning", abstract="of trees", authors=("Pietro Liò",))], NOON)
    assert found(rows, "pruning") == found(rows, "prune") == found(rows, "lio") == ["2505.03801"]
    await store.papers.add([a_paper(title="Distillation", abstract="of spirits", version=2)], NOON)
    assert found(rows, "pruning") == found(rows, "trees") == []
    assert found(rows, "distillation") == ["2505.03801"]
    await store._database.write(lambda db: db.execute("DELETE FROM papers"), "test")
    assert found(rows, "distillation") == []
    await store._database.write(
        lambda db: db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('integrity-check')"), "test"
    )


async def test_an_ignored_older_version_leaves_the_full_text_alone(store, rows):
    await store.papers.add([a_paper(title="Newest", version=2)], NOON)
    await store.papers.add([a_paper(title="Oldest", version=1, listing_day=THURSDAY)], NOON)
    assert found(rows, "newest") == ["2505.03801"]
    assert found(rows, "oldest") == []


async def test_before_gives_the_newest_first_up_to_the_day_and_the_limit(store):
    days = [date(2025, 5, 6), THURSDAY, date(2025, 5, 9)]
    papers = [a_paper(f"2505.0{n}001", listing_day=day) for n, day in enumerate(days)]
    twin = a_paper("2505.01002", listing_day=THURSDAY)
    await store.papers.add([*papers, twin, a_paper("2505.09999", listing_day=None)], NOON)
    ids = [paper.arxiv_id for paper in await store.papers.before(THURSDAY, 10)]
    assert ids == ["2505.01002", "2505.01001", "2505.00001"]
    assert [paper.arxiv_id for paper in await store.papers.before(THURSDAY, 1)] == ["2505.01002"]
    assert await store.papers.before(date(2025, 5, 5), 10) == ()


async def test_vectors_come_back_by_embedder_and_are_replaced(store):
    first = np.array([0.5, -0.25, 1.0], dtype=np.float32)
    await store.papers.add_vectors("one", {"a": first, "b": first})
    await store.papers.add_vectors("two", {"a": np.zeros(2, dtype=np.float32)})
    await store.papers.add_vectors("one", {"b": -first})
    known = await store.papers.vectors(["a", "b", "c"], "one")
    assert {name: vector.tolist() for name, vector in known.items()} == {"a": first.tolist(), "b": (-first).tolist()}
    assert all(vector.dtype == np.float32 for vector in known.values())
    assert (await store.papers.vectors(["a"], "two"))["a"].shape == (2,)
    assert await store.papers.vectors(["a"], "three") == {}


async def test_a_background_is_kept_for_each_embedder(store):
    assert await store.papers.background("one") is None
    await store.papers.save_background("one", THURSDAY, b"\x00\xff")
    await store.papers.save_background("one", date(2025, 5, 9), b"newer")
    await store.papers.save_background("two", THURSDAY, b"")
    assert await store.papers.background("one") == (date(2025, 5, 9), b"newer")
    assert await store.papers.background("two") == (THURSDAY, b"")


@pytest.mark.parametrize("n", [0, 5000])
async def test_any_number_of_ids_can_be_asked_for(store, n):
    """SQLite binds at most 32,766 values; ids travel as one."""
    assert await store.papers.get([f"2505.{i:05d}" for i in range(n * 8)]) == {}
