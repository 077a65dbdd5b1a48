"""`paperlark export`: every format of a channel with posts and votes, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess

import feedparser
import pytest
from bibtexparser import parse_string

from bot.digest_file import read_digests
from bot.library import read_library
from tests.app.conftest import PAPERLARK, environment
from tests.app.test_by_hand import rows

DONE, FAILED, WRONG_USE = 0, 1, 2


@pytest.fixture
def read_by(folder, paperlark):
    """Two mornings; somebody likes two papers of them and saves one. Returns the ids of those: liked, liked, saved."""
    assert paperlark("digest", "--day", "2025-05-06").exit_code == DONE
    assert paperlark("digest").exit_code == DONE
    ids = [one for (one,) in rows(folder, "SELECT DISTINCT arxiv_id FROM impressions ORDER BY digest, position")]
    for command, arxiv_id in (("like", ids[0]), ("like", ids[-1]), ("save", ids[1]), ("dislike", ids[2])):
        assert paperlark("ask", f"{command} {arxiv_id}").exit_code == DONE
    return ids[0], ids[-1], ids[1]


def exported(paperlark, *arguments):
    done = paperlark("export", *arguments)
    assert done.exit_code == DONE, done.output
    return done.stdout


def test_awesome_lists_what_is_liked_and_reads_back(paperlark, read_by):
    parsed = read_library(exported(paperlark, "awesome").encode())
    assert (parsed.format, parsed.warnings) == ("awesome", ())
    assert {one.arxiv_id for one in parsed.papers} == set(read_by)


def test_awesome_is_the_same_each_time(paperlark, read_by):
    assert exported(paperlark, "awesome") == exported(paperlark, "awesome")


def test_awesome_sections_are_the_channels_topics(paperlark, read_by):
    parsed = read_library(exported(paperlark, "awesome", "--of", "posted").encode())
    titles = {one.section[0] for one in parsed.papers}
    assert titles & {"Quantization of language models", "Reasoning of language models"}
    assert titles <= {"Quantization of language models", "Reasoning of language models", "Other papers"}


@pytest.mark.parametrize(("of", "indexes"), [("liked", (0, 1, 2)), ("saved", (2,))])
def test_bibtex_of_what_is_liked_or_saved(paperlark, read_by, of, indexes):
    library = parse_string(exported(paperlark, "bibtex", "--of", of))
    assert library.failed_blocks == []
    assert {entry.key for entry in library.entries} == {f"arXiv:{read_by[index]}" for index in indexes}


def test_bibtex_of_what_was_posted(paperlark, folder, read_by):
    library = parse_string(exported(paperlark, "bibtex", "--of", "posted"))
    (shown,) = rows(folder, "SELECT count(DISTINCT arxiv_id) FROM impressions WHERE shown_at IS NOT NULL")[0]
    assert len(library.entries) == shown


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_digests_of_a_range_are_read_back(paperlark, read_by, form):
    first, second = read_digests(exported(paperlark, form))
    assert [str(one.day) for one in (first, second)] == ["2025-05-06", "2025-05-08"]
    assert first.remedial is not None
    (only,) = read_digests(exported(paperlark, form, "--from", "2025-05-07", "--to", "2025-05-08"))
    assert only == second
    assert only.entries


def test_votes_are_a_table_without_names_or_ids(paperlark, folder, read_by):
    text = exported(paperlark, "csv")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sorted(row["emoji"] for row in found) == ["👍", "👍", "👎", "🔖"]
    assert {row["reader"] for row in found} == {"r1"}
    people = {one for (one,) in rows(folder, "SELECT person FROM feedback_events")}
    assert people
    assert not any(person in text for person in people)


def test_posts_are_a_feed(paperlark, folder, read_by):
    parsed = feedparser.parse(exported(paperlark, "atom"))
    assert not parsed.bozo
    (shown,) = rows(folder, "SELECT count(DISTINCT arxiv_id) FROM impressions WHERE shown_at IS NOT NULL")[0]
    assert len(parsed.entries) == shown


def test_a_range_without_anything_is_empty_and_no_failure(paperlark, read_by):
    assert exported(paperlark, "json", "--to", "2001-01-01") == "[]\n"
    assert exported(paperlark, "bibtex", "--to", "2001-01-01") == ""
    assert "Nothing is liked yet" in exported(paperlark, "awesome", "--to", "2001-01-01")


def test_output_goes_to_a_file_in_one_step(paperlark, folder, read_by):
    done = paperlark("export", "json", "--output", "out.json")
    assert (done.exit_code, done.stdout) == (DONE, "")
    assert "terminal: 2 digests written to out.json" in done.stderr
    assert len(json.loads((folder / "out.json").read_text(encoding="utf-8"))) == 2
    assert not list(folder.glob(".out.json*"))


def test_standard_output_holds_the_export_alone_also_in_a_pipe(folder, paperlark, read_by):
    piped = subprocess.run(
        [*PAPERLARK, "export", "awesome"],
        check=False,
        cwd=folder,
        env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True,
    )
    assert piped.returncode == DONE, piped.stderr
    assert {one.arxiv_id for one in read_library(piped.stdout).papers} == set(read_by)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("csv", "--of", "liked"), "--of chooses papers"),
        (("json", "--from", "2025-05-08", "--to", "2025-05-07"), "is after --to"),
        (("json", "--channel", "nowhere"), "no channel nowhere"),
        (("yaml",), "'yaml' is not one of"),
    ],
)
def test_wrong_use_is_told(paperlark, arguments, told):
    done = paperlark("export", *arguments)
    assert done.exit_code == WRONG_USE
    assert told in done.stderr


def test_a_file_that_cannot_be_written_is_told(paperlark):
    done = paperlark("export", "json", "--output", "no/such/folder/out.json")
    assert done.exit_code == FAILED
    assert "cannot be written" in done.stderr


def test_an_export_of_several_channels_asks_for_one(paperlark, folder):
    with (folder / "paperlark.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[channels.one]\nid = "one"\n\n[channels.two]\nid = "two"\n')
    done = paperlark("export", "awesome")
    assert done.exit_code == WRONG_USE
    assert "choose one with --channel (one, two)" in done.stderr
    assert paperlark("export", "awesome", "--channel", "one").exit_code == DONE
