"""Whatever the bytes are, reading ends, quickly and without an error."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import LibraryError
from bot.library import Fate, read_library
from tests.library.files import AWESOME, BIBTEX, DIGEST, IDS, OUTLINE, SCORED_JSON
from tests.library.layouts import LAYOUTS
from tests.library.test_library_tools import ATOM, ENDNOTE, KEYWORD_BOT, RDF, RIS, RSS, ZOTERO_CSV

FILES = [
    AWESOME, OUTLINE, BIBTEX, IDS, DIGEST, SCORED_JSON, ATOM, ENDNOTE, KEYWORD_BOT, RDF, RIS, RSS, ZOTERO_CSV,
    *list(LAYOUTS.values())[15:40:3],
]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 10_000,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"- [" * 200_000,
        b"[" * 200_000 + b"](" * 200_000,
        b"<" * 300_000,
        b"|" * 500_000,
        b"*_" * 200_000,
        b"@article{a," + b"{" * 200_000,
        b"@article{" * 30_000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"# Personalized Daily ArXiv Papers 2025-05-08\n",
        "\n".join(f"{' ' * n}- [a](https://arxiv.org/abs/2406.{n:05})" for n in range(800)).encode(),
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_endless_and_binary_content_is_read_in_no_time(content):
    since = time.perf_counter()
    read_library(content)
    assert time.perf_counter() - since < 5.0


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_still_has_a_note_for_every_line(data):
    text = data.draw(st.sampled_from(FILES))
    for _ in range(data.draw(st.integers(1, 6))):
        index = data.draw(st.integers(0, len(text)))
        end = min(len(text), index + data.draw(st.integers(0, 40)))
        text = (
            text[:index]
            + data.draw(st.text(max_size=8) | st.sampled_from(["|", "[", "](", "{", "\n", "#"]))
            + text[end:]
        )
    parsed = read_library(text.encode("utf-8", "replace"))
    numbers = [line.number for line in parsed.lines]
    assert numbers == sorted(set(numbers))
    assert len({paper.arxiv_id for paper in parsed.importable}) == len(parsed.importable)
    assert all(branch.parent is None or branch.parent < index for index, branch in enumerate(parsed.branches))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_every_unicode_encoding_is_read_alike(encoding):
    assert read_library(AWESOME.encode(encoding)).papers == read_library(AWESOME.encode()).papers


def test_windows_letters_are_read_with_a_warning():
    parsed = read_library("# A\n## B\n- [Über alles](https://arxiv.org/abs/2406.01032)\n".encode("cp1252"))
    assert parsed.papers[0].title == "Über alles"
    assert "not UTF-8" in parsed.warnings[0]


def test_garbled_letters_are_repaired_and_real_ones_left_alone():
    parsed = read_library("# A\n## B\n- [Tim RocktÃ¤schel, São Paulo](https://arxiv.org/abs/2406.01032)\n".encode())
    assert parsed.papers[0].title == "Tim Rocktäschel, São Paulo"
    assert parsed.warnings == ("1 character was garbled by a wrong encoding and repaired (such as 'Ã¤' for 'ä')",)


def test_a_line_too_long_to_be_an_entry_is_skipped_with_its_reason():
    text = AWESOME + "- " + "x" * 70_000 + " https://arxiv.org/abs/2406.09999\n"
    last = read_library(text.encode()).lines[-1]
    assert last.fate is Fate.SKIPPED
    assert "more than 60,000 characters" in last.text


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 2**22,
        b"- " + b"[a](b) " * 400_000,
        b"<tr><td>" * 300_000,
        b"<li>" * 500_000,
        b"TY  - JOUR\n" * 20_000,
        b"title,url\n" + b'"' * 2**21,
        b"title,url\n" + b"a,b\n" * 30_000,
        b'{"id": 1}\n' * 20_000,
        b"<opml><body>" + b"<outline text='a'>" * 50_000,
        b"@misc{a, title={" + b"{" * 2**20,
        b"(" * 2**20 + b"\n2401.00001",
        b"**" * 2**20 + b"\n",
    ],
    ids=lambda content: content[:14].decode("latin-1"),
)
def test_large_files_of_any_kind_end_in_a_result_or_a_refusal(content):
    since = time.process_time()
    with suppress(LibraryError):
        read_library(content)
    assert time.process_time() - since < 20.0


def test_more_ids_than_can_be_read_at_once_are_refused_at_once():
    rows = (f"- [a](https://arxiv.org/abs/2401.{n % 90_000 + 10_000})" for n in range(40_000))
    since = time.process_time()
    with pytest.raises(LibraryError, match="more than 25,000 ids"):
        read_library("\n".join(rows).encode())
    assert time.process_time() - since < 5.0
