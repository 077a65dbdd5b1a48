"""Word the answers to buttons and commands that are about a posted paper."""

from __future__ import annotations

from collections.abc import Sequence

from bot.models import Paper, PaperCard, Ranked, Reply, Score, Topics
from bot.people import author_line
from bot.rendering._bibtex import bibtex
from bot.rendering._cards import categories_of, verdict_of
from bot.text import cut, readable

_LONGEST_ABSTRACT = 2800  # with title and authors it stays below the 3000 characters of a chat section
_LONGEST_TITLE = 240
_MOST_AUTHORS = 12
_ASKING = (
    "Ask in plain words: kv cache compression. “Quoted phrases” hold, -words are left out, and there are filters:",
    "  author:NAME, cat:cs.CL, since:2026-10 or since:7d, until:2026-10-03, seen:no, liked:yes; arXiv ids work too.",
    "Commands (ID is an arXiv id, such as 2505.01043):",
)


def abstract_reply(paper: Paper) -> Reply:
    """The paper's abstract with its authors, links and BibTeX; a very long one is cut."""
    byline = " · ".join(part for part in (author_line(paper.authors, _MOST_AUTHORS), categories_of(paper)) if part)
    abstract = cut(readable(paper.abstract), _LONGEST_ABSTRACT) or "arXiv gives no abstract."
    note = f"Authors' note: {cut(readable(paper.comment), 300)}" if paper.comment else ""
    withdrawn = "This paper was withdrawn." if paper.withdrawn else ""
    links = " · ".join(link for link in (paper.abs_url, paper.pdf_url) if link)
    lines = (byline, withdrawn, abstract, note, links)
    return Reply(title=_title(paper), lines=tuple(line for line in lines if line), verbatim=bibtex(paper))


def why_reply(ranked: Ranked, topics: Topics, shares: Sequence[str]) -> Reply:
    """Why the paper stands where it does. `shares` are the ranking's own lines, one for each contribution."""
    total = "Its position is made of:" if shares else f"All in all {ranked.utility:+.2f}"
    lines = (
        verdict_of(ranked, topics),
        cut(readable(ranked.score.comment), 400),
        total,
        *(f"  {cut(readable(share), 200)}" for share in shares),
        _scored_by(ranked.score),
    )
    return Reply(title=f"Why: {_title(ranked.paper)}", lines=tuple(line for line in lines if line))


def similar_reply(paper: Paper, cards: Sequence[PaperCard]) -> Reply:
    """Papers of the archive like this one, nearest first."""
    lines = () if cards else ("The archive holds nothing similar yet.",)
    return Reply(title=f"Similar to: {_title(paper)}", lines=lines, cards=tuple(cards))


def help_reply(commands: Sequence[tuple[str, str]] = ()) -> Reply:
    """What a reader should know, whatever the platform; `commands` are how each is written and what it does."""
    return Reply(
        title="🐦 How this works",
        lines=(
            "👍 asks for more papers like this one, 👎 for fewer. A vote taken back is as if it never was.",
            "Relevance (1-10) is closeness to your topics, novelty (1-10) distance to what is known.",
            "Your topics choose the papers; votes change the order, from the next morning on.",
            "Abstract, Why and Similar say more about one paper.",
            *(_ASKING if commands else ()),
            *(f"  {usage}: {meaning}" for usage, meaning in commands),
        ),
    )


def _scored_by(score: Score) -> str:
    model = readable(score.model)
    if score.scorer != "local":
        return f"scored by {model or score.scorer}"
    instead = " instead of by the LLM" if score.fallback else ""
    return f"scored locally{f' ({model})' if model else ''}{instead}"


def _title(paper: Paper) -> str:
    return cut(readable(paper.title), _LONGEST_TITLE) or f"arXiv {paper.arxiv_id}"
