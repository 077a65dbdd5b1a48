"""The list that is imported in proofs, and whether it is there whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

TABLES = ("imports", "import_papers", "topic_tree")
LENGTH = 12
_SAMPLE = Path(__file__).parents[2] / "bot" / "sources" / "sample_papers.jsonl"


def write(folder: Path) -> None:
    """A file with papers of the sample, most of which no channel was shown."""
    folder.mkdir()
    rows = [json.loads(line) for line in _SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = [f"- [{row['title']}](https://arxiv.org/abs/{row['arxiv_id']})" for row in rows[::-1][:LENGTH]]
    (folder / "list.md").write_text("# Awesome papers\n\n## Section\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


def half(db: sqlite3.Connection) -> Iterator[str]:
    """Lists of which only a part is there."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'imports'").fetchone():
        return  # killed before there were any tables
    counts = "SELECT i.channel, (SELECT count(*) FROM import_papers p WHERE p.import = i.id) FROM imports i"
    for channel, count in db.execute(counts):
        if count != LENGTH:
            yield f"{channel} has {count} papers of a list of {LENGTH}"
    if count := db.execute(
        "SELECT count(*) FROM import_papers WHERE import NOT IN (SELECT id FROM imports)"
    ).fetchone()[0]:
        yield f"{count} papers of no list"


def missing(db: sqlite3.Connection, channels: Sequence[str]) -> Iterator[str]:
    """Channels without the list, or with it more than once; listed papers that are not stored."""
    found = [channel for (channel,) in db.execute("SELECT channel FROM imports")]
    if sorted(found) != sorted(channels):
        yield f"lists of {found} instead of {channels}"
    unknown = "SELECT count(*) FROM import_papers WHERE arxiv_id NOT IN (SELECT arxiv_id FROM papers)"
    if count := db.execute(unknown).fetchone()[0]:
        yield f"{count} listed papers are not stored"
