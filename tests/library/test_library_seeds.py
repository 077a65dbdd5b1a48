"""The real files, each count taken from the raw text by another way than the reader's."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.library import Fate, Parsed, read_library
from tests.seeds import seed

ID = re.compile(r"(?:arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers)/(\d{4}\.\d{5})")


def raw(number: int) -> str:
    return seed(number).decode("utf-8")


def read(number: int) -> Parsed:
    return read_library(seed(number))


@pytest.mark.parametrize(
    ("number", "papers", "totals", "tokens", "day"),
    [(1, 12, (417, 292, 12), 32025, date(2025, 5, 8)), (2, 14, (169, 169, 14), 28420, date(2025, 1, 14))],
)
def test_digests_have_their_papers_totals_and_tokens(number, papers, totals, tokens, day):
    text, parsed = raw(number), read(number)
    (digest,) = parsed.digests
    assert [paper.arxiv_id for paper in parsed.papers] == re.findall(r"^\*\*ArXiv ID:\*\* (\S+)", text, re.MULTILINE)
    assert len(parsed.papers) == len(re.findall(r"^## \d+\. \[", text, re.MULTILINE)) == papers
    found = (digest.totals.announced, digest.totals.scanned, digest.totals.relevant)
    assert found == totals
    assert found == tuple(int(n) for n in re.findall(r"^Total \w+ ?\w* ?papers: (\d+)", text, re.MULTILINE))
    assert digest.cost.total_tokens == tokens
    assert digest.day == day
    prompt = text.split("# Paper Selection Prompt\n")[1].strip()
    assert digest.selected_by == prompt.replace("â€“", "–"), "a dash was garbled on its way"
    scores = [int(n) for n in re.findall(r"^\*\*Relevance:\*\* (\d+)", text, re.MULTILINE)]
    assert [paper.relevance for paper in parsed.papers] == scores


def test_only_the_second_digest_is_remedial():
    (first,), (second,) = read(1).digests, read(2).digests
    assert first.remedial is None
    assert second.remedial.first == second.remedial.last == date(2025, 1, 13)
    assert second.remedial.generated_on == date(2025, 3, 20)


def test_every_row_of_the_curated_list_is_read_with_all_it_says():
    text, parsed = raw(3), read(3)
    rows = [line for line in text.splitlines() if line.startswith("|[")]
    assert len(rows) == len(parsed.papers) == len(parsed.importable) == parsed.count(Fate.PAPER) == 46
    assert [paper.arxiv_id for paper in parsed.papers] == [ID.search(row)[1] for row in rows]
    titles = [re.search(r"\[([^\[\]]+)\]\(https://arxiv\.org/(?:abs|pdf)", row)[1] for row in rows]
    assert [paper.title for paper in parsed.papers] == titles
    assert all(paper.authors for paper in parsed.papers)
    assert sum("Conference-" in row for row in rows) == sum(bool(paper.publication) for paper in parsed.papers) == 7
    assert sum("[Github]" in row for row in rows) == sum(bool(paper.link("github")) for paper in parsed.papers) == 20
    dates = [re.search(r"\[//\]: #(\d\d)/(\d\d)", row) for row in rows]
    assert [paper.listed_on for paper in parsed.papers] == [date(2024, int(one[1]), int(one[2])) for one in dates]


def test_authors_are_those_after_the_line_break():
    parsed = read(3)
    rows = [line for line in raw(3).splitlines() if line.startswith("|[")]
    for row, paper in zip(rows, parsed.papers, strict=True):
        written = row.split("|")[1].split("<br>")[-1]
        assert len(paper.authors) == written.count(",") + 1, paper
    assert "Tim Rocktäschel" in {name for paper in parsed.papers for name in paper.authors}


def test_each_section_of_the_curated_list_is_one_topic():
    section, counts = "", {}
    for line in raw(3).splitlines():
        section = line.strip("# ") if line.startswith("####") else section
        counts[section] = counts.get(section, 0) + line.startswith("|[")
    parsed = read(3)
    wanted = {name: count for name, count in counts.items() if count}
    assert [branch.title for branch in parsed.branches] == list(wanted)
    assert len(wanted) == 9
    assert {name: sum((name,) in paper.sections for paper in parsed.papers) for name in wanted} == wanted


def test_the_outline_is_a_tree_with_each_paper_once():
    text, parsed = raw(4), read(4)
    ids = set(ID.findall(text))
    leaves = [branch.arxiv_id for branch in parsed.branches if branch.arxiv_id]
    assert len(ids) == len(parsed.importable) == len(leaves) == 52
    assert {paper.arxiv_id for paper in parsed.importable} == set(leaves) == ids
    others = set(re.findall(r"\]\((https://(?!arxiv|huggingface)[^)]+)\)", text))
    assert {branch.url for branch in parsed.branches if branch.is_paper and not branch.arxiv_id} == others
    assert len(others) == parsed.count(Fate.NO_ID) == 3


def test_the_outline_keeps_every_term_where_it_stands():
    text, parsed = raw(4), read(4)
    first_half = text.split("Transformer (decoder-only)")[0]
    bullets = re.findall(r"^\s*- (.*\S)", first_half, re.MULTILINE)
    terms = {one for one in bullets if "http" not in one}
    assert terms <= {branch.title for branch in parsed.branches}
    paths = []
    for branch in parsed.branches:
        paths.append((*(paths[branch.parent] if branch.parent is not None else ()), branch.title))
    assert ("Extension", "AI agents", "Chain-of-X", "Quiet-STaR") in paths
    assert ("Training optimization", "Synthetic data", "overview paper") in paths
    twice = next(paper for paper in parsed.papers if paper.arxiv_id == "2404.08634")
    assert twice.sections == (("Training optimization",), ("Extension", "Mobile"))


def test_a_topics_file_is_no_list_of_papers():
    assert read(0).papers == ()


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_each_line_of_every_file_has_exactly_one_note(number):
    numbers = [n for n, line in enumerate(raw(number).split("\n"), start=1) if line.strip()]
    assert [line.number for line in read(number).lines] == numbers
