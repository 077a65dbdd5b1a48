"""`paperlark replay` from files, by its command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

SUBJECTS = ("quantization of language models", "segmentation of medical scans")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Four days of two subjects, and a reader of the first."""
    papers = [
        {
            "arxiv_id": f"2505.{day}{number:04d}",
            "title": f"On the {SUBJECTS[number % 2]}, part {number}",
            "abstract": f"A study of the {SUBJECTS[number % 2]}.",
            "authors": ["Ada Lovelace"],
            "categories": ["cs.CL"],
            "date": f"2025-05-0{day}",
        }
        for day in range(5, 9)
        for number in range(40)
    ]
    likes = [{"arxiv_id": paper["arxiv_id"]} for paper in papers if int(paper["arxiv_id"][-4:]) in {0, 2}]
    users = {"ada": {"topic_text": "1. quantization of language models", "likes": likes}}
    written = (tmp_path / "papers.jsonl", tmp_path / "users.json")
    written[0].write_text("\n".join(json.dumps(paper) for paper in papers), encoding="utf-8")
    written[1].write_text(json.dumps(users), encoding="utf-8")
    return [str(path) for path in written]


def replayed(*arguments: str) -> dict:
    done = CliRunner().invoke(main, ["replay", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_replay_compares_the_arms(files):
    report = replayed(*files)
    assert list(report["arms"]) == ["random", "topics", "learned", "learned, one place of k explored"]
    assert {"rater", "cascade"}.isdisjoint(report)


def test_a_rater_is_compared_with_learning_alone(files):
    report = replayed(*files, "--rater", "good")
    assert list(report["arms"]) == ["random", "topics", "learned", "learned, without the rater"]
    assert report["rater"] == "good"


def test_the_cascade_is_reported_by_share_and_reader(files):
    report = replayed(*files, "--cascade")["cascade"]
    assert list(report) == ["topics", "learned"]
    assert list(report["learned"]["readers"]["ada"]) == ["10", "15", "20", "25", "30", "40", "50"]


def test_a_list_imported_first_is_compared_with_topics_alone(files):
    report = replayed(*files, "--import-first", "4")
    assert list(report["arms"]) == ["topics", "learned", "learned, without the list"]
    assert report["import_first"]["lists"]["ada"]["n_papers"] == 4
    assert report["arms"]["learned"]["readers"]["ada"]["days"] == 2, "four likes are those of two of four days"
    assert {"mean", "interval"} == set(report["arms"]["learned"]["gain_over_topics"])


def test_a_list_and_a_rater_are_not_measured_at_once(files):
    done = CliRunner().invoke(main, ["replay", *files, "--import-first", "4", "--rater", "good"])
    assert done.exit_code == 2
    assert "give one of them" in done.stderr
