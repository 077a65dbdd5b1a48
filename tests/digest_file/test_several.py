"""Several digests in one file, written and read back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.digest_file import from_digest, read_digest, read_digests, write_json_file, write_markdown_file
from bot.errors import DigestFileError
from tests.digest_file.samples import HOSTILE, a_digest, a_ranked

WRITERS = (write_markdown_file, write_json_file)
SEVERAL = tuple(
    a_digest(
        number=number, ranked=tuple(a_ranked(position, title=title) for position, title in enumerate(HOSTILE, start=1))
    )
    for number in (1, 2, 3)
)


@pytest.mark.parametrize("write", WRITERS)
def test_all_digests_come_back_in_their_order(write):
    assert read_digests(write(SEVERAL)) == tuple(from_digest(one) for one in SEVERAL)


@pytest.mark.parametrize("write", WRITERS)
def test_one_digest_alone_is_written_as_ever(write):
    text = write(SEVERAL[:1])
    assert read_digest(text) == from_digest(SEVERAL[0])
    assert read_digests(text) == (from_digest(SEVERAL[0]),)


def test_no_digests_are_an_empty_page_and_an_empty_list():
    assert write_markdown_file(()) == ""
    assert json.loads(write_json_file(())) == []
    assert read_digests(write_json_file(())) == ()


def test_a_page_that_holds_the_parting_line_is_not_parted_by_it():
    prompt = "<!-- next-digest -->\n\n<!-- 2 digests, parted by next-digest -->"
    digests = tuple(replace(one, selected_by=prompt) for one in SEVERAL)
    assert read_digests(write_markdown_file(digests)) == tuple(from_digest(one) for one in digests)


def test_line_ends_of_another_system_do_no_harm():
    assert read_digests(write_markdown_file(SEVERAL).replace("\n", "\r\n")) == tuple(map(from_digest, SEVERAL))


def test_a_file_that_was_cut_off_is_refused_and_says_so():
    text = write_markdown_file(SEVERAL)
    with pytest.raises(DigestFileError, match="3 digests, but 2"):
        read_digests(text[: text.rindex("<!-- next-digest -->")])


@pytest.mark.parametrize("text", ["[1]", '[{"a": 1}, "b"]', "[{"])
def test_a_json_list_of_something_else_is_refused(text):
    with pytest.raises(DigestFileError, match="JSON list"):
        read_digests(text)
