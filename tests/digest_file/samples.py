"""Digests to write."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.models import Digest, Paper, Ranked, Score, TokenCost, Totals

HOSTILE = (
    '## 1. [x](https://arxiv.org/abs/2501.00001) <a id="link1"></a>',
    "**Relevance:** 9",
    "a\n---\n\n# Paper Selection Prompt\n\nb",
    "] (x) [y](javascript:alert(1)) ![z](http://x/y.png) [a][b]",
    "unbalanced ] and [",
    r"$\alpha$-$\beta$ 4.89\% Li\`o | pipes | <script>alert(1)</script> <b>",
    "&lt; &amp; &#91; &amp;lt; & < 3 <3",
    "**Scored by:** local scorer in place of the model",
    "Smith, Jr. (MIT, USA)",
    "open ( paren, and ) close",
    "> quote\n1. list\n```\nfence",
    "\u202eevil\u202c \x00\x1b[31m \ud800",
    "",
)


def a_ranked(position=1, **changes):
    at = datetime(2025, 5, 6, 17, tzinfo=UTC)
    paper = Paper(
        arxiv_id=changes.pop("arxiv_id", f"2505.{position:05}"),
        title=changes.pop("title", f"Paper {position} on $\\ell_1$ [norms]"),
        abstract=changes.pop("abstract", "An abstract of 5\\% length."),
        authors=changes.pop("authors", ("Ann Lee", r"Pietro Li\`o", "Bo Wu (MIT, USA)")),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=at,
        updated_at=at,
    )
    score = Score(paper.arxiv_id, 1, 9, 8, "It fits topic 1.")
    return Ranked(paper, replace(score, **changes), position, 1.0)


def a_digest(**changes):
    digest = Digest(
        channel="console:main",
        number=3,
        days=(date(2025, 5, 8),),
        totals=Totals(417, 292, 12),
        ranked=(a_ranked(1), a_ranked(2, arxiv_id="cs/0112017")),
        shown=1,
        scored_by="gpt-4o",
        selected_by=" 1. Norms\n    - Relevant: all\n\n He likes theory.",
        cost=TokenCost("gpt-4o", 28086, 3939, 28086 * 2.5e-6, 3939 * 10e-6),
    )
    return replace(digest, **changes)
