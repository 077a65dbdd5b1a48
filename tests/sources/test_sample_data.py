"""The bundled sample: well-formed, true to arXiv's facts, and in our own words."""

import gzip
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "bot" / "sources" / "sample_papers.jsonl"
REPLAY = REPOSITORY.parent / "shared" / "data" / "replay" / "papers.jsonl.gz"

LISTING_DAYS = [date(2025, 5, day) for day in range(5, 10)]
KEYS = {
    "arxiv_id",
    "version",
    "title",
    "abstract",
    "authors",
    "primary_category",
    "categories",
    "published_at",
    "comment",
    "listing_day",
    "abstract_source",
}


@pytest.fixture(scope="module")
def papers() -> list[dict]:
    """Every line of the sample."""
    return [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def real(papers) -> dict[str, dict]:
    """What arXiv says about the sample's papers, by id."""
    if not REPLAY.exists():
        pytest.skip(f"the real listings are not beside this checkout: {REPLAY}")
    wanted = {paper["arxiv_id"] for paper in papers}
    with gzip.open(REPLAY, "rt", encoding="utf-8") as lines:
        return {paper["arxiv_id"]: paper for paper in map(json.loads, lines) if paper["arxiv_id"] in wanted}


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of `length` words, without case and punctuation."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def submission_window(listing_day: date) -> tuple[datetime, datetime]:
    """From 14:00 to 14:00 US Eastern: what arrived here is announced in the listing of that weekday."""
    first, last = {0: (4, 3), 1: (4, 1)}.get(listing_day.weekday(), (2, 1))
    eastern = ZoneInfo("America/New_York")
    start, end = (datetime.combine(listing_day - timedelta(days=back), time(14), eastern) for back in (first, last))
    return start, end


def test_the_sample_is_large_enough_for_a_week(papers):
    """There are at least 60 papers, and at least 15 on each day."""
    assert len(papers) >= 60
    for day in LISTING_DAYS:
        assert sum(paper["listing_day"] == day.isoformat() for paper in papers) >= 15


def test_every_paper_has_exactly_the_agreed_keys(papers):
    """No key is missing, none is unknown, and each value has its type."""
    for paper in papers:
        assert set(paper) == KEYS
        assert paper["version"] >= 1
        assert paper["title"] == paper["title"].strip() != ""
        assert paper["authors"]
        assert all(isinstance(author, str) and author for author in paper["authors"])
        assert paper["comment"] is None or isinstance(paper["comment"], str)


def test_ids_are_unique_and_well_formed(papers):
    """Each id is a base id without version and occurs once."""
    ids = [paper["arxiv_id"] for paper in papers]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"\d{4}\.\d{5}", arxiv_id) for arxiv_id in ids)


def test_the_primary_category_leads_the_categories(papers):
    """The primary category is the first of the paper's distinct categories."""
    for paper in papers:
        assert paper["primary_category"] == paper["categories"][0]
        assert len(set(paper["categories"])) == len(paper["categories"])


def test_the_listing_days_are_one_working_week(papers):
    """The papers come from Monday to Friday of one week, in order, and from no other day."""
    days = [date.fromisoformat(paper["listing_day"]) for paper in papers]
    assert sorted(set(days)) == LISTING_DAYS
    assert [day.weekday() for day in LISTING_DAYS] == [0, 1, 2, 3, 4]
    assert days == sorted(days)


def test_every_paper_was_submitted_in_the_window_of_its_listing(papers):
    """Submission times are aware UTC and lie in the window that leads to the listing day."""
    for paper in papers:
        published_at = datetime.fromisoformat(paper["published_at"])
        start, end = submission_window(date.fromisoformat(paper["listing_day"]))
        assert published_at.tzinfo == UTC
        assert start <= published_at < end, paper["arxiv_id"]


def test_abstracts_are_marked_paraphrases_of_useful_length(papers):
    """Every abstract has at least 40 words, is marked as a paraphrase and is used once."""
    for paper in papers:
        assert len(paper["abstract"].split()) >= 40, paper["arxiv_id"]
        assert paper["abstract_source"] == "paraphrase"
    assert len({paper["abstract"] for paper in papers}) == len(papers)


def test_the_sample_shows_what_is_hard_to_render(papers):
    """There are titles with LaTeX on several days, a very long author list, accents and cross-lists."""
    with_latex = [paper for paper in papers if "$" in paper["title"]]
    assert len(with_latex) >= 3
    assert len({paper["listing_day"] for paper in with_latex}) >= 3
    assert max(len(paper["authors"]) for paper in papers) > 100
    assert any(not author.isascii() for paper in papers for author in paper["authors"])
    assert sum(len(paper["categories"]) > 1 for paper in papers) >= 20


def test_the_sample_is_true_to_arxiv_and_in_our_own_words(papers, real):
    """Titles, authors, categories and days equal the real ones; no abstract shares eight words in a row."""
    for paper in papers:
        truth = real[paper["arxiv_id"]]
        for ours, theirs in (
            ("title", "title"),
            ("authors", "authors"),
            ("categories", "categories"),
            ("listing_day", "date"),
        ):
            assert paper[ours] == truth[theirs], paper["arxiv_id"]
        assert not runs(paper["abstract"], 8) & runs(truth["abstract"], 8), paper["arxiv_id"]
