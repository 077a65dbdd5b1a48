"""What arXiv sends becomes clean values."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.arxiv.cleaning import is_withdrawn, split_names, title_of, without_control_characters


@given(
    st.lists(
        st.sampled_from([b"\x00", b"\x0b", b"\x1f", b"&#x1;", b"&#31;", b"&#xB;", b"\xff", b"\xe2\x82", b"a", b"&amp;"])
    )
)
def test_xml_with_any_stray_bytes_becomes_readable(pieces: list[bytes]) -> None:
    body = b"<a>" + b"".join(pieces) + b"</a>"
    assert ET.fromstring(without_control_characters(body)).tag == "a"


@pytest.mark.parametrize("kept", ["&#9;", "&#xA;", "&#65;", "&#x1F600;", "&#200;", "é", "\t\n"])
def test_allowed_characters_stay(kept: str) -> None:
    assert without_control_characters(kept.encode()) == kept.encode()


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the author due to a crucial error in equation 3",
        "Withdrawn",
        "withdrawn by the authors",
        "Withdrawn due to an error in the proof",
        "12 pages. This submission was withdrawn because of a dispute",
        "arXiv admin note: this version has been removed by arXiv administrators",
        "arXiv admin note: submission has been withdrawn by arXiv administrators due to inappropriate text overlap",
        "We withdraw this paper since Lemma 2 is wrong",
        "The manuscript has been temporarily withdrawn",
    ],
)
def test_a_comment_that_says_so_marks_a_withdrawn_paper(comment: str) -> None:
    assert is_withdrawn(comment, "An abstract.")


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "12 pages, 3 figures",
        "Supersedes the withdrawn arXiv:2401.00001",
        "This replaces an earlier version that was withdrawn by the authors",
        "Dataset of withdrawn drugs included",
        "Withdrawn drugs data set is available on request",
    ],
)
def test_other_comments_do_not(comment: str | None) -> None:
    assert not is_withdrawn(comment, "We study withdrawn drugs and why a drug is withdrawn from the market.")


def test_a_notice_in_place_of_the_abstract_marks_a_withdrawn_paper() -> None:
    assert is_withdrawn(None, "This paper has been withdrawn by the author.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Lovelace, Alan Turing", ("Ada Lovelace", "Alan Turing")),
        ("Ada Lovelace (London, UK), Alan Turing", ("Ada Lovelace (London, UK)", "Alan Turing")),
        ("Sammy Davis, Jr., Alan Turing", ("Sammy Davis, Jr.", "Alan Turing")),
        ("Pietro Li\\`o", ("Pietro Li\\`o",)),
        ("", ()),
        (" , ,", ()),
        ("Ada\n Lovelace,\n Alan\x07Turing", ("Ada Lovelace", "Alan Turing")),
    ],
)
def test_the_feeds_one_field_of_authors_is_parted(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


def test_a_title_is_one_line_and_never_empty() -> None:
    assert title_of("A title\n  over\x0b lines") == "A title over lines"
    assert title_of("\u202egnp.elif\u202c") == "gnp.elif"
    assert title_of(" \n") == "(untitled)"
    assert title_of(None) == "(untitled)"
    assert len(title_of("long " * 400)) == 1999
