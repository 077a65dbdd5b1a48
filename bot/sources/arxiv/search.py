"""A question in the search language of arXiv's API. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.models import Question
from bot.text import without_accents

_ALL_NEEDED = 3  # more words than this: arXiv finds too little if it must find each
_MOST_WORDS = 12
_FOREIGN = re.compile(r"[^\w.-]+")
_CATEGORY = re.compile(r"[A-Za-z-]+(?:\.(?:[A-Za-z-]+|\*))?")


def search_query(question: Question) -> str:
    """The query arXiv should be asked; empty if the question names nothing arXiv could look for.

    Lucene's classic parser has no precedence, so every alternative stands in parentheses. What was typed never becomes
    an operator: only letters, digits, dots and hyphens are left of it.
    """
    needed = [*_named(question.phrases, question.authors, question.categories), *_words(question.words)]
    if not needed:
        return ""
    unwanted = _named(question.excluded, question.without_authors, question.without_categories)
    return " ANDNOT ".join([" AND ".join([*needed, *_span(question)]), *unwanted])


def _named(phrases: Iterable[str], authors: Iterable[str], categories: Iterable[str]) -> list[str]:
    """Clauses for phrases, authors and categories, as far as something searchable is left of them."""
    found = [f'all:"{plain}"' for phrase in phrases if (plain := _plain(phrase))]
    found += [f'au:"{plain}"' for name in authors if (plain := _plain(name))]
    return found + [f"cat:{name}" for name in categories if _CATEGORY.fullmatch(name)]


def _words(words: Iterable[str]) -> list[str]:
    """Clauses for single words: each is needed if they are few, any of them if they are many."""
    clauses = [f"all:{word}" for word in _telling(words)]
    return clauses if len(clauses) <= _ALL_NEEDED else [f"({' OR '.join(clauses)})"]


def _span(question: Question) -> list[str]:
    if not (question.first or question.last):
        return []
    first = f"{question.first:%Y%m%d}0000" if question.first else "199101010000"
    last = f"{question.last:%Y%m%d}2359" if question.last else "299912312359"
    return [f"submittedDate:[{first} TO {last}]"]


def _telling(words: Iterable[str]) -> list[str]:
    plain = [part for word in words for part in _plain(word).split()]
    return list(dict.fromkeys(word for word in plain if word not in {"AND", "OR", "ANDNOT"}))[:_MOST_WORDS]


def _plain(text: str) -> str:
    """Words without anything that means something to the search, accents taken off as arXiv does."""
    return " ".join(part for raw in _FOREIGN.sub(" ", without_accents(text)).split() if (part := raw.strip("-.")))
