"""An open store on a file of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.store import Store
from tests.builders import NOON, a_plan, a_ref, some_papers

Rows = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "paperlark.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path, busy_timeout_s=0.2)
    yield store
    store.close()


@pytest.fixture
def rows(path: Path) -> Rows:
    """What a stranger with SQL sees in the file: `rows("SELECT 1")`."""

    def ask(query: str, *values: object) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(path)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    return ask


@pytest.fixture
async def posted(store: Store) -> tuple[str, ...]:
    """A digest of three papers whose messages have the ids 0 (header), 1, 2, 3; the ids of the papers."""
    papers = some_papers(3)
    plan = a_plan(papers)
    await store.papers.add(papers, plan.record.planned_at)
    assert await store.ledger.plan(plan)
    for intent in plan.intents:
        await store.ledger.claim(intent.key, plan.record.planned_at)
        await store.ledger.complete(intent.key, a_ref(str(intent.sequence)), plan.record.planned_at)
    return tuple(paper.arxiv_id for paper in papers)


@pytest.fixture
async def filled(store: Store) -> Store:
    await store.papers.add(some_papers(50), NOON)
    return store
