"""Topics text to Topics: what a channel's readers want to see, as they wrote it down.

Parsing never fails. The raw text stays the prompt of record; what was understood of it is shown to the reader, with
warnings about what looks wrong.
"""

from __future__ import annotations

from bot.topics.edit import topic_source, with_topic
from bot.topics.parse import parse_topics
from bot.topics.query import is_negative, positive_taste, query_text
from bot.topics.show import render_understood

__all__ = [
    "is_negative",
    "parse_topics",
    "positive_taste",
    "query_text",
    "render_understood",
    "topic_source",
    "with_topic",
]
