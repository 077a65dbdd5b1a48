"""`paperlark forget USER`: what it says, what it leaves, and which copies it names."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.app.forgetting import person_of
from bot.errors import UsageError

ADA = "U0ADA24BE7LH"


@pytest.fixture
def voted(folder, paperlark):
    """A folder whose database holds a morning, three votes of a person, and one of another."""
    assert paperlark("digest").exit_code == 0
    with closing(sqlite3.connect(folder / "data" / "paperlark.db")) as database, database:
        papers = database.execute("SELECT arxiv_id FROM impressions").fetchall()
        for person, n, emoji in ((ADA, 0, "👍"), (ADA, 1, "🔖"), ("U0BOB", 0, "👎")):
            ref = ("command", "terminal", papers[n][0])
            database.execute(
                "INSERT INTO feedback_events (event_id, platform, channel_id, message, channel, arxiv_id, person, emoji, added,"
                " at, ord, source, received_at) VALUES (?, ?, ?, ?, 'terminal', ?, ?, ?, 1, ?, 1.0, 'command', ?)",
                [f"{person}{n}", *ref, ref[2], person, emoji, *["2025-05-08T09:30:00.000000+00:00"] * 2],
            )
        database.execute("UPDATE topics_versions SET origin = 'file'")
    return folder


def people(path):
    with closing(sqlite3.connect(path)) as database:
        return {row[0] for row in database.execute("SELECT person FROM feedback_events")}


def test_a_person_is_forgotten_and_the_copies_are_named(voted, paperlark):
    live, backups = voted / "data" / "paperlark.db", voted / "data" / "backups"
    backups.mkdir(exist_ok=True)
    by_hand = voted / "data" / "paperlark.db.before-m006_privacy-20250508T000000Z"
    for copy in (backups / "paperlark-2025-05-08.db", by_hand):
        with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    done = paperlark("forget", f"<@{ADA}>")
    assert done.exit_code == 0, done.output
    assert "Deleted: 2 votes, 1 of them saved papers. Nothing new is stored." in done.stdout
    assert "Learned again without them: terminal." in done.stdout
    assert "is gone by Fri 6 Jun 2025" in done.stdout, "4 weeks and a day"
    assert str(by_hand) in done.stdout
    assert "2025-05-08.db" not in done.stdout, "what is rotated needs nobody"
    assert people(live) == {"U0BOB"}
    for path in (live, live.with_name("paperlark.db-wal")):
        assert not path.exists() or ADA.encode() not in path.read_bytes()


def test_without_copies_it_says_so(voted, paperlark):
    done = paperlark("forget", ADA)
    assert done.stdout.splitlines()[-1] == "No nightly backup holds them."


def test_a_rehearsal_deletes_nothing(voted, paperlark):
    done = paperlark("forget", ADA, "--dry-run")
    assert done.stdout == f"Stored of {ADA}: 2 votes (1 on the list of saved papers).\nNothing was deleted.\n"
    assert people(voted / "data" / "paperlark.db") == {ADA, "U0BOB"}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("U024BE7LH", "U024BE7LH"),
        ("<@U024BE7LH>", "U024BE7LH"),
        ("<@U024BE7LH|ada>", "U024BE7LH"),
        ("<@!80351110224678912>", "80351110224678912"),
        ("slack:U024BE7LH", "U024BE7LH"),
        ("discord:80351110224678912", "80351110224678912"),
        (" you ", "you"),
    ],
)
def test_an_id_is_understood_in_every_way_it_is_copied(text, person):
    assert person_of(text) == person


@pytest.mark.parametrize("text", ["", "Ada Lovelace", "@ada", "<@>", "teams:U024BE7LH", "x" * 65])
def test_what_cannot_be_an_id_is_refused(text):
    with pytest.raises(UsageError, match="Copy member ID"):
        person_of(text)
