"""bot.digest_file: what is written is read back, whatever the papers say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest_file import WRITERS, from_digest, read_digest, write_json, write_markdown
from bot.models import TokenCost, Totals
from tests.digest_file.samples import HOSTILE, a_digest, a_ranked

TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(), max_size=30),
    st.lists(st.sampled_from([*HOSTILE, *"[]()<>&#*|`-,\n", "](", "&#41;", "**Abstract:** "]), max_size=6).map("".join),
)
DATES = st.dates(date(1991, 1, 1), date(2099, 12, 31))
COSTS = st.none() | st.floats(0, 1000)
TOKENS = st.integers(0, 10**9)


def ranked(position):
    return st.builds(
        a_ranked,
        st.just(position),
        title=TEXTS,
        abstract=TEXTS,
        comment=TEXTS,
        authors=st.lists(TEXTS, max_size=4).map(tuple),
        relevance=st.integers(1, 10),
        novelty=st.integers(1, 10),
        fallback=st.booleans(),
    )


DIGESTS = st.builds(
    a_digest,
    days=st.lists(DATES, max_size=3, unique=True).map(sorted).map(tuple),
    totals=st.builds(Totals, TOKENS, TOKENS, TOKENS),
    ranked=st.integers(0, 3).flatmap(lambda n: st.tuples(*map(ranked, range(1, n + 1)))),
    scored_by=TEXTS,
    selected_by=st.one_of(TEXTS, st.lists(TEXTS, max_size=4).map("\n".join)),
    cost=st.none() | st.builds(TokenCost, TEXTS, TOKENS, TOKENS, COSTS, COSTS),
    remarks=st.lists(TEXTS, max_size=2).map(tuple),
    remedial_on=st.none() | DATES,
)


@pytest.mark.parametrize("suffix", [".md", ".json"])
@given(digest=DIGESTS)
def test_a_digest_is_read_back_as_it_was(suffix, digest):
    assert read_digest(WRITERS[suffix](digest)) == from_digest(digest)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("write", [write_markdown, write_json])
def test_hostile_texts_stay_in_their_fields(text, write):
    entry = a_ranked(1, title=text, abstract=text, comment=text, authors=(text, "Ann Lee"))
    digest = a_digest(ranked=(entry, a_ranked(2)), selected_by=text, remarks=(text,), scored_by=text, cost=None)
    read = read_digest(write(digest))
    assert read == from_digest(digest)
    assert [entry.arxiv_id for entry in read.entries] == ["2505.00001", "2505.00002"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_shows_no_tag_link_or_picture_of_a_papers_own(text):
    entry = a_ranked(1, title=text, abstract=text, comment=text, authors=(text,))
    page = write_markdown(a_digest(ranked=(entry,), selected_by="", remarks=(text,)))
    assert page.count("](") == 2
    assert page.count("<a id=") == 1
    assert "<script" not in page


def test_a_prompt_with_headings_like_items_is_fenced_and_read_back():
    prompt = "# Paper Selection Prompt\n\n## 1. [x](https://arxiv.org/abs/2501.00001)\n\n````\ncode\n````\n---\nend"
    page = write_markdown(a_digest(selected_by=prompt))
    assert "`````markdown\n# Paper Selection Prompt" in page
    assert read_digest(page).selected_by == prompt
    assert len(read_digest(page).entries) == 2


def test_a_topics_text_without_headings_stays_as_it_is():
    page = write_markdown(a_digest())
    assert page.endswith("# Paper Selection Prompt\n\n 1. Norms\n    - Relevant: all\n\n He likes theory.\n")


def test_ordinary_texts_are_not_escaped():
    page = write_markdown(a_digest(ranked=(a_ranked(1, abstract="p < 0.05, AT&T, [x], a_b*c, 5\\%"),)))
    assert "**Abstract:** p < 0.05, AT&T, [x], a_b*c, 5\\%\n" in page
    assert "Bo Wu (MIT, USA)" in page
    assert "&" not in page.replace("AT&T", "")
