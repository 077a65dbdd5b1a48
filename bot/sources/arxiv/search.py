"""A question in the search language of arXiv's API. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.models import Question

_ALL_NEEDED = 3  # more words than this: arXiv finds too little if it must find each
_MOST_WORDS = 12
_FOREIGN = re.compile(r"[^\w.-]+")
_CATEGORY = re.compile(r"[A-Za-z-]+(?:\.(?:[A-Za-z-]+|\*))?")


def search_query(question: Question) -> str:
    """The query arXiv should be asked; empty if the question names nothing arXiv could look for.

    Lucene's classic parser has no precedence, so every alternative stands in parentheses. What was typed never becomes
    an operator: only letters, digits, dots and hyphens are left of it.
    """
    needed = [f'all:"{_plain(phrase)}"' for phrase in question.phrases if _plain(phrase)]
    needed += [_author(name) for name in question.authors if _plain(name)]
    needed += [f"cat:{name}" for name in question.categories if _CATEGORY.fullmatch(name)]
    words = [f"all:{word}" for word in _telling(question.words)]
    if words and len(words) <= _ALL_NEEDED:
        needed += words
    elif words:
        needed.append(f"({' OR '.join(words)})")
    if not needed:
        return ""
    if question.first or question.last:
        first = f"{question.first:%Y%m%d}0000" if question.first else "199101010000"
        last = f"{question.last:%Y%m%d}2359" if question.last else "299912312359"
        needed.append(f"submittedDate:[{first} TO {last}]")
    unwanted = [f'all:"{_plain(text)}"' for text in question.excluded if _plain(text)]
    unwanted += [_author(name) for name in question.without_authors if _plain(name)]
    unwanted += [f"cat:{name}" for name in question.without_categories if _CATEGORY.fullmatch(name)]
    return " ANDNOT ".join([" AND ".join(needed), *unwanted])


def _telling(words: tuple[str, ...]) -> list[str]:
    plain = [part for word in words for part in _plain(word).split()]
    return list(dict.fromkeys(word for word in plain if word not in {"AND", "OR", "ANDNOT"}))[:_MOST_WORDS]


def _author(name: str) -> str:
    return f'au:"{_plain(name)}"'


def _plain(text: str) -> str:
    """Words without anything that means something to the search, accents taken off as arXiv does."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(part for raw in _FOREIGN.sub(" ", bare).split() if (part := raw.strip("-.")))
