"""`paperlark digest` on days whose feed is stale, half or misdated: the whole command against a server."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime

import pytest

from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.rows import listings

WED, THU, FRI = date(2025, 5, 7), date(2025, 5, 8), date(2025, 5, 9)
SETTINGS = """\
categories = ["cs.CL", "cs.LG"]
papers = 3
more = 2
min_relevance = 1
[arxiv]
interval_s = 0.0
backoff_s = 0.0
[backup]
enabled = false
"""


@pytest.fixture
def arxiv():
    with LoopbackArxiv(listings(date(2025, 4, 28), FRI, papers_a_day=48), held=0.0) as running:
        yield running


@pytest.fixture
def digest(folder, paperlark, arxiv):
    """Runs `digest` at so many hours UTC of a day."""
    (folder / "paperlark.toml").write_text(SETTINGS)

    def run(day, hour, *options):
        now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        arxiv.set_now(now)
        addresses = {"ARXIV_RSS_URL": arxiv.rss_url, "ARXIV_API_URL": arxiv.api_url}
        return paperlark("digest", *options, PAPERLARK_NOW=f"{now:%Y-%m-%dT%H:%MZ}", **addresses)

    return run


def considered(folder, arxiv, day):
    """How many of a day's papers the channel has considered."""
    with sqlite3.connect(folder / "data" / "paperlark.db") as db:
        known = {row[0] for row in db.execute("SELECT arxiv_id FROM candidates")}
    return len(known & {one.arxiv_id for one in arxiv.papers.values() if one.listing_day == day})


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("stale", r"arXiv's feed and index disagree: 0 and 48; the rest follows"),
        ("half", r"arXiv's feed and index disagree: 24 and 48; the rest follows"),
        ("lagging", r"the feed of Wed 7 May 2025 shows the papers of Thu 8 May 2025; the rest follows"),
    ],
)
def test_a_bad_feed_costs_no_paper_and_the_header_says_so(folder, digest, arxiv, kind, said):
    assert digest(WED, 7).exit_code == 0
    arxiv.fault(kind, times=None)
    bad = digest(THU, 7)
    assert bad.exit_code == 0
    assert "Papers of Thu 8 May 2025" in bad.stdout
    assert "48 announced, 48 scanned" in bad.stdout
    assert re.search(said, bad.stdout)
    assert considered(folder, arxiv, THU) == 48
    later = digest(THU, 10)
    assert later.exit_code == 0
    assert considered(folder, arxiv, THU) == 48
    arxiv.clear_faults()
    good = digest(FRI, 7)
    assert "Papers of Fri 9 May 2025" in good.stdout
    assert "disagree" not in good.stdout
    assert considered(folder, arxiv, FRI) == 48
    with sqlite3.connect(folder / "data" / "paperlark.db") as db:
        (header,) = db.execute("SELECT post FROM posts WHERE role = 'header' AND digest = 2").fetchone()
    assert "the rest follows" not in header
    assert "settled since" in header


def test_half_a_feed_beside_an_api_that_fails_is_made_whole_later_the_same_day(folder, digest, arxiv):
    assert digest(WED, 7).exit_code == 0
    arxiv.fault("half", times=None)
    arxiv.fault("406", times=None, target="api")
    bad = digest(THU, 7)
    assert "index could not be asked whether its feed is whole; the rest follows" in bad.stdout
    assert considered(folder, arxiv, THU) == 24
    arxiv.clear_faults()
    later = digest(THU, 10)
    assert later.exit_code == 0
    assert "what digest 2 could not have yet" in later.stdout
    assert considered(folder, arxiv, THU) == 48


def test_waves_of_406_are_ridden_out(digest, arxiv):
    for target in ("rss", "api"):
        arxiv.fault("406", times=3, target=target)
    done = digest(THU, 7)
    assert done.exit_code == 0
    assert "Papers of Thu 8 May 2025" in done.stdout
    assert "could not be reached" not in done.stdout


def test_doctor_tells_of_the_disagreement(folder, digest, arxiv, paperlark):
    arxiv.fault("half", times=None)
    digest(THU, 7)
    addresses = {"ARXIV_RSS_URL": arxiv.rss_url, "ARXIV_API_URL": arxiv.api_url}
    done = paperlark("doctor", PAPERLARK_NOW="2025-05-08T07:30Z", **addresses)
    assert "listing of Thu 8 May 2025: arXiv's feed and index disagree: 24 and 48" in done.stdout
