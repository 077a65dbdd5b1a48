"""The archive as something to ask."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import LiveSearch, Question
from bot.query import parse_question
from bot.store import Store
from bot.store.search import fts
from bot.store.search.matrix import VectorMatrix
from bot.store.search.spelling import Spelling
from tests.builders import NOON, a_paper
from tests.fakes import FakeEmbedder

MAY = date(2025, 5, 1)
PAPERS = (
    a_paper("2505.00001", title="Quantizing the KV cache", abstract="Low bits for long context.", listing_day=MAY),
    a_paper("2505.00002", title="Pruning networks", abstract="A KV cache is not pruned.", categories=("cs.LG",),
            primary_category="cs.LG", authors=("Tatsunori B. Hashimoto",), listing_day=MAY + timedelta(days=1)),
    a_paper("2505.00003", title="Mamba for vision", abstract="State space models of images.",
            categories=("cs.CV", "cs.LG"), primary_category="cs.CV", authors=("T. Hashimoto", "Wei Wang"),
            listing_day=MAY + timedelta(days=2)),
    a_paper("2505.00004", title="Mamba for text", abstract="State space models of language.", authors=("Ana Müller",),
            listing_day=None),
)  # fmt: skip


@pytest.fixture
async def archive(store):
    """Four papers with their vectors."""
    await store.papers.add(PAPERS, NOON)
    embedder = FakeEmbedder()
    vectors = embedder.embed([paper.title for paper in PAPERS])
    ids = [paper.arxiv_id for paper in PAPERS]
    await store.papers.add_vectors("fake-embedder", dict(zip(ids, vectors, strict=True)))
    return store


async def found(archive, text, **options):
    """The last digits of the ids in the pool for a question."""
    question = parse_question(text, date(2025, 6, 1))
    result = await archive.search.search(question, options.pop("vector", None), "fake-embedder", **options)
    return sorted(int(one.paper.arxiv_id[-1]) for one in result.pool)


@pytest.mark.parametrize(
    ("text", "papers"),
    [
        ("quantization", [1]),
        ("pruned mambas", [2, 3, 4]),
        ('"kv cache" networks', [1, 2]),
        ('"state space" -images', [4]),
        ("mamba -vision", [1, 2, 4]),
        ("mamba cat:cs.CV", [3]),
        ("mamba -cat:cs.LG", [1, 4]),
        ("cat:cs", [1, 2, 3, 4]),
        ("cat:cs.LG", [2, 3]),
        ("author:hashimoto", [2, 3]),
        ('author:"Tatsunori Hashimoto"', [2, 3]),
        ('author:"Taro Hashimoto"', [3]),
        ("author:muller", [4]),
        ("author:hashimoto -author:wang", [2]),
        ("since:2025-05-02 until:2025-05-02", [2]),
        ("until:2025-05-01", [1]),
        ("since:2025-05-06 mamba", [4]),  # its listing day is unknown: by its submission
        ("nothing-of-the-sort", []),
        ("", [1, 2, 3, 4]),
    ],
)
async def test_words_phrases_and_filters_find_what_they_should(archive, text, papers):
    """Of the few papers that filters leave, all are offered, whatever words they hold."""
    assert await found(archive, text) == papers


async def test_ids_bound_the_search_from_both_sides(archive):
    assert await found(archive, "mamba", among=frozenset({"2505.00003"})) == [3]
    assert await found(archive, "mamba", without=frozenset({"2505.00003"})) == [1, 2, 4]
    assert await found(archive, "mamba", among=frozenset()) == []


async def test_meaning_finds_what_shares_no_word(archive):
    vector = FakeEmbedder().embed(["Pruning networks"])[0]
    question = Question("x", words=("sparsity",))
    result = await archive.search.search(question, vector, "fake-embedder")
    best = max(result.pool, key=lambda one: one.closeness)
    assert best.paper.arxiv_id == "2505.00002"
    assert best.closeness == pytest.approx(1.0)


async def test_papers_that_arrive_later_are_found_by_meaning_too(archive):
    vector = FakeEmbedder().embed(["A new one"])[0]
    question = Question("x", words=("newcomer",))
    await archive.search.search(question, vector, "fake-embedder")
    await archive.papers.add([a_paper("2505.00009", title="A new one")], NOON)
    await archive.papers.add_vectors("fake-embedder", {"2505.00009": vector})
    result = await archive.search.search(question, vector, "fake-embedder")
    assert max(result.pool, key=lambda one: one.closeness).paper.arxiv_id == "2505.00009"


async def test_a_vector_stored_again_replaces_the_old_one(archive):
    vector = FakeEmbedder().embed(["something else"])[0]
    question = Question("x", words=("nought",))
    await archive.search.search(question, vector, "fake-embedder")
    await archive.papers.add_vectors("fake-embedder", {"2505.00001": vector})
    result = await archive.search.search(question, vector, "fake-embedder")
    assert max(result.pool, key=lambda one: one.closeness).paper.arxiv_id == "2505.00001"
    assert len(result.pool) == len(PAPERS)


async def test_many_vectors_take_the_room_they_need_and_hardly_more(store):
    """More than two blocks of the matrix, in several portions: every paper is found, and nothing grows on its own."""
    matrix = VectorMatrix("e", 2)
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(20_000, 2)).astype(np.float32)
    for start in range(0, 20_000, 1_000):
        matrix._take(list(range(start + 1, start + 1_001)), vectors[start : start + 1_000])
    assert matrix.closest(np.array([1.0, 0.0], dtype=np.float32), None, 1) == [int(np.argmax(vectors[:, 0])) + 1]
    assert max(len(matrix._ids), len(matrix._row_of)) < 2 * 24_576
    assert matrix.closeness(vectors[7], [8, 999_999]).tolist() == pytest.approx([1.0, 0.0])


async def test_vectors_of_another_length_are_left_out(archive):
    await archive.papers.add_vectors("fake-embedder", {"2505.00001": np.ones(3, dtype=np.float32)})
    vector = FakeEmbedder().embed(["anything"])[0]
    result = await archive.search.search(Question("x", words=("nought",)), vector, "fake-embedder")
    assert {one.paper.arxiv_id for one in result.pool} == {paper.arxiv_id for paper in PAPERS[1:]}


async def test_a_changed_title_is_found_and_the_old_one_is_not(archive):
    await archive.papers.add(
        [a_paper("2505.00001", title="Zebras", abstract="-", version=2, categories=("cs.CR",))], NOON
    )
    assert await found(archive, "zebra") == [1]
    assert await found(archive, "quantizing") == []
    assert await found(archive, "cat:cs.CR") == [1]
    assert await archive.search.corrected(["zebars"]) == {"zebars": "zebras"}


async def test_the_counts_tell_how_rare_each_word_is(archive):
    result = await archive.search.search(parse_question("mamba KV nought", MAY), None, "")
    assert result.frequency == {"mamba": 2, "KV": 2, "nought": 0}
    assert (result.n_papers, result.fitting) == (4, None)
    assert (await archive.search.search(parse_question("mamba cat:cs.CV", MAY), None, "")).fitting == 1


async def test_the_nearest_papers_of_the_whole_archive_come_nearest_first(archive):
    vector = FakeEmbedder().embed(["Mamba for text"])[0]
    nearest = await archive.search.nearest(vector, "fake-embedder", 2)
    assert [paper.arxiv_id for paper in nearest][:1] == ["2505.00004"]
    assert len(nearest) == 2
    assert await archive.search.nearest(vector, "another embedder", 2) == ()


async def test_only_words_that_nobody_wrote_are_corrected(archive):
    words = ["quantiznig", "mamba", "Hashimotto", "languages", "xyzzyq", "of"]
    assert await archive.search.corrected(words) == {"quantiznig": "quantizing", "Hashimotto": "hashimoto"}


async def test_common_words_are_looked_for_in_titles(archive, monkeypatch):
    """What is in too many papers to be ranked in time must be in the title."""
    monkeypatch.setattr(fts, "MOST_MATCHES", 1)
    assert await found(archive, "kv cache") == [1]
    assert await found(archive, "pruning cache") == [1, 2]
    assert await found(archive, "kv images") == [1, 3]


async def test_of_too_many_papers_the_newest_are_ranked(store, monkeypatch):
    monkeypatch.setattr(fts, "MOST_MATCHES", 5)
    monkeypatch.setattr(fts, "IN_TITLES", 1)
    await store.papers.add([a_paper(f"2505.{n:05d}", title="Mamba") for n in range(1, 21)], NOON)
    result = await store.search.search(Question("mamba", words=("mamba",)), None, "")
    assert {one.paper.arxiv_id for one in result.pool} == {f"2505.{n:05d}" for n in range(15, 21)}


async def test_an_older_database_can_be_asked_after_its_upgrade(path, store, rows):
    """Papers and vectors stored before the step are found like those stored after it."""
    await store.papers.add(PAPERS, NOON)
    await store.papers.add_vectors("fake-embedder", {"2505.00002": FakeEmbedder().embed(["Pruning networks"])[0]})
    db = store._database._writer
    db.conn.executescript(
        """DROP TABLE spelling_words; DROP TABLE spellings; DROP TABLE paper_categories;
        DROP TABLE live_searches; DROP TABLE standing_rules; DROP TABLE pauses; DROP INDEX feedback_by_person;
        DROP TRIGGER spellings_insert; DROP TRIGGER spellings_delete; DROP TRIGGER spellings_update;
        DROP TRIGGER paper_categories_insert; DROP TRIGGER paper_categories_delete;
        DROP TRIGGER paper_categories_update;
        DELETE FROM _sqlite_migrations WHERE name = 'm004_asking';"""
    )
    store.close()
    upgraded = Store(path)
    try:
        assert await found(upgraded, "cat:cs.LG") == [2, 3]
        assert await upgraded.search.corrected(["prunning"]) == {"prunning": "pruning"}
        vector = FakeEmbedder().embed(["Pruning networks"])[0]
        assert await found(upgraded, "sparsity", vector=vector) == [2]
    finally:
        upgraded.close()


async def test_a_live_search_is_remembered_until_it_is_too_old(store):
    await store.search.save_live("q", LiveSearch(("2505.00001",), NOON))
    assert await store.search.live("q", NOON - timedelta(days=1)) == LiveSearch(("2505.00001",), NOON)
    assert await store.search.live("q", NOON + timedelta(seconds=1)) is None
    assert await store.search.live("other", NOON - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("atention", "attention"),
        ("attentoin", "attention"),
        ("attenntion", "attention"),
        ("attemtion", "attention"),
        ("antenna", None),
        ("quantisaton", "quantization"),
        ("attention", None),
        ("kv", None),
        ("b2b2", None),
        ("Müler", "muller"),
    ],
)
def test_the_nearest_word_is_at_most_two_edits_away(word, nearest):
    spelling = Spelling({"attention": 90, "attentions": 3, "quantization": 5, "muller": 2, "tension": 4})
    assert spelling.nearest(word) == nearest


@settings(max_examples=60)
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(['"', "NEAR(", "AND", "*", "^", "-", "author:", ":", "kv"])).map(" ".join)
)
async def test_no_question_breaks_the_search(archive, text):
    await found(archive, text)
    await archive.search.corrected(parse_question(text, MAY).words)
