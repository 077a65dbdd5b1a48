"""Turn topics into texts that papers can be compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.models import Topics

KEYWORDS = 0  # the number of the interest made of the keyword list
WHOLE_TEXT = -1  # the number of the interest made of a text without topics

_UNWANTED = re.compile(r"(?i)^[\s>*_\-•]*(not[\s-]+relevant|irrelevant|filter|exclude|application)\b[^:]*:?")
_LABEL = re.compile(r"(?i)^[\s>*_\-•]*(relevant|keep)\b[\s*_]*:[\s*_]*")
_NOTHING = re.compile(r"(?i)^\W*(n/?a|none)?\W*$")


@dataclass(frozen=True, slots=True)
class Interest:
    """One thing the channel wants. `number` is the topic's, 0 for the keyword list, -1 for a text without topics."""

    number: int
    text: str

    @property
    def name(self) -> str:
        """How a reader would call it."""
        return {KEYWORDS: "your keywords", WHOLE_TEXT: "your topics text"}.get(self.number, f"topic {self.number}")


def interests(topics: Topics) -> tuple[Interest, ...]:
    """The interests of a topics text: its topics and its keywords, or else the text itself.

    What is marked as not relevant is no part of any: comparing with it would bring the unwanted papers up. Empty for an
    empty text.
    """
    found = [Interest(topic.number, topic.text) for topic in topics.topics if not _NOTHING.match(topic.text)]
    keywords = topics.keywords.get("relevant", ())
    if keywords:
        found.append(Interest(KEYWORDS, ", ".join(keywords)))
    if not found:
        text = wanted_lines(topics.raw)
        found = [] if _NOTHING.match(text) else [Interest(WHOLE_TEXT, text)]
    return tuple(found)


def wanted_lines(text: str) -> str:
    """The text without lines that say what is not relevant, and without the word "Relevant:" before the others."""
    lines = (line for line in text.splitlines() if not _UNWANTED.match(line))
    return "\n".join(_LABEL.sub("", line) for line in lines).strip()
