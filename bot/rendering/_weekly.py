"""Word the weekly list: what a channel liked most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.models import Paper, Post
from bot.rendering._header import notice_post
from bot.rendering._words import counted, joined_dates, long_date
from bot.text import author_line, cut, readable

_LONGEST_TITLE = 160


def most_liked_post(papers: Sequence[tuple[Paper, int]], first: date, last: date) -> Post:
    """The papers, best first, each with how many readers like it; liked from `first` to `last`."""
    title = f"⭐ Liked most from {joined_dates([first], last)} to {long_date(last)}"
    return notice_post(title, [_line(position, *one) for position, one in enumerate(papers, start=1)])


def _line(index: int, paper: Paper, n_readers: int) -> str:
    title = cut(readable(paper.title), _LONGEST_TITLE) or f"arXiv {paper.arxiv_id}"
    about = " · ".join(filter(None, (author_line(paper.authors), counted(n_readers, "reader"), paper.abs_url)))
    return f"{index}. {title} · {about}"
