"""What Discord takes for an emoji."""

from __future__ import annotations

import re

_CUSTOM = re.compile(r"\w{2,32}:\d{15,21}")
_SIGNS = re.compile(
    "(?:[0-9#*]\ufe0f?\u20e3)"  # keycaps
    "|(?:[\U0001f1e6-\U0001f1ff]{2})"  # flags
    "|(?:[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u203c-\u3299\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*)"
)


def is_emoji(text: str) -> bool:
    """Whether Discord takes this as an emoji: a sign, or `name:id` of a guild's own."""
    return bool(_CUSTOM.fullmatch(text) or _SIGNS.fullmatch(text))


def key_of(emoji: str) -> str:
    """The same for all spellings of an emoji; a guild's own goes by its id alone."""
    return emoji.rpartition(":")[2] if ":" in emoji else emoji.replace("\ufe0f", "")
