"""What a question is understood as."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_id import find_id
from bot.query import parse_date, parse_question
from bot.query.question import LONGEST_QUESTION, MOST_WORDS

TODAY = date(2026, 10, 14)


def asked(text):
    return parse_question(text, TODAY)


def test_plain_words_are_words_without_those_that_only_ask():
    assert asked("what are good ways of KV-cache compression for long context?").words == (
        "good", "ways", "KV", "cache", "compression", "long", "context",
    )  # fmt: skip


def test_only_empty_words_are_kept_when_there_is_nothing_else():
    assert asked("to be or not to be").words == ("not",)
    assert asked("which one of them").words == ("one",)
    assert asked("why is this").words == ("why", "is", "this")


def test_phrases_exclusions_and_filters_are_told_apart():
    question = asked('cat:cs.CL since:2026-10 mamba -vision "state space" -"image model" author:Hashimoto seen:no')
    assert question.words == ("mamba",)
    assert question.phrases == ("state space",)
    assert question.excluded == ("vision", "image model")
    assert (question.categories, question.authors, question.seen) == (("cs.CL",), ("Hashimoto",), False)
    assert (question.first, question.last) == (date(2026, 10, 1), None)


@pytest.mark.parametrize("text", ["“kv cache”", "«kv cache»", '"kv  cache"', '"KV-cache"'])
def test_every_kind_of_quotes_makes_a_phrase(text):
    assert [phrase.lower() for phrase in asked(text).phrases] == ["kv cache"]


def test_a_stray_quote_or_hyphen_changes_nothing():
    assert asked('5" displays - really').words == ("5", "displays", "really")
    assert asked('5" displays - really').excluded == ()


def test_a_hyphen_inside_a_word_excludes_nothing():
    assert asked("state-of-the-art").words == ("state", "art")


def test_a_colon_after_an_unknown_word_is_punctuation():
    question = asked("BERT: pre-training of deep models")
    assert question.words == ("BERT", "pre", "training", "deep", "models")
    assert question.remarks == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("author:Hashimoto", ("Hashimoto",)),
        ('au:"Tatsunori Hashimoto"', ("Tatsunori Hashimoto",)),
        ("by:Tatsunori_Hashimoto", ("Tatsunori Hashimoto",)),
        ("author:Hashimoto author:Liang", ("Hashimoto", "Liang")),
    ],
)
def test_authors_can_be_written_in_several_ways(text, names):
    assert asked(text).authors == names


def test_a_negative_filter_excludes():
    question = asked("-cat:cs.CV -author:Smith -seen:yes")
    assert (question.without_categories, question.without_authors, question.seen) == (("cs.CV",), ("Smith",), False)


@pytest.mark.parametrize(("text", "codes"), [("cat:CS.cl", ("cs.CL",)), ("cat:cs", ("cs.*",)), ("cat:cs.*", ("cs.*",))])
def test_categories_are_forgiving(text, codes):
    assert asked(text).categories == codes


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("cat:cs.NLP x", "did you mean cat:cs.CL?"),
        ("cat:xyzzy x", "category_taxonomy"),
        ("since:octember x", "since:octember is no date"),
        ("until:2026-13 x", "until:2026-13 is no date"),
        ("seen:perhaps x", "write seen:yes or seen:no"),
        ('author:"" x', "wants a name"),
    ],
)
def test_a_filter_not_understood_is_left_out_and_remarked_upon(text, remark):
    question = asked(text)
    assert remark in question.remarks[0]
    assert question.words == ("x",)
    assert not question.filters


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("since:2026-10-03", date(2026, 10, 3), None),
        ("since:2026-10", date(2026, 10, 1), None),
        ("until:2026-02", None, date(2026, 2, 28)),
        ("until:2024", None, date(2024, 12, 31)),
        ("since:7d", date(2026, 10, 7), None),
        ("since:2w until:yesterday", date(2026, 9, 30), date(2026, 10, 13)),
        ("-since:2026-10", None, date(2026, 9, 30)),
        ("-until:2026-10", date(2026, 11, 1), None),
    ],
)
def test_days_bound_the_question(text, first, last):
    question = asked(text)
    assert (question.first, question.last) == (first, last)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "0000", "9999y", "2026-1-1-1", "7"])
def test_what_is_no_date_is_none(text):
    assert parse_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("2505.03801", "2505.03801"),
        ("arXiv:2505.03801v2", "2505.03801"),
        ("https://arxiv.org/abs/2505.03801", "2505.03801"),
        ("https://www.arxiv.org/pdf/2505.03801v3.pdf", "2505.03801"),
        ("<https://arxiv.org/html/2505.03801v1>", "2505.03801"),
        ("https://huggingface.co/papers/2505.03801", "2505.03801"),
        ("arxiv.org/abs/cs/0112017", "cs/0112017"),
        ("math.GT/0309136v2", "math/0309136"),
        ("2505.038", ""),
        ("https://example.org/2505.03801", ""),
        ("attention", ""),
    ],
)
def test_ids_are_found_in_every_form_they_are_pasted_in(text, arxiv_id):
    assert find_id(text) == arxiv_id
    assert asked(text).arxiv_ids == ((arxiv_id,) if arxiv_id else ())


def test_a_long_question_is_cut_and_says_so():
    question = asked(" ".join(f"w{n}" for n in range(1000)))
    assert len(question.text) == LONGEST_QUESTION
    assert len(question.words) == MOST_WORDS
    assert "only the first" in question.remarks[0]


PIECES = st.sampled_from(
    ["cat:", "author:", '"', "-", "since:", "7d", ":", "NOT", "(", ")", "*", "\x00", "^", "kv", "\ud800"]
)


@given(st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join))
def test_no_text_breaks_the_parser_or_smuggles_an_operator(text):
    """Whatever is typed: words are letters and digits only, so nothing of it is ever read as search syntax."""
    question = asked(text)
    parts = [*question.words, *" ".join((*question.phrases, *question.excluded)).split()]
    assert all(part.isalnum() for part in parts)
