"""`paperlark import`: what it says, writes and leaves alone, against an arXiv on this machine."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from bot.cli.importing import import_
from bot.ranking.imported import LIST_WEIGHT
from tests.app.conftest import PAPERLARK, SETTINGS, environment
from tests.library.files import AWESOME, BIBTEX, DIGEST, OUTLINE
from tests.loopback.arxiv import LoopbackArxiv

DONE, FAILED, WRONG_USE = 0, 1, 2
NAMED = ["2406.01032", "2405.20935", "2312.14297", "2401.00001", "2501.07139", "2501.07032", "2404.03592", "2404.07503"]
MANY = [f"2404.{number:05}" for number in range(10_001, 10_351)]
NEW_PART = "Quantization of language models"


def row(arxiv_id):
    return {
        "arxiv_id": arxiv_id,
        "title": f"{NEW_PART} {arxiv_id}",
        "abstract": f"We show low-bit weights in case {arxiv_id}.",
        "authors": ["Ada Lovelace"],
        "categories": ["cs.CL"],
        "date": f"20{arxiv_id[:2]}-{arxiv_id[2:4]}-15",
    }


@pytest.fixture
def arxiv(folder):
    """An arXiv that knows most of the files' papers; the folder's settings ask it without waiting."""
    settings = SETTINGS.replace('source = "sample"\n', "") + "\n[arxiv]\nattempts = 1\n"
    (folder / "paperlark.toml").write_text(settings, encoding="utf-8")
    with LoopbackArxiv([row(one) for one in (*NAMED, *MANY)], held=0) as server:
        yield server


@pytest.fixture
def imported(arxiv, paperlark, folder):
    """`imported("awesome.md", AWESOME, "--verbose")` writes the file and imports it."""

    def run(name, text, *options, **changes):
        (folder / name).write_text(text, encoding="utf-8")
        return paperlark(
            "import",
            name,
            *options,
            **{"ARXIV_API_URL": arxiv.api_url, "PAPERLARK_ARXIV__INTERVAL_S": "0.01", **changes},
        )

    return run


def asked(folder, query):
    with closing(sqlite3.connect(folder / "data" / "paperlark.db")) as database:
        return database.execute(query).fetchall()


def test_a_curated_list_is_imported_and_teaches(imported, folder):
    done = imported("awesome.md", AWESOME)
    assert done.exit_code == DONE, done.output
    assert "awesome.md: a curated list, Awesome-Efficient-Things" in done.stdout
    assert "4 papers in 2 topics; 4 with authors, 1 with a publication, 1 with a GitHub link" in done.stdout
    assert "1 paper without an arXiv id cannot be imported: On another site (line 19)" in done.stdout
    assert "4 papers fetched from arXiv, 0 stored before" in done.stdout
    assert "new: 4 papers liked, each as much as 0.5 of a reader's like" in done.stdout
    assert "your list Awesome-Efficient-Things: 4 papers" in done.stdout
    assert asked(folder, "SELECT origin, use, weight FROM imports") == [("Awesome-Efficient-Things", "liked", 0.5)]
    assert asked(folder, "SELECT count(*) FROM papers") == [(4,)]
    assert asked(folder, "SELECT count(*) FROM ranking_weights") == [(1,)]


def test_importing_twice_changes_nothing(imported, folder, arxiv):
    imported("awesome.md", AWESOME)
    tables = ("imports", "import_papers", "topic_tree", "papers", "ranking_weights", "topics_versions")
    before = [asked(folder, f"SELECT * FROM {table}") for table in tables]
    requests = len(arxiv.journal.requests)
    again = imported("awesome.md", AWESOME)
    assert "unchanged: 4 papers liked" in again.stdout
    assert [asked(folder, f"SELECT * FROM {table}") for table in tables] == before
    assert len(arxiv.journal.requests) == requests


def test_a_newer_state_of_a_list_takes_its_place(imported, folder):
    imported("awesome.md", AWESOME)
    shorter = "\n".join(line for line in AWESOME.splitlines() if "2405.20935" not in line)
    assert "replaced: 3 papers liked" in imported("awesome.md", shorter, "--weight", "0.2").stdout
    assert asked(folder, "SELECT count(*), min(weight) FROM imports") == [(1, 0.2)]


def test_a_dry_run_writes_and_asks_nothing(imported, folder, arxiv):
    done = imported("awesome.md", AWESOME, "--dry-run")
    assert done.exit_code == DONE
    assert "4 papers in 2 topics" in done.stdout
    assert "Nothing was fetched or written." in done.stdout
    assert not (folder / "data").exists()
    assert arxiv.journal.requests == []


def test_verbose_tells_what_became_of_every_line(imported):
    done = imported("outline.md", OUTLINE, "--dry-run", "--verbose")
    told = [line.split() for line in done.stdout.split("line by line:")[1].splitlines()]
    numbers = [int(words[0]) for words in told if words and words[0].isdigit()]
    assert numbers == [n for n, line in enumerate(OUTLINE.split("\n"), start=1) if line.strip()]
    assert "      ReFT · 2404.03592" in done.stdout, "the tree with its leaves"


def test_a_digest_makes_its_papers_known_and_nothing_liked(imported, folder):
    done = imported("digest.md", DIGEST)
    assert (
        "2025-01-14: 2 papers posted; 169 announced, 169 scanned, 2 relevant; gpt-4o, 28,420 tokens, $0.10"
        in done.stdout
    )
    assert "remedial run for 2025-01-13 to 2025-01-13" in done.stdout
    assert "new: 2 papers known as posted" in done.stdout
    assert asked(folder, "SELECT count(*) FROM ranking_weights") == [(0,)]
    assert asked(folder, "SELECT topics_text FROM imports")[0][0].startswith("## Relevant Topics")


def test_unknown_ids_are_named_and_the_others_imported(imported):
    done = imported("lib.bib", BIBTEX + "\n@misc{known, eprint={2406.01032}}\n")
    assert done.exit_code == DONE
    assert "5 ids that arXiv does not know: 1706.03762 (line 3)" in done.stdout
    assert "new: 1 paper liked" in done.stdout


def test_a_list_that_arxiv_does_not_know_at_all_fails(imported, folder):
    done = imported("ids.txt", "2404.99999\n")
    assert done.exit_code == FAILED
    assert "arXiv knows none of its papers, nothing was imported; check the ids" in done.stderr
    assert asked(folder, "SELECT count(*) FROM imports") == [(0,)]


def test_an_unreachable_arxiv_leaves_nothing_half_imported(imported, folder, arxiv, paperlark):
    address = arxiv.api_url.replace(arxiv.api_url.split(":")[2].split("/")[0], "9")
    (folder / "digest.md").write_text(DIGEST, encoding="utf-8")
    done = imported("awesome.md", AWESOME, "digest.md", ARXIV_API_URL=address)
    assert done.exit_code == FAILED
    assert done.stderr.count("Nothing of it was imported; 0 of") == 2, "both files say so"
    assert "the same command goes on from there" in done.stderr
    assert asked(folder, "SELECT count(*) FROM imports") == [(0,)]
    assert imported("awesome.md", AWESOME, "digest.md").exit_code == DONE


def test_one_bad_file_does_not_stop_the_others(imported, folder, paperlark, arxiv):
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "empty.md").touch()
    (folder / "topics0.md").write_text((folder / "topics.md").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "blog.md").write_text("# A\n## B\n- [A post](https://blog.example/x)\n", encoding="utf-8")
    (folder / "latin.md").write_bytes("# L\n## B\n- [Über](https://arxiv.org/abs/2406.01032)\n".encode("cp1252"))
    bad = ["picture.png", "empty.md", "topics0.md", "blog.md", "missing.md", "."]
    done = imported("awesome.md", AWESOME, *bad, "latin.md")
    assert done.exit_code == FAILED
    for told in (
        "picture.png: nothing to import. This is no plain text",
        "empty.md: is empty",
        "topics0.md: no arXiv id or address in its 5 lines; it should link to arXiv or name ids (topics are read",
        "blog.md: it names 1 paper, but no arXiv id",
        "missing.md: cannot be read (No such file or directory)",
        ".: is a folder; name the files in it",
    ):
        assert told in done.stderr
    assert "not UTF-8" in done.stdout
    assert asked(folder, "SELECT origin FROM imports ORDER BY id") == [("Awesome-Efficient-Things",), ("L",)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_told(imported, folder):
    (folder / "secret.md").touch(mode=0o000)
    assert "secret.md: cannot be read (Permission denied)" in imported("awesome.md", AWESOME, "secret.md").stderr


def test_two_files_of_one_name_do_not_replace_each_other(imported, folder, paperlark, arxiv):
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "refs.txt").write_text(f"2404.100{'1' if name == 'a' else '2'}5\n", encoding="utf-8")
    done = paperlark("import", "a/refs.txt", "b/refs.txt", ARXIV_API_URL=arxiv.api_url)
    assert done.exit_code == DONE
    assert asked(folder, "SELECT origin FROM imports ORDER BY id") == [("refs",), ("b/refs",)]


def test_topics_are_offered_where_there_are_none(imported, folder):
    (folder / "topics.md").unlink()
    done = imported("awesome.md", AWESOME)
    assert done.exit_code == DONE, done.output
    assert "terminal has no topics yet" in done.stdout
    assert "put them into topics.md:\n\n1. Pruning\n2. Quantization\n" in done.stdout
    (folder / "topics.md").write_text("1. Pruning\n2. Quantization\n", encoding="utf-8")
    assert "has no topics yet" not in imported("awesome.md", AWESOME).stdout


def test_an_unknown_channel_is_wrong_use(imported):
    done = imported("awesome.md", AWESOME, "--channel", "nope")
    assert done.exit_code == WRONG_USE
    assert "known: terminal" in done.stderr


def test_the_channel_must_be_named_where_there_are_several(imported, folder, paperlark):
    more = '\n[channels.one]\nplatform = "console"\nid = "one"\n\n[channels.two]\nplatform = "console"\nid = "two"\n'
    settings = folder / "paperlark.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    done = imported("awesome.md", AWESOME)
    assert done.exit_code == WRONG_USE
    assert "a list teaches one channel: choose one with --channel (one, two)" in done.stderr
    assert imported("awesome.md", AWESOME, "--channel", "two").exit_code == DONE
    assert asked(folder, "SELECT channel FROM imports") == [("two",)]


def test_a_list_can_be_taken_out_again(imported, folder, paperlark):
    imported("awesome.md", AWESOME)
    wrong = paperlark("import", "--remove", "Awesome")
    assert wrong.exit_code == FAILED
    assert "terminal has no list Awesome; there are: Awesome-Efficient-Things" in wrong.stderr
    done = paperlark("import", "--remove", "Awesome-Efficient-Things")
    assert done.exit_code == DONE
    assert "Awesome-Efficient-Things is taken out" in done.stdout
    assert asked(folder, "SELECT count(*) FROM import_papers") == [(0,)]
    assert "your list" not in paperlark("stats").stdout


@pytest.mark.parametrize("arguments", [(), ("awesome.md", "--remove", "Awesome")])
def test_files_or_lists_to_take_out_must_be_named(arguments, paperlark):
    done = paperlark("import", *arguments)
    assert done.exit_code == WRONG_USE
    assert "name the files to import" in done.stderr


def test_the_default_weight_is_the_one_the_ranking_was_measured_with():
    (option,) = [one for one in import_.params if one.name == "weight"]
    assert option.default == LIST_WEIGHT


def test_what_is_shown_and_stored_has_no_control_characters(imported, folder):
    done = imported(
        "awesome.md", AWESOME.replace("Roe", "\x1b[31mRoe\u202e").replace("#### Q", "#### \x9bQ"), "--verbose"
    )
    assert done.exit_code == DONE
    assert not set(done.stdout) & {"\x1b", "\x9b", "\u202e"}
    titles = asked(folder, "SELECT title FROM topic_tree")
    assert titles == [("Pruning",), ("Quantization",)]


def test_stats_mention_the_list(imported, paperlark):
    imported("awesome.md", AWESOME)
    assert "your list Awesome-Efficient-Things: 4 papers" in paperlark("stats").stdout


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_fetch_goes_on_where_it_ended(end, arxiv, folder, paperlark):
    (folder / "many.txt").write_text("\n".join(MANY), encoding="utf-8")
    fault = arxiv.fault("silent", after=2, target="api")
    process = subprocess.Popen(
        [*PAPERLARK, "import", "many.txt"],
        cwd=folder,
        env=environment(ARXIV_API_URL=arxiv.api_url, PAPERLARK_LOG_LEVEL="info"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines = iter(process.stderr.readline, "")
    assert sum(1 for _ in zip(range(2), (line for line in lines if "details of 100 of 100" in line), strict=False)) == 2
    process.send_signal(end)
    rest = process.communicate(timeout=20)[1]
    assert process.returncode == (FAILED if end is signal.SIGINT else -end)
    assert ("interrupted; papers fetched so far are stored" in rest) == (end is signal.SIGINT)
    stored = asked(folder, "SELECT count(*) FROM papers")[0][0]
    assert stored in {100, 200}, "whole batches, and the second may have been on its way"
    assert asked(folder, "SELECT count(*) FROM imports") == [(0,)]
    fault.times = 0
    before = len(arxiv.journal.requests)
    again = paperlark("import", "many.txt", ARXIV_API_URL=arxiv.api_url)
    assert f"{350 - stored} papers fetched from arXiv, {stored} stored before" in again.stdout
    asked_again = ",".join(seen.asked["id_list"] for seen in arxiv.journal.requests[before:]).split(",")
    assert len(asked_again) == 350 - stored
