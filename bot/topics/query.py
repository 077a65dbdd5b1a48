"""What a paper should resemble, out of Topics."""

from __future__ import annotations

from bot.models import Topics
from bot.topics.keywords import RELEVANT
from bot.topics.taste import is_negative, wanted_clauses

__all__ = ["is_negative", "positive_taste", "query_text"]


def positive_taste(topics: Topics) -> tuple[str, ...]:
    """The sentences of taste that say what is wanted; of a mixed one only its beginning, up to "but" or "not"."""
    return tuple(clause for sentence in topics.taste if (clause := wanted_clauses(sentence)))


def query_text(topics: Topics) -> str:
    """Everything a paper should resemble: topics with their relevant parts, relevant keywords, wanted taste.

    Never the not-relevant parts, the irrelevant or application keywords, or sentences about what is not wanted. Empty
    if the file says nothing.
    """
    keywords = ", ".join(topics.keywords.get(RELEVANT, ()))
    pieces = (*(topic.text for topic in topics.topics), keywords, *positive_taste(topics))
    return "\n".join(piece for piece in pieces if piece)
