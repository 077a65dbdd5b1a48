"""Lists that a channel was given: stored whole, once, and replaced by a newer state of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.models import ImportedLike, ImportedList, ListChange, ListEntry, ListUse, TopicBranch
from tests.builders import CHANNEL, NOON

A_LIST = ImportedList(
    channel=CHANNEL,
    origin="Awesome things",
    format="awesome",
    use=ListUse.LIKED,
    weight=0.5,
    imported_at=NOON,
    entries=(
        ListEntry(
            "2406.07017",
            sections=(("Pruning", "Structured"), ("Sparsity",)),
            publication="ICML'24",
            links=(("Github", "https://github.com/ada/prune"),),
            listed_on=date(2024, 6, 12),
            note="a note",
        ),
        ListEntry("2405.20935"),
    ),
    tree=(TopicBranch("Pruning"), TopicBranch("Structured", 0), TopicBranch("A leaf", 1, "2406.07017", "https://a.b")),
    topics_text="1. Pruning\n",
)
A_DIGEST = ImportedList(
    CHANNEL,
    "digest of 2025-05-08",
    "digest",
    ListUse.POSTED,
    1.0,
    NOON,
    (ListEntry("2505.03801", relevance=9, novelty=8),),
)


async def test_a_list_comes_back_as_it_was_given(store):
    assert await store.library.save(A_LIST) is ListChange.NEW
    assert await store.library.save(A_DIGEST) is ListChange.NEW
    assert await store.library.lists(CHANNEL) == (A_LIST, A_DIGEST)
    assert await store.library.lists("another") == ()


async def test_the_same_list_again_changes_nothing(store):
    await store.library.save(A_LIST)
    later = replace(A_LIST, imported_at=NOON + timedelta(days=1))
    assert await store.library.save(later) is ListChange.UNCHANGED
    assert await store.library.lists(CHANNEL) == (A_LIST,)


async def test_a_newer_state_takes_the_place_of_the_old(store, rows):
    await store.library.save(A_LIST)
    newer = replace(A_LIST, entries=A_LIST.entries[1:], tree=(), imported_at=NOON + timedelta(days=1))
    assert await store.library.save(newer) is ListChange.REPLACED
    assert await store.library.lists(CHANNEL) == (newer,)
    assert rows("SELECT count(*) FROM import_papers") == [(1,)]
    assert rows("SELECT count(*) FROM topic_tree") == [(0,)]


async def test_a_list_taken_out_teaches_no_more_and_leaves_nothing(store, rows):
    await store.library.save(A_LIST)
    await store.library.save(A_DIGEST)
    assert await store.library.remove(CHANNEL, A_LIST.origin)
    assert not await store.library.remove(CHANNEL, A_LIST.origin)
    assert await store.library.lists(CHANNEL) == (A_DIGEST,)
    assert await store.feedback.imported_likes(CHANNEL) == ()
    assert rows("SELECT count(*) FROM import_papers") == [(1,)]


async def test_another_weight_is_another_state(store):
    await store.library.save(A_LIST)
    assert await store.library.save(replace(A_LIST, weight=0.2)) is ListChange.REPLACED
    assert {one.weight for one in await store.feedback.imported_likes(CHANNEL)} == {0.2}


async def test_likes_are_read_with_weight_and_origin_once_for_each_list(store):
    second = replace(
        A_LIST, origin="Second", imported_at=NOON + timedelta(days=1), weight=1.0, entries=A_LIST.entries[:1]
    )
    await store.library.save(second)
    await store.library.save(A_LIST)
    await store.library.save(A_DIGEST)
    assert await store.feedback.imported_likes(CHANNEL) == (
        ImportedLike("2405.20935", 0.5, NOON, "Awesome things"),
        ImportedLike("2406.07017", 0.5, NOON, "Awesome things"),
        ImportedLike("2406.07017", 1.0, NOON + timedelta(days=1), "Second"),
    )
    assert await store.feedback.imported_likes("another") == ()


async def test_only_digests_make_papers_known_as_posted(store):
    await store.library.save(A_LIST)
    await store.library.save(A_DIGEST)
    assert await store.library.posted(CHANNEL, ["2505.03801", "2406.07017"]) == {"2505.03801"}
    assert await store.library.posted(CHANNEL) == {"2505.03801"}
    assert await store.library.posted("another", ["2505.03801"]) == frozenset()


async def test_no_person_is_stored_with_a_list(store, rows):
    await store.library.save(A_LIST)
    columns = {
        row[1] for table in ("imports", "import_papers", "topic_tree") for row in rows(f"PRAGMA table_info({table})")
    }
    assert not columns & {"person", "user", "reader"}
    assert rows("SELECT count(*) FROM feedback_events") == [(0,)]
