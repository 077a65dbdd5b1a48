"""Make the card of a paper: what a reader sees of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.models import Digest, Paper, PaperCard, Post, PostRole, Ranked, Topics
from bot.people import author_line
from bot.rendering._words import labelled, long_date
from bot.text import cut, plural, readable

_LONGEST_TITLE = 240
_LONGEST_COMMENT = 400
_LONGEST_WHY = 240
_MOST_CATEGORIES = 3
_MOST_TOPICS = 3


def paper_card(ranked: Ranked, topics: Topics, why: str = "", *, late: bool = False) -> PaperCard:
    """The card of a ranked paper. `why` is the ranking's explanation in words, `late` marks a late arrival."""
    paper = ranked.paper
    return PaperCard(
        arxiv_id=paper.arxiv_id,
        position=ranked.position,
        title=cut(readable(paper.title), _LONGEST_TITLE) or f"arXiv {paper.arxiv_id}",
        url=paper.abs_url,
        pdf_url=paper.pdf_url,
        authors=author_line(paper.authors),
        categories=categories_of(paper),
        verdict=verdict_of(ranked, topics),
        comment=cut(readable(ranked.score.comment), _LONGEST_COMMENT),
        why=cut(readable(why), _LONGEST_WHY),
        marks=_marks(ranked, late=late),
    )


def paper_post(ranked: Ranked, topics: Topics, why: str = "", *, late: bool = False) -> Post:
    """The message of one paper, which takes votes."""
    card = paper_card(ranked, topics, why, late=late)
    return Post(role=PostRole.PAPER, text=card_text(card), title=card.title, card=card, votable=True)


def paper_posts(
    digest: Digest, topics: Topics, whys: Mapping[str, str] | None = None, late: Collection[str] = ()
) -> tuple[Post, ...]:
    """The messages for the channel itself: the first `digest.shown` papers, in order.

    `whys` maps an arxiv_id to its explanation in words, `late` holds the arxiv_ids of late arrivals.
    """
    return _posts(digest.ranked[: digest.shown], topics, whys, late)


def more_posts(
    digest: Digest, topics: Topics, whys: Mapping[str, str] | None = None, late: Collection[str] = ()
) -> tuple[Post, ...]:
    """The messages for the header's thread: the papers after the first `digest.shown`, one message each."""
    return _posts(digest.ranked[digest.shown :], topics, whys, late)


def _posts(
    papers: tuple[Ranked, ...], topics: Topics, whys: Mapping[str, str] | None, late: Collection[str]
) -> tuple[Post, ...]:
    return tuple(
        paper_post(ranked, topics, (whys or {}).get(ranked.paper.arxiv_id, ""), late=ranked.paper.arxiv_id in late)
        for ranked in papers
    )


def card_lines(card: PaperCard) -> tuple[str, ...]:
    """What stands under a card's title, in plain lines; empty parts are left out."""
    byline = " · ".join(part for part in (card.authors, card.categories) if part)
    verdict = " · ".join(part for part in (card.verdict, *card.marks) if part)
    links = f"{card.url} · PDF {card.pdf_url}" if card.pdf_url else card.url
    why = f"why: {card.why}" if card.why else ""
    return tuple(line for line in (byline, verdict, card.comment, why, links) if line)


def card_text(card: PaperCard, number: str | None = None) -> str:
    """A whole card in plain text under its number (default: its position)."""
    head = f"{card.position if number is None else number}. {card.title}"
    return "\n".join([head, *(f"   {line}" for line in card_lines(card))])


def categories_of(paper: Paper) -> str:
    """The primary category first, at most three: "cs.LG, cs.CL, stat.ML …"."""
    names = list(dict.fromkeys(filter(None, (paper.primary_category, *paper.categories))))
    more = " …" if len(names) > _MOST_CATEGORIES else ""
    return readable(", ".join(names[:_MOST_CATEGORIES])) + more


def verdict_of(ranked: Ranked, topics: Topics) -> str:
    """The scores and matched topics: "relevance 10 · novelty 8 · topic 1 (quantization)"."""
    score = ranked.score
    words = [f"relevance {score.relevance}", f"novelty {score.novelty}"]
    if score.topics:
        names = ", ".join(labelled(number, topics) for number in score.topics[:_MOST_TOPICS])
        words.append(f"{plural('topic', len(score.topics))} {names}")
    return " · ".join(words)


def _marks(ranked: Ranked, *, late: bool) -> tuple[str, ...]:
    marks = {"scored locally": ranked.score.fallback, "exploration": ranked.exploration, "late": late}
    return tuple(mark for mark, holds in marks.items() if holds)


def plain_card(paper: Paper, position: int) -> PaperCard:
    """The card of a paper that was not ranked for anybody: a neighbour, a search hit."""
    return PaperCard(
        arxiv_id=paper.arxiv_id,
        position=position,
        title=cut(readable(paper.title), _LONGEST_TITLE) or f"arXiv {paper.arxiv_id}",
        url=paper.abs_url,
        pdf_url=paper.pdf_url,
        authors=author_line(paper.authors),
        categories=categories_of(paper),
        verdict=f"listed {long_date(paper.listing_day)}" if paper.listing_day else "",
        comment="",
        why="",
    )


def plain_post(paper: Paper, comment: str) -> Post:
    """The message of a paper that was not ranked for anybody, such as a shared one; it takes votes."""
    card = replace(plain_card(paper, 1), comment=comment)
    return Post(role=PostRole.PAPER, text=card_text(card), title=card.title, card=card, votable=True)
