"""`paperlark doctor` over everything there is, sound and broken, with real SDKs against loopback servers."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from bot.store.run_lock import run_lock
from tests.app.conftest import environment
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.openai import KEY, LoopbackOpenAI
from tests.loopback.slack import LoopbackSlack
from tests.sources.arxiv.rows import listings

THURSDAY_NOON = datetime(2025, 5, 8, 12, 0, tzinfo=UTC)
ON_ARXIV = 'categories = ["cs.CL"]\n[arxiv]\ninterval_s = 0.01\n[backup]\nenabled = false\n'


@pytest.fixture
def arxiv():
    with LoopbackArxiv(listings(date(2025, 4, 28), date(2025, 5, 8)), now=THURSDAY_NOON, held=0.0) as running:
        yield running


@pytest.fixture
def llm():
    with LoopbackOpenAI() as running:
        yield running


@pytest.fixture
def addresses(arxiv, llm):
    return {
        "ARXIV_RSS_URL": arxiv.rss_url,
        "ARXIV_API_URL": arxiv.api_url,
        "OPENAI_BASE_URL": llm.base_url,
        "OPENAI_API_KEY": KEY,
    }


def lines_of(done, subject):
    return [line for line in done.stdout.splitlines() if line[9:].startswith(f"{subject}: ")]


def test_where_all_is_well_it_says_what_was_seen_and_what_it_cost(folder, paperlark, addresses, arxiv, llm):
    (folder / "paperlark.toml").write_text(ON_ARXIV)
    done = paperlark("doctor", **addresses)
    assert done.exit_code == 0, done.output
    assert "PROBLEM" not in done.stdout
    assert lines_of(done, "arxiv") == [
        "ok       arxiv: the newest listing is that of Thu 8 May 2025: 8 papers in cs.CL"
    ]
    assert len(arxiv.journal.requests) == 1, "one polite request"
    line, manner = lines_of(done, "llm")
    assert manner == "ok       llm: its manner: answers in JSON by a schema, bounds answers by max_tokens"
    (seen,) = llm.answered()
    assert f"gpt-4o-mini answers: {seen.usage['prompt_tokens']} + " in line
    assert "$0.0000" in line
    for subject in ("settings", "topics", "terminal", "embedder", "database", "backup", "disk", "lock"):
        assert all(line.startswith("ok ") for line in lines_of(done, subject)), done.stdout
        assert lines_of(done, subject), subject
    assert not (folder / "data").exists(), "a doctor makes no database"


def test_with_llm_a_real_batch_is_scored_and_the_manner_named(folder, paperlark, addresses, llm):
    (folder / "paperlark.toml").write_text(ON_ARXIV)
    llm.formats, llm.temperature = ("json_object",), False
    done = paperlark("doctor", "--llm", **addresses)
    _, batch, manner = lines_of(done, "llm")
    assert "10 of 10 papers of a batch were scored: " in batch
    assert "answers in JSON, takes no temperature, bounds answers by max_tokens" in manner
    assert any(len(seen.papers) == 10 for seen in llm.answered())


def test_with_nothing_at_all_it_says_what_to_do_first(tmp_path, paperlark, folder):
    for path in folder.iterdir():
        path.unlink()
    done = paperlark("doctor", ARXIV_RSS_URL="http://127.0.0.1:9/rss", PAPERLARK_NOW="")
    assert done.exit_code == 1
    assert lines_of(done, "settings") == [
        "ok       settings: no paperlark.toml here: defaults and environment; 1 channel"
    ]
    assert "topics.md (terminal) cannot be read" in lines_of(done, "topics")[0]
    assert "127.0.0.1:9 cannot be reached" in lines_of(done, "arxiv")[0]
    assert list(folder.iterdir()) == []


def test_with_everything_broken_every_part_is_still_examined(folder, paperlark, llm):
    llm.key = "another"
    (folder / "paperlark.toml").write_text(
        'papers = 99\nsorce = "arxiv"\n[channels.team]\nplatform = "slack"\nid = "C1"\n'
    )
    (folder / "topics.md").unlink()
    (folder / "data").mkdir()
    (folder / "data" / "paperlark.db").write_bytes(b"no database at all" * 100)
    done = paperlark(
        "doctor",
        ARXIV_RSS_URL="http://127.0.0.1:9/rss",
        OPENAI_BASE_URL=llm.base_url,
        OPENAI_API_KEY="sk-a-wrong-key-0123456789",
        SLACK_BOT_TOKEN="xoxb-1-planted-bot-token",
        PAPERLARK_DISCORD="{",
        PAPERLARK_NOW="noon",
    )
    assert done.exit_code == 2, "the settings are wrong"
    told = done.stdout
    for text in (
        "papers = 99",
        "did you mean source",
        "PAPERLARK_DISCORD: is not valid JSON",
        "PAPERLARK_NOW = 'noon'",
        "topics: topics.md (team) cannot be read",
        "SLACK_APP_TOKEN is not set",
        "is not a SQLite database",
        "do first what is said of the database",
        "embedder: wordllama",
        "MB are free",
        "is not running on this database",
    ):
        assert text in told, text
    assert "planted" not in done.output
    assert "sk-a-wrong" not in done.output


def test_a_refused_key_an_unknown_price_and_a_spent_budget_say_what_to_do(folder, paperlark, addresses, llm):
    (folder / "paperlark.toml").write_text(ON_ARXIV)
    done = paperlark("doctor", **{**addresses, "OPENAI_API_KEY": "sk-a-wrong-key-0123456789"})
    assert done.exit_code == 1
    assert "its key was refused" in lines_of(done, "llm")[0]
    assert "set OPENAI_API_KEY to a valid key" in done.stdout
    (folder / "paperlark.toml").write_text(f'{ON_ARXIV}[llm]\nmodel = "llama"\ndaily_budget_usd = 0.5\n')
    before = len(llm.journal)
    done = paperlark("doctor", **addresses)
    assert done.exit_code == 1
    assert "nobody knows the price of 'llama'" in lines_of(done, "llm")[0]
    assert len(llm.journal) == before, "no call without a price that can be capped"
    (folder / "paperlark.toml").write_text(f"{ON_ARXIV}[llm]\ndaily_budget_tokens = 10\n")
    done = paperlark("doctor", **addresses)
    assert done.exit_code == 0
    assert lines_of(done, "llm")[0].startswith("warning  llm: gpt-4o-mini: the day's budget is reached")
    assert len(llm.journal) == before


@pytest.mark.parametrize("kind", ["unknown_model", "server_error", "html_200", "quota", "drop"])
def test_an_llm_in_trouble_is_a_problem_with_a_remedy(folder, paperlark, addresses, llm, kind):
    (folder / "paperlark.toml").write_text(ON_ARXIV)
    llm.fault(kind, times=None)
    done = paperlark("doctor", **addresses)
    assert done.exit_code == 1
    (line,) = lines_of(done, "llm")  # nothing is known of the manner of a model that never answered
    assert line.startswith("PROBLEM")
    assert done.stdout[done.stdout.index(line) + len(line) :].lstrip().startswith("→")
    assert len(llm.journal) == 1


def test_the_call_is_booked_where_the_bots_own_are(folder, paperlark, addresses):
    (folder / "paperlark.toml").write_text(ON_ARXIV)
    assert paperlark("digest", **{**addresses, "PAPERLARK_SCORER": "local"}).exit_code == 0
    assert paperlark("doctor", **addresses).exit_code == 0
    with closing(sqlite3.connect(folder / "data" / "paperlark.db")) as database:
        assert database.execute("SELECT channel, model, state FROM llm_calls").fetchall() == [
            ("doctor", "gpt-4o-mini", "settled")
        ]


def test_a_damaged_an_older_and_a_locked_database_are_told_apart(folder, paperlark):
    assert paperlark("digest").exit_code == 0
    path = folder / "data" / "paperlark.db"
    with run_lock(path, THURSDAY_NOON):
        done = paperlark("doctor")
    assert "`paperlark run` is running: process " in lines_of(done, "lock")[0]
    with closing(sqlite3.connect(path)) as database, database:
        newest = database.execute("SELECT max(name) FROM _sqlite_migrations").fetchone()[0]
        database.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [newest])
    before = path.read_bytes()
    done = paperlark("doctor")
    assert f"the next start takes the steps {newest}" in done.stdout
    assert path.read_bytes() == before, "the doctor brings nothing to another schema"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paperlark', 'm999_later')")
    done = paperlark("doctor")
    assert (done.exit_code, "was written by a newer Paperlark" in done.stdout) == (1, True)
    path.write_bytes(before[: len(before) // 2])
    done = paperlark("doctor")
    assert done.exit_code == 1
    assert lines_of(done, "database")[0].startswith("PROBLEM")


def test_channels_started_in_chat_are_examined_as_well(folder, paperlark):
    assert paperlark("digest").exit_code == 0
    with closing(sqlite3.connect(folder / "data" / "paperlark.db")) as database, database:
        database.execute(
            "INSERT INTO channels (key, platform, channel_id, state, timezone, created_at, changed_at)"
            " VALUES ('slack-C7', 'slack', 'C7', 'active', '', '2025-05-08', '2025-05-08')"
        )
    done = paperlark("doctor")
    assert "1 channel, 1 more started in chat" in done.stdout
    assert "SLACK_BOT_TOKEN is not set" in done.stdout
    assert "slack-C7: there are no topics in it" in done.stdout


async def test_it_names_a_missing_scope(tmp_path):
    """As its own process, with Slack's tokens and nothing else."""
    import asyncio

    async with LoopbackSlack() as slack:
        slack.methods.scopes.discard("channels:history")
        tokens = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "PAPERLARK_SOURCE": "sample",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", "from bot.cli import main; main()", "doctor"),
            cwd=tmp_path,
            env=environment(**tokens),
            stdout=subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    told = output.decode()
    assert "the scope channels:history is missing" in told
    assert "Bot Token Scopes" in told
    assert slack.bot_token not in told
    assert "there is no channel to post to" in told
    assert "within 60 s of what a server says" in told, "Slack's answer tells the time as well"
