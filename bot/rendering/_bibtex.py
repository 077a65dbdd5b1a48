"""A paper as a BibTeX entry."""

from __future__ import annotations

from bot.models import Paper
from bot.text import one_line


def bibtex(paper: Paper) -> str:
    """The entry arXiv's readers expect: @misc with eprint, archivePrefix and primaryClass. Its text stays LaTeX."""
    fields = {
        "title": paper.title,
        "author": " and ".join(paper.authors),
        "year": str(paper.published_at.year),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary_category,
        "url": paper.abs_url,
    }
    lines = ",\n".join(f"  {name} = {{{_balanced(one_line(value))}}}" for name, value in fields.items() if value)
    return f"@misc{{arXiv:{paper.arxiv_id},\n{lines}\n}}"


def _balanced(text: str) -> str:
    """The text with its braces if they match, else without: a lost one would swallow the rest of the file."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
    return text if depth == 0 else text.replace("{", "").replace("}", "")
