"""`kill -9` in the middle of an ingest, then a clean second run: nothing is lost and nothing is there twice."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.handlers.dying_ingest import ingest

ROOT = Path(__file__).resolve().parents[2]
POINTS = [
    ("before", "listings.save", 1),
    ("inside", "listings.save", 1),
    ("after", "listings.save", 3),
    ("inside", "listings.save", 4),
    ("before", "papers.add_vectors", 1),
    ("after", "papers.add_vectors", 1),
    ("after", "papers.save_background", 2),
    ("before", "papers.save_background", 4),
]


def dump(folder: Path) -> list[str]:
    """Every row of the database as SQL, but for when its schema was made, its own key, and the order of vectors."""
    connection = sqlite3.connect(folder / "paperlark.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        of_its_own = ("_sqlite_migrations", 'INSERT INTO "privacy"')
        lines = (line for line in connection.iterdump() if not any(part in line for part in of_its_own))
        return sorted(re.sub(r'("vector(?:s|_arrivals)" VALUES\()\d+', r"\1any", line) for line in lines)
    finally:
        connection.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    asyncio.run(ingest(folder))
    return dump(folder)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point)))
def test_a_killed_ingest_and_a_second_run_leave_what_one_run_leaves(tmp_path, undisturbed, point):
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.handlers.dying_ingest", str(folder), *map(str, point)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    asyncio.run(ingest(folder))
    assert dump(folder) == undisturbed
