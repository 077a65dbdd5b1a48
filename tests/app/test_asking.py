"""`paperlark ask`, and the archive it asks."""

from __future__ import annotations

import json
import sqlite3

import pytest

DONE, FAILED, WRONG_USE = 0, 1, 2


@pytest.fixture
def filled(paperlark):
    """The sample's days up to Thursday in the archive, nothing posted."""
    result = paperlark("backfill", "--from", "2025-05-05", "--to", "2025-05-08", "--archive-only")
    assert result.exit_code == DONE
    assert "read 4 listing days" in result.stderr
    return paperlark


def posts(folder):
    connection = sqlite3.connect(folder / "data" / "paperlark.db")
    try:
        return connection.execute("SELECT count(*) FROM posts").fetchone()[0]
    finally:
        connection.close()


def test_an_archive_is_filled_without_posting_and_once(filled, folder):
    assert posts(folder) == 0
    again = filled("backfill", "--from", "2025-05-05", "--to", "2025-05-08", "--archive-only")
    assert "read 0 listing days: 0 new papers" in again.stderr


def test_a_dry_run_reads_nothing(paperlark):
    result = paperlark("backfill", "--from", "2025-05-05", "--to", "2025-05-08", "--archive-only", "--dry-run")
    assert result.exit_code == DONE
    assert "would read 4 listing days of cs.AI, cs.CL, cs.LG" in result.stderr


def test_what_was_archived_is_no_candidate_of_a_later_morning_but_is_found(filled):
    digest = filled("digest")
    assert "Papers of Thu 8 May 2025" in digest.stdout
    assert "also from" not in digest.stdout
    assert "arxiv.org/abs/" in filled("ask", "reinforcement", "learning", "until:2025-05-06").stdout


def test_a_question_is_answered_on_standard_output(filled):
    result = filled("ask", "kv", "cache", "quantizaton", "--limit", "2")
    assert result.exit_code == DONE
    assert "looked for “quantization”" in result.stdout
    assert result.stdout.count("https://arxiv.org/abs/") == 2


def test_json_holds_what_a_program_needs(filled):
    result = filled("ask", "--json", "--limit", "3", "language models cat:cs.CL")
    found = json.loads(result.stdout)
    assert len(found["papers"]) == 3
    assert all("cs.CL" in paper["categories"] for paper in found["papers"])
    assert found["papers"][0]["fit"] >= found["papers"][1]["fit"]
    assert (found["live"], found["reordered_by_model"]) == ([], False)


def test_a_command_is_obeyed_too(filled):
    paper = json.loads(filled("ask", "--json", "--limit", "1", "language models").stdout)["papers"][0]["arxiv_id"]
    assert "Saved: " in filled("ask", "save", paper).stdout
    saved = filled("ask", "saved").stdout
    assert f"@misc{{arXiv:{paper}," in saved


def test_an_empty_archive_has_nothing_and_that_is_no_failure(paperlark):
    result = paperlark("ask", "nothing-of-the-sort")
    assert result.exit_code == DONE
    assert "The archive has nothing" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ask"], "Missing argument"),
        (["ask", "x", "--channel", "nope"], "no channel nope"),
        (["ask", "x", "--limit", "0"], "--limit"),
        (["backfill", "--from", "2025-05-08", "--to", "2025-05-05", "--archive-only"], "is after"),
    ],
)
def test_wrong_use_is_told_apart(paperlark, arguments, complaint):
    result = paperlark(*arguments)
    assert result.exit_code == WRONG_USE
    assert complaint in result.stderr
