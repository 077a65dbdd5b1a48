"""docs/design.md is true of the tree and of the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.store import Store

ROOT = Path(__file__).resolve().parents[1]
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
_ANSWER = re.compile(r"^\| (.+\?) \| `([\w/.]+)`(?: `(\w+)`)? \|$", re.MULTILINE)
_INTERNAL = re.compile(r"sqlite_.*|_sqlite_.*|\w+_fts_\w+|spellings_\w+")
_PATH = re.compile(r"`((?:bot|handlers|prompts|tests|docs|bench)/[\w/.]*)`")


@pytest.mark.parametrize(("question", "path", "name"), _ANSWER.findall(DESIGN))
def test_an_answer_is_where_the_design_says(question, path, name):
    assert (ROOT / path).is_file(), question
    assert not name or re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8")), question


def test_two_dozen_questions_are_answered():
    assert len(_ANSWER.findall(DESIGN)) >= 24


def test_every_table_is_named(tmp_path):
    store = Store(tmp_path / "paperlark.db")
    tables = {*store._database._writer.table_names(), *store._database._writer.view_names()}
    store.close()
    section = DESIGN.partition("## Tables")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert {table for table in tables if not _INTERNAL.fullmatch(table)} == named & tables
    assert named <= tables


@pytest.mark.parametrize("document", ["docs/design.md", "README.md", "docs/ledger.md"])
def test_every_path_that_a_document_names_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    assert [path for path in _PATH.findall(text) if not (ROOT / path).exists()] == []


def test_docstrings_point_to_documents_that_exist():
    """A docstring that sends the reader to a page sends nobody astray."""
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        for document in re.findall(r"\bdocs/[\w/]+\.md\b", path.read_text(encoding="utf-8")):
            assert (ROOT / document).is_file(), f"{path}: {document}"
