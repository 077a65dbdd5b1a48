"""What arXiv sends becomes clean values."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.arxiv.cleaning import is_withdrawn, split_names, title_of, without_control_characters, xml_root


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
        ("Ada (A (B, C), D), Alan", ("Ada (A (B, C), D)", "Alan")),
        ("Ada (London, Alan Turing", ("Ada (London", "Alan Turing")),
        ("Ada), Alan (x, y); Bob", ("Ada)", "Alan (x, y)", "Bob")),
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


@pytest.mark.parametrize(
    ("text", "most_s"),
    [
        (", ".join(f"Firstname{n} Lastname{n} (Institute, City)" for n in range(3000)), 0.05),
        ("A" + " " * 100_000 + "B", 0.1),
        ("A" + "\u2028" * 100_000 + "B", 0.1),
        ("," * 100_000, 0.1),
        ("(" * 100_000, 0.1),
        ("(,)" * 33_000, 0.1),
        ("A, " * 33_000, 0.1),
    ],
    ids=["3,000 authors", "blanks", "line separators", "commas", "parentheses", "pairs", "names"],
)
def test_names_are_parted_in_linear_time(text: str, most_s: float) -> None:
    """A collaboration's paper and hostile blanks alike; the best of three, because the machine has other work."""
    assert min(timed(split_names, text) for _ in range(3)) < most_s


@pytest.mark.parametrize(
    "text",
    [
        *(f"paper was{blank * 100_000}withdraw" for blank in " .a"),
        "this has been" + " " * 100_000,
        "replaced " * 12_000,
        "previous" + " x" * 50_000,
        " " * 100_000 + "x",
    ],
    ids=range(7),
)
def test_whether_a_paper_is_withdrawn_is_told_in_linear_time(text: str) -> None:
    assert min(timed(is_withdrawn, text, "") for _ in range(3)) < 0.1


def timed(function: Callable[..., object], *values: str) -> float:
    began = time.thread_time()
    function(*values)
    return time.thread_time() - began


def test_xml_that_declares_a_document_type_is_refused_whatever_its_encoding() -> None:
    assert xml_root(b"<a>b</a>") is not None
    for declaration in ("<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "file:///etc/passwd">'):
        for encoding in ("utf-8", "utf-16", "utf-32"):
            assert xml_root(f"{declaration}<a>b</a>".encode(encoding)) is None


def test_a_document_type_inside_a_text_is_text() -> None:
    assert xml_root(b"<a><![CDATA[<!DOCTYPE html>]]> &lt;!ENTITY</a>") is not None


def test_a_title_is_one_line_and_never_empty() -> None:
    assert title_of("A title\n  over\x0b lines") == "A title over lines"
    assert title_of("\u202egnp.elif\u202c") == "gnp.elif"
    assert title_of(" \n") == "(untitled)"
    assert title_of(None) == "(untitled)"
    assert len(title_of("long " * 400)) == 1999
