"""bot.digest_file: files of other hands, and files that are no digests."""

import contextlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest_file import FileCost, FileTotals, Remedial, read_digest
from bot.errors import DigestFileError

PAGE = """\
> This is a remedial run for missed papers from 1/3/2025 to 01/06/2025.
>{space}
> Results generated on 3/20/2025.

# Personalized Daily Arxiv Papers {day}

| *[gpt-4o]*   | Prompt   | Completion   | Total   |
|--------------|----------|--------------|---------|
| **Token**    | 24,931    | 3489         | 28420   |
| **Cost**     | $0.06    | unknown       | unknown    |

Total arXiv papers: 169

Total scanned papers: 160

Total relevant papers: 2

**Table of contents with paper titles:**

1. [A [b] $\\alpha$?](#user-content-link1)
**Authors:** Ann Lee (MIT, USA), Bo Wu

2. [By its author](#user-content-link2)
**Authors:** Bo Wu

---

## 1. [A [b] $\\alpha$?](https://arxiv.org/abs/2501.07139v2) <a id="link1"></a>

**ArXiv ID:** 2501.07139v2

**Authors:** Ann Lee (MIT, USA), Bo Wu

**Abstract:** One line
and another
---
**Relevance:** 3 as the abstract says

**Comment:** Fits.

**Relevance:** 9
**Novelty:** 8

---

## 2. [By its author](https://arxiv.org/abs/cs/0112017)

**Authors:** Bo Wu

**Abstract:** Two.

**Comment:** Author match

---

# Paper Selection Prompt

## 1. [not an item](https://arxiv.org/abs/2501.00001)
**Relevance:** 1
"""


@pytest.fixture
def page():
    return PAGE.replace("{space}", " ").replace("{day}", "1/14/2025")


def test_a_page_of_the_other_form_is_read(page):
    digest = read_digest(page)
    assert digest.days == (date(2025, 1, 14),)
    assert digest.totals == FileTotals(169, 160, 2)
    assert digest.cost == FileCost("gpt-4o", 24931, 3489, 28420, 0.06, None, None)
    assert digest.remedial == Remedial(date(2025, 1, 3), date(2025, 1, 6), date(2025, 3, 20))
    assert digest.selected_by == "## 1. [not an item](https://arxiv.org/abs/2501.00001)\n**Relevance:** 1"
    assert digest.warnings == ()


def test_an_items_last_scores_count_and_its_version_does_not(page):
    entry = read_digest(page).entries[0]
    assert (entry.arxiv_id, entry.title) == ("2501.07139", "A [b] $\\alpha$?")
    assert entry.authors == ("Ann Lee (MIT, USA)", "Bo Wu")
    assert (entry.relevance, entry.novelty) == (9, 8)
    assert entry.abstract == "One line and another"


def test_an_item_chosen_by_its_author_has_no_scores(page):
    entry = read_digest(page).entries[1]
    assert (entry.arxiv_id, entry.comment, entry.relevance, entry.novelty) == ("cs/0112017", "Author match", None, None)


@pytest.mark.parametrize("day", ["2025-01-14", "01/14/2025", "1/14/2025"])
def test_dates_are_read_padded_or_not(day):
    assert read_digest(PAGE.replace("{day}", day)).day == date(2025, 1, 14)


@pytest.mark.parametrize("day", ["", "someday", "13/45/2025"])
def test_a_title_without_a_date_has_none(day):
    assert read_digest(PAGE.replace("{day}", day)).day is None


def test_an_item_that_names_no_paper_is_left_out_with_a_warning(page):
    digest = read_digest(page.replace("https://arxiv.org/abs/cs/0112017", "https://github.com/x/y"))
    assert len(digest.entries) == 1
    assert "without an arXiv id" in digest.warnings[0]


def test_the_plain_json_of_other_tools_is_read():
    paper = {
        "ARXIVID": "2501.07139v1",
        "COMMENT": "Fits.",
        "RELEVANCE": "9",
        "NOVELTY": 8.0,
        "SCORE": 17,
        "authors": ["Ann Lee", "Bo Wu"],
        "title": "A\nB",
        "abstract": "C",
        "arxiv_id": "2501.07139",
    }
    author_match = {"authors": "Ann Lee, Bo Wu", "title": "D", "SCORE": 3, "RELEVANCE": 11}
    digest = read_digest(json.dumps({"2501.07139": paper, "cs/0112017": author_match, "x": 3}))
    first, second = digest.entries
    assert (first.arxiv_id, first.title, first.relevance, first.novelty) == ("2501.07139", "A B", 9, 8)
    assert (second.arxiv_id, second.authors, second.relevance) == ("cs/0112017", ("Ann Lee", "Bo Wu"), None)
    assert (digest.days, digest.totals, digest.cost) == ((), None, None)
    assert digest.warnings == ("the key 'x' holds no paper and was left out",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        (" \n\t", "the file is empty"),
        ("# Awesome papers\n- [x](https://arxiv.org/abs/2501.00001)", "begins with '# Awesome papers"),
        ("Personalized Daily ArXiv Papers 2025-05-08", "no line"),
        ("{", "cannot be read"),
        ("[1, 2]", "this is a list"),
        ("[" * 100_000, "cannot be read"),
        ('{"a": 1}', "its first key is 'a'"),
        ("\x00\x01", "no line"),
    ],
)
def test_what_is_no_digest_is_refused_with_the_reason(text, reason):
    with pytest.raises(DigestFileError, match=reason):
        read_digest(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "_digest",
                    "days",
                    "cost",
                    "totals",
                    "remedial",
                    "model",
                    "title",
                    "arxiv_id",
                    "RELEVANCE",
                    "authors",
                    "prompt_tokens",
                    "prompt_usd",
                    "first",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
LINES = st.lists(st.sampled_from(PAGE.splitlines()), max_size=40).map("\n".join)


@given(
    st.one_of(
        JSON.map(json.dumps),
        LINES,
        LINES.map("# Personalized Daily ArXiv Papers\n{}".format),
        st.text(st.characters(), max_size=200),
    )
)
def test_anything_else_is_read_or_refused_but_never_fails(text):
    """The entries are checked as well, so that garbage cannot pass as scores."""
    entries = ()
    with contextlib.suppress(DigestFileError):
        entries = read_digest(text).entries
    assert all(entry.relevance is None or 1 <= entry.relevance <= 10 for entry in entries)


@pytest.mark.parametrize(
    "unit",
    [
        "a ",
        "## 1. [",
        "](",
        "arxiv.org/abs/",
        "|",
        "**Abstract:** ",
        "\n",
        "> ",
        "1. [x](#link1)\n",
        "## 1. [x](https://arxiv.org/abs/1)\n",
        "`",
        "$1",
    ],
)
def test_five_megabytes_of_anything_end(unit):
    text = "# Personalized Daily ArXiv Papers 2025-05-08\n## 1. [" + unit * (5_000_000 // len(unit))
    assert read_digest(text).day == date(2025, 5, 8)
