"""Every parser of foreign input: what it is given, how it is called, and what must hold of what comes out.

A parser may raise the errors it documents, and no other; it must come back in a time that its input's length bounds; and
what it promises not to lose must be there afterwards.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import strategies as st

from bot.app.forgetting import person_of
from bot.arxiv_id import find_id, parse_id
from bot.citations import checked, sentences_of
from bot.digest_file import read_digests
from bot.emoji import normalise, typed
from bot.errors import DigestFileError, PaperlarkError, SettingsError, SourceError
from bot.library import Fate, read_library
from bot.models import MessageRef, PostKey, PostRole
from bot.people import author_line, short_name
from bot.platforms.console._commands import parse as parse_command
from bot.platforms.console._transcript import Transcript
from bot.platforms.discord import _custom_ids as keys
from bot.platforms.discord import _text as discord_text
from bot.platforms.slack import _text as slack_text
from bot.query import COMMANDS, parse_date, parse_line, parse_question
from bot.redaction import redacted
from bot.rendering import bibtex_file
from bot.scorers.llm.answerer import _sentences
from bot.scorers.llm.parse import Reading, parse_choice, parse_scores
from bot.settings import load_settings
from bot.settings.salvage import salvaged_settings
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.cleaning import is_withdrawn, split_names, title_of
from bot.sources.arxiv.fetch import Answer
from bot.sources.arxiv.rss import read_feed
from bot.text import clean_lines, cut, one_line, readable, units
from bot.topics import parse_topics, render_understood
from bot.topics.decode import NOT_TEXT
from tests.builders import a_paper
from tests.fuzz.strategies import answers, contents, feeds, pages, texts

TODAY = date(2025, 5, 8)
PAPERS = (a_paper("2505.03801"), a_paper("cs/0112017"))
LEAST_S, A_CHARACTER_S = 1.0, 60e-6
"""The time of this thread that any input may take, and what each of its characters may add."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Parser:
    """One parser. `take` calls it and asserts what must hold; `raises` are the errors it documents."""

    take: Callable[[Any], object]
    given: st.SearchStrategy[Any]
    raises: tuple[type[Exception], ...] = ()

    def try_on(self, value: str | bytes) -> None:
        """Call it, and hold it to its promises and its time."""
        began = time.thread_time()
        with suppress(*self.raises):
            self.take(value)
        used, allowed = time.thread_time() - began, LEAST_S + A_CHARACTER_S * len(value)
        assert used <= allowed, f"{used:.2f} s for {len(value):,} characters, {allowed:.2f} s are allowed"


def topics(content: str | bytes) -> None:
    """The text of record is all of the text, whatever was understood; of a configuration only its topics."""
    parsed = parse_topics(content)
    is_configuration = any("configuration of another tool" in warning for warning in parsed.warnings)
    if isinstance(content, str) and NOT_TEXT not in parsed.warnings and not is_configuration:
        whole = re.sub("[\ud800-\udfff]", "\ufffd", content)
        assert parsed.raw == whole.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert [one.number for one in parsed.topics] == list(range(1, len(parsed.topics) + 1))
    assert parse_topics(parsed.raw).topics == parsed.topics
    render_understood(parsed)


def library(content: bytes) -> None:
    """Each line that is not blank is accounted for once, in order; each paper stands on a line and has a possible id."""
    parsed = read_library(content)
    numbers = [line.number for line in parsed.lines]
    assert numbers == sorted(set(numbers))
    ids = [paper.arxiv_id for paper in parsed.importable]
    assert len(ids) == len(set(ids))
    assert all(parse_id(one) for one in ids)
    assert all(branch.parent is None or branch.parent < index for index, branch in enumerate(parsed.branches))
    for paper in parsed.papers:
        for text in (paper.title, paper.note, paper.publication, *paper.authors, *paper.section):
            text.encode()
    for branch in parsed.branches:
        branch.title.encode()
    if parsed.lines:
        assert {line.fate for line in parsed.lines} <= set(Fate)


def digests(text: str) -> None:
    """Either digests come out, or one error that says why not."""
    for digest in read_digests(text):
        assert not any(_CONTROLS.search(f"{entry.arxiv_id}{entry.title}{entry.comment}") for entry in digest.entries)


def llm_scores(text: str) -> None:
    """Only ids that were asked about, whole numbers from 1 to 10, short plain comments."""
    wanted = [paper.arxiv_id for paper in PAPERS]
    parsed = parse_scores(text, wanted, Reading(topics={1, 2}))
    assert set(parsed.verdicts) <= set(wanted)
    for verdict in parsed.verdicts.values():
        assert 1 <= verdict.relevance <= 10
        assert 1 <= verdict.novelty <= 10
        assert set(verdict.topics) <= {1, 2}
        assert not _CONTROLS.search(verdict.comment)
        assert len(verdict.comment) <= 240
    chosen = parse_choice(text, wanted, 1)
    assert set(chosen) <= set(wanted)
    assert len(chosen) <= 1


def llm_answer(text: str) -> None:
    """Whatever a model says, what is shown cites papers that exist."""
    for sentence in checked([*_sentences(text, PAPERS), *sentences_of(text)], len(PAPERS)):
        cited = [int(number) for found in re.findall(r"\[([\d, ]+)\]", sentence) for number in found.split(",")]
        assert cited
        assert all(1 <= number <= len(PAPERS) for number in cited)


def feed(content: bytes) -> None:
    """A feed that is believed has a day, and papers with ids, each once."""
    found = read_feed(Answer(200, "application/rss+xml", content, None), "https://rss.arxiv.org/rss/cs.CL")
    ids = [item.paper.arxiv_id for item in found.items]
    assert len(ids) == len(set(ids))


def feed_fields(text: str) -> None:
    """Whatever stands in a feed's fields: names and a title come out clean, and a document holding it is read."""
    names = split_names(text)
    assert all(name == one_line(name) != "" for name in names)
    assert title_of(text) == one_line(title_of(text)) != ""
    assert is_withdrawn(text, text) in {True, False}
    parse_id(text)
    quoted = escape(re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))
    fields = "".join(
        f"<{name}>{quoted}</{name}>"
        for name in ("title", "description", "dc:creator", "category", "arxiv:announce_type")
    )
    item = f'<item><guid isPermaLink="false">oai:arXiv.org:2505.03801v1</guid>{fields}</item>'
    namespaces = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    channel = f"<title>x</title><pubDate>Thu, 08 May 2025 00:00:00 -0400</pubDate>{item}"
    content = f'<rss {namespaces} version="2.0"><channel>{channel}</channel></rss>'.encode()
    found = read_feed(Answer(200, "application/rss+xml", content, None), "https://rss.arxiv.org/rss/cs.CL")
    assert [item.paper.arxiv_id for item in found.items] == ["2505.03801"]


def page(content: bytes) -> None:
    """A page that is believed becomes as many papers as it has entries."""

    class Served:
        async def get(self, url: str, read: Callable[[Answer], Any]) -> Any:
            return read(Answer(200, "application/atom+xml", content, None))

    papers, total = asyncio.run(ArxivApi(Served(), "http://127.0.0.1:9/api/query")._page("cat:cs.CL", [], 0, 10))
    assert len(papers) == min(10, total)
    assert all(parse_id(paper.arxiv_id) for paper in papers)


def line(text: str) -> None:
    """Every line is a command that exists or a question, and a command typed again means the same."""
    understood = parse_line(text, TODAY)
    assert understood.name in {*COMMANDS, "ask"}
    if understood.name == "ask":
        question = parse_question(understood.argument or text, TODAY)
        assert isinstance(question.words, tuple)
    parse_command(text)
    find_id(text)
    parse_date(text, TODAY)


def emoji(text: str) -> None:
    """One spelling: applying it twice changes nothing."""
    once = normalise(text)
    assert normalise(once) == once
    assert len(once) <= 110
    named = typed(text)
    assert named is None or normalise(named) == named


def slack(text: str) -> None:
    """Out: no mark of Slack's own survives and all of it is readable again. In: never fails. Pieces: nothing is lost."""
    shown = slack_text.escaped(text)
    assert not re.search(r"[<>]", shown)
    assert slack_text.unescaped(shown) == text
    assert units(slack_text.fitted(text, 150)) <= 150
    broken = list(slack_text.pieces(text, 100))
    assert "".join(broken) == clean_lines(text)
    assert all(0 < units(piece) <= 100 for piece in broken)
    slack_text.without_mentions(text)


def discord(text: str) -> None:
    """Out: nothing formats, calls or links. In: never fails. Pieces: within the limit, and no word is lost."""
    shown = discord_text.escaped(clean_lines(text))
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]]", re.sub(r"<#\d+>", "", shown))
    assert not re.search(r"@(?!\u200b)", shown)
    for limited in (discord_text.fitted, discord_text.linked, discord_text.plain):
        assert units(limited(text, 256)) <= 256
    assert all(units(piece) <= 2000 for piece in discord_text.pieces(text, 2000))
    discord_text.as_typed(text)
    discord_text.unescaped(text)
    keys.expanded(text)
    keys.asked(text)
    keys.picked(text)
    keys.key_in(text)


def post_key(text: str) -> None:
    """What is read as a key is written as the same text again."""
    key = PostKey.parse(text)
    assert key is None or str(key) == text
    written = PostKey("terminal", 3, PostRole.PAPER, text)
    assert PostKey.parse(str(written)) == written


def latex(text: str) -> None:
    """Readable text has no controls, and making it readable again changes nothing that a reader sees."""
    for shown in (readable(text), one_line(text), cut(one_line(text), 80), short_name(text), author_line([text, text])):
        assert not _CONTROLS.search(shown)
        assert "\n" not in shown
    assert len(cut(text, 80)) <= 80
    readable(readable(text))


def bibtex(text: str) -> None:
    """What is written is read back, with the same ids, whatever the paper is called."""
    papers = (replace(PAPERS[0], title=text, authors=(text[:200],), abstract=text, comment=text), PAPERS[1])
    written = bibtex_file(papers)
    if written.count("\ufffd") > len(written) // 25:
        return  # so much damage is read as no text at all
    read = read_library(written.encode())
    assert [paper.arxiv_id for paper in read.papers] == [paper.arxiv_id for paper in papers]


def transcript(text: str) -> None:
    """A line that cannot be read is skipped, and those around it count."""
    known = Transcript()
    known._read(text.encode("utf-8", "replace"))
    good = {
        "event": "posted",
        "message": "1",
        "platform": "console",
        "channel_id": "terminal",
        "thread": None,
        "key": "k",
    }
    known._read(json.dumps({**good, "at": "2025-05-08T09:00:00+00:00", "title": "", "arxiv_id": ""}).encode())
    assert MessageRef("console", "terminal", "1") in {message.ref for message in known.messages.values()}


def settings(text: str) -> None:
    """Settings come out, or a list of mistakes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paperlark.toml"
        file.write_bytes(text.encode("utf-8", "replace"))
        salvaged, mistakes = salvaged_settings(file)
        assert salvaged.data_dir
        if mistakes:
            with pytest.raises(SettingsError):
                load_settings(file)


def secrets(text: str) -> None:
    """No secret survives, and what is redacted stays so."""
    once = redacted(f"{text} hunter2-hunter2 {text}", ["hunter2-hunter2"])
    assert "hunter2-hunter2" not in once
    assert redacted(once) == once


def person(text: str) -> None:
    """An id, or a refusal that says how to write one."""
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", person_of(text))


PARSERS: Mapping[str, Parser] = {
    "topics": Parser(topics, st.one_of(texts(), contents())),
    "library": Parser(library, st.one_of(contents(), contents(), answers().map(str.encode))),
    "digest files": Parser(digests, st.one_of(texts(), answers()), (DigestFileError,)),
    "LLM scores": Parser(llm_scores, st.one_of(texts(), answers())),
    "LLM answers": Parser(llm_answer, st.one_of(texts(), answers())),
    "RSS": Parser(feed, st.one_of(feeds(), contents()), (SourceError,)),
    "a feed's fields": Parser(feed_fields, texts()),
    "Atom": Parser(page, st.one_of(pages(), pages(), feeds(), contents()), (SourceError,)),
    "settings": Parser(settings, texts()),
    "typed lines": Parser(line, texts()),
    "emoji": Parser(emoji, texts(6)),
    "Slack texts": Parser(slack, texts()),
    "Discord texts": Parser(discord, texts()),
    "post keys": Parser(post_key, texts(6)),
    "LaTeX": Parser(latex, texts()),
    "BibTeX": Parser(bibtex, texts()),
    "the terminal's transcript": Parser(transcript, st.one_of(texts(), answers())),
    "secrets": Parser(secrets, texts()),
    "people": Parser(person, texts(4), (PaperlarkError,)),
}
