"""bot.digest_file on the real files of the bots whose readers Paperlark takes over."""

from datetime import date

import pytest

from bot.digest_file import FileCost, FileTotals, Remedial, read_digest, write_json, write_markdown
from tests.seeds import seed

PROMPT = "# Paper Selection Prompt"


def test_the_iso_form_is_read():
    digest = read_digest(seed(1).decode())
    assert digest.day == date(2025, 5, 8)
    assert digest.totals == FileTotals(417, 292, 12)
    assert digest.cost == FileCost("gpt-4o", 28086, 3939, 32025, 0.07, 0.04, 0.11)
    assert digest.scored_by == "gpt-4o"
    assert digest.remedial is None
    assert len(digest.entries) == 12
    assert digest.warnings == ()


def test_the_us_form_with_its_remedial_banner_is_read():
    digest = read_digest(seed(2).decode())
    assert digest.day == date(2025, 1, 14)
    assert digest.totals == FileTotals(169, 169, 14)
    assert digest.cost == FileCost("gpt-4o", 24931, 3489, 28420, 0.06, 0.03, 0.1)
    assert digest.remedial == Remedial(date(2025, 1, 13), date(2025, 1, 13), date(2025, 3, 20))
    assert len(digest.entries) == 14
    assert digest.warnings == ()


def test_items_are_read_whole():
    first, *_, eleventh, twelfth = read_digest(seed(1).decode()).entries
    assert (first.arxiv_id, first.relevance, first.novelty) == ("2505.03801", 10, 8)
    assert first.abstract.startswith("Low-rank and sparse composite")
    assert first.abstract.endswith("composite approximation.")
    assert first.comment.startswith("Proposes a two-stage")
    assert eleventh.authors[4] == r"Pietro Li\`o"
    assert (twelfth.authors, twelfth.relevance, twelfth.novelty) == (("Tomaso Aste",), 8, 7)
    assert r"$\alpha$-$\beta$-Divergence" in read_digest(seed(1).decode()).entries[5].title


@pytest.mark.parametrize("number", [1, 2])
def test_the_prompt_is_what_stands_after_its_heading(number):
    digest = read_digest(seed(number).decode())
    assert digest.selected_by.startswith("You are a helpful paper reading assistant")
    assert digest.selected_by.endswith("Knowledge Graph, etc.")


def test_what_is_written_is_the_real_file_letter_for_letter():
    """All of it up to the prompt, whose headings ours fences."""
    real = seed(1).decode()
    assert write_markdown(read_digest(real)).split(PROMPT)[0] == real.split(PROMPT)[0]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("write", [write_markdown, write_json])
def test_written_anew_it_says_the_same(number, write):
    digest = read_digest(seed(number).decode())
    assert read_digest(write(digest)) == digest


@pytest.mark.parametrize("number", [1, 2])
def test_line_ends_of_windows_make_no_difference(number):
    text = seed(number).decode()
    assert read_digest("\ufeff" + text.replace("\n", "\r\n")) == read_digest(text)


def test_a_file_cut_off_says_so():
    text = seed(1).decode()
    digest = read_digest(text[: text.index("## 8. ")])
    assert len(digest.entries) == 7
    assert digest.warnings == ("the table of contents names 12 papers, but 7 follow: the file may be cut off",)
