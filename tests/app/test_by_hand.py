"""One-shot commands: `digest`, `backfill`, `topics`, `demo`, with what they print, leave behind and exit with."""

from __future__ import annotations

import json
import sqlite3
import subprocess

import pytest

from bot.digest_file import read_digest, write_json, write_markdown
from tests.app.conftest import PAPERLARK, TOPICS, environment

DONE, FAILED, WRONG_USE = 0, 1, 2


def rows(folder, query):
    connection = sqlite3.connect(folder / "data" / "paperlark.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_a_digest_is_posted_once(paperlark, folder):
    first = paperlark("digest")
    assert first.exit_code == DONE
    assert "Papers of Thu 8 May 2025" in first.stdout
    assert first.stdout.count("arxiv.org/abs/") == 5
    assert rows(folder, "SELECT count(*) FROM posts WHERE state = 'sent'") == [(6,)]
    second = paperlark("digest")
    assert second.exit_code == DONE
    assert second.stdout == ""
    assert "was posted already, as digest 1" in second.stderr


def test_a_dry_run_shows_and_posts_nothing(paperlark, folder):
    result = paperlark("digest", "--dry-run")
    assert result.exit_code == DONE
    assert "Papers of Thu 8 May 2025" in result.stdout
    assert rows(folder, "SELECT count(*) FROM posts") == [(0,)]
    assert not (folder / "data" / "terminal.jsonl").exists()


def test_a_past_day_is_posted_as_a_remedial_digest(paperlark):
    result = paperlark("digest", "--day", "2025-05-06")
    assert result.exit_code == DONE
    assert "Papers of Tue 6 May 2025" in result.stdout
    assert "remedial digest, made afterwards on Thu 8 May 2025" in result.stdout


@pytest.mark.parametrize(
    ("day", "reason"),
    [("2025-05-10", "weekend"), ("2025-05-09", "has not announced"), ("2024-01-02", "no listing of this day")],
)
def test_a_day_that_has_nothing_fails_with_the_reason(paperlark, day, reason):
    result = paperlark("digest", "--day", day)
    assert result.exit_code == FAILED
    assert result.stdout == ""
    assert reason in result.stderr


@pytest.mark.parametrize(("name", "write"), [("x.md", write_markdown), ("x.json", write_json)])
def test_a_written_digest_reads_back_the_same(paperlark, folder, name, write):
    result = paperlark("digest", "--day", "2025-05-08", "--output", name)
    assert result.exit_code == DONE
    assert "5 papers written to" in result.stderr
    text = (folder / name).read_text(encoding="utf-8")
    digest = read_digest(text)
    assert write(digest) == text
    assert [entry.arxiv_id for entry in digest.entries] == [
        row[0] for row in rows(folder, "SELECT arxiv_id FROM impressions ORDER BY position")
    ]
    assert digest.selected_by.strip() == TOPICS.strip()
    assert digest.totals is not None
    assert digest.totals.scanned > 5


def test_both_forms_of_a_file_hold_the_same_papers_and_can_be_written_again_later(paperlark, folder):
    paperlark("digest", "--output", "first.md")
    paperlark("digest", "--output", "second.md")
    paperlark("digest", "--output", "third.json")
    first, second, third = (folder / name for name in ("first.md", "second.md", "third.json"))
    assert first.read_text() == second.read_text()
    assert [one.arxiv_id for one in read_digest(first.read_text()).entries] == [
        one.arxiv_id for one in read_digest(third.read_text()).entries
    ]
    assert json.loads(third.read_text())


def test_a_file_that_cannot_be_written_fails_and_the_digest_is_posted(paperlark, folder):
    result = paperlark("digest", "--output", "missing/x.md")
    assert result.exit_code == FAILED
    assert "missing/x.md: cannot be written" in result.stderr
    assert rows(folder, "SELECT count(*) FROM posts WHERE state != 'sent'") == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("digest", "--day", "8 May"), "write it as 2025-05-08"),
        (
            ("digest", "--channel", "nowhere"),
            "no channel nowhere in the settings or started in chat; known: terminal",
        ),
        (("digest", "--output", "x.txt"), "must end in .md or .json"),
        (("backfill", "--from", "2025-05-08", "--to", "2025-05-05"), "is after"),
        (("backfill", "--from", "2025-05-08"), "--to"),
        (("topics", "check", "missing.md"), "cannot be read"),
        (("topics", "check", "."), "is a directory"),
        (("--config", "missing.toml", "digest"), "missing.toml: cannot be read"),
        (("demo", "--mornings", "6"), "1<=x<=5"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_use_exits_with_2_and_says_what_is_right(paperlark, arguments, message):
    result = paperlark(*arguments)
    assert result.exit_code == WRONG_USE
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_mistakes_in_the_settings_exit_with_2_and_are_all_told(paperlark, folder):
    (folder / "paperlark.toml").write_text('papers = 99\ntime = "25:00"\n')
    result = paperlark("digest")
    assert result.exit_code == WRONG_USE
    assert "2 mistakes in the settings" in result.stderr
    assert "papers = 99" in result.stderr
    assert "time = '25:00'" in result.stderr


def test_a_missing_topics_file_and_a_senseless_time_are_mistakes_too(paperlark, folder):
    assert "PAPERLARK_NOW = 'yesterday'" in paperlark("digest", PAPERLARK_NOW="yesterday").stderr
    (folder / "topics.md").unlink()
    result = paperlark("digest")
    assert result.exit_code == WRONG_USE
    assert "channels.terminal.topics" in result.stderr
    assert "write your topics there" in result.stderr


def test_a_database_that_is_none_exits_with_1_and_a_remedy(paperlark, folder):
    (folder / "data").mkdir()
    (folder / "data" / "paperlark.db").write_bytes(b"garbage " * 1000)
    result = paperlark("digest")
    assert result.exit_code == FAILED
    assert "paperlark restore FILE" in result.stderr
    assert "Traceback" not in result.stderr


def two_channels(folder):
    text = (folder / "paperlark.toml").read_text()
    (folder / "paperlark.toml").write_text(
        text + '\n[channels.one]\nid = "one"\n[channels.two]\nid = "two"\ncategories = ["cs.CV"]\n'
    )


def test_every_channel_gets_its_digest_unless_one_is_chosen(paperlark, folder):
    two_channels(folder)
    assert paperlark("digest", "--channel", "two").exit_code == DONE
    assert rows(folder, "SELECT DISTINCT channel FROM digests") == [("two",)]
    assert paperlark("digest").exit_code == DONE
    assert rows(folder, "SELECT channel, number FROM digests ORDER BY channel") == [("one", 1), ("two", 1)]


def test_a_file_holds_one_channel_only(paperlark, folder):
    two_channels(folder)
    result = paperlark("digest", "--output", "x.md")
    assert result.exit_code == WRONG_USE
    assert "choose one with --channel" in result.stderr


def test_backfill_posts_the_missed_days_in_order_and_can_be_repeated(paperlark, folder):
    paperlark("digest", "--day", "2025-05-06")
    result = paperlark("backfill", "--from", "2025-05-03", "--to", "2025-05-08")
    assert result.exit_code == DONE
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [
        "posted",
        "has its digest already",
        "posted",
        "posted",
    ]
    days = rows(folder, "SELECT number, first_day FROM digests ORDER BY number")
    assert days == [(1, "2025-05-06"), (2, "2025-05-05"), (3, "2025-05-07"), (4, "2025-05-08")]
    again = paperlark("backfill", "--from", "2025-05-03", "--to", "2025-05-08")
    assert again.stdout == ""
    assert again.stderr.count("has its digest already") == 4


def test_backfill_can_be_tried_without_posting(paperlark, folder):
    result = paperlark("backfill", "--from", "2025-05-05", "--to", "2025-05-06", "--dry-run")
    assert result.exit_code == DONE
    assert result.stderr.count("would post") == 2
    assert rows(folder, "SELECT count(*) FROM digests") == [(0,)]


def test_topics_check_shows_what_was_understood(paperlark):
    result = paperlark("topics", "check", "topics.md")
    assert result.exit_code == DONE
    assert "Quantization of language models" in result.stdout
    assert "quantum physics" in result.stdout


@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 20, b"   \n\n"])
def test_topics_check_of_a_file_without_topics_exits_with_1(paperlark, folder, content):
    (folder / "empty.md").write_bytes(content)
    assert paperlark("topics", "check", "empty.md").exit_code == FAILED


def test_topics_show_tells_the_version_in_force(paperlark, folder):
    assert "terminal, version 1" in paperlark("topics", "show").stdout
    (folder / "topics.md").write_text("1. Pruning\n")
    changed = paperlark("topics", "show")
    assert "terminal, version 1" in changed.stdout
    assert "Quantization" in changed.stdout
    assert "the topics file differs from version 1" in changed.stderr


def test_a_digest_takes_up_changed_topics_and_tells_the_channel(paperlark, folder):
    paperlark("digest", "--day", "2025-05-06")
    (folder / "topics.md").write_text("1. Pruning\n")
    result = paperlark("digest")
    assert "The topics changed (version 2)" in result.stdout
    assert rows(folder, "SELECT version, raw FROM topics_versions ORDER BY version")[1] == (2, "1. Pruning\n")
    assert "version 2" in paperlark("topics", "show").stdout


def test_nothing_is_shown_of_a_secret(paperlark):
    secret = "sk-very-secret"
    for arguments in (("digest", "--dry-run"), ("topics", "show"), ("--config", "missing.toml", "digest")):
        result = paperlark(*arguments, OPENAI_API_KEY=secret, PAPERLARK_SCORER="local", PAPERLARK_LOG_LEVEL="debug")
        assert secret not in result.output


def test_the_demo_shows_mornings_and_votes_in_a_pipe_without_input(tmp_path):
    command = [*PAPERLARK, "demo", "--no-input", "--mornings", "2"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == DONE, done.stderr
    assert "Mon 5 May 2025" in done.stdout
    assert "Tue 6 May 2025" in done.stdout
    assert "a scripted reader" in done.stdout
    assert done.stdout.rstrip().splitlines()[-1].split(":")[0] != "Traceback"
    assert list(tmp_path.iterdir()) == []
