"""What a channel has to write down: ordinary papers, and papers with hostile titles."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.library.export import Collected, Listed, Opinion, PostedPaper
from tests.builders import a_paper

TODAY = date(2025, 6, 4)
HOSTILE = (
    "a | b || c",
    "[a link](https://evil.example/x) <img src=x onerror=alert(1)>",
    "<!-- a comment begins",
    "a [//]: #06/12 in the middle",
    "`code` **bold** _it_ ~~struck~~",
    r"$\alpha$-$\beta$ of Li\`o & co: 4.89\% {better",
    "@channel <!here> <@U123> everyone",
    "https://evil.example/abs/2401.00001 see arXiv:2401.00002v3",
    "- a bullet",
    "# a heading",
    "> a quotation",
    "=HYPERLINK(1)",
    "+1 @SUM(A1)",
    "![Publish](https://img.shields.io/badge/Conference-X-blue) badge",
    "&lt;b&gt; &amp; &#124; &",
    "日本語のタイトル 🚀",
    "ends in a backslash \\",
    "unbalanced [ ( {",
    "unbalanced ] ) }",
    "\u202eevil\u202c \x00\x1b[31m \ud800 bytes",
    "]]> <![CDATA[ ?> <?xml",
    "% a comment, a_b^c #1 ~ and \\input{/etc/passwd}",
    "Dots · and — dashes",
)
SECTIONS = ("Quantization: of models", "Reasoning | thought [x](y)")


def papers(titles=HOSTILE, **changes):
    """A paper for each title, on days to both sides of the 30 days."""
    return tuple(
        a_paper(
            f"2505.{number:05d}",
            title=title,
            listing_day=date(2025, 5, 8) if number % 2 else date(2025, 5, 2),
            **changes,
        )
        for number, title in enumerate(titles, start=1)
    )


def collected(listed=(), **changes):
    values = {"channel": "team", "address": "slack/C1", "today": TODAY, "sections": SECTIONS}
    return Collected(**{**values, "listed": tuple(listed), **changes})


def in_sections(some):
    """Each paper in the first section, the second, or none, by turns."""
    return tuple(Listed(paper, (*SECTIONS, "")[number % 3]) for number, paper in enumerate(some))


def posted(some, hour=9):
    return tuple(
        PostedPaper(paper, datetime(2025, 5, 8, hour, number, tzinfo=UTC), 8, 5, f"about {paper.title}")
        for number, paper in enumerate(some)
    )


def opinions(some, emoji="👍", worth=1.0):
    return tuple(Opinion(date(2025, 5, 9), paper, 1 + n % 2, emoji, worth, 3, n + 1) for n, paper in enumerate(some))
