"""Read the title of a paper out of a post of ours."""

from __future__ import annotations

import re

from bot.text import cut

_POSITION = re.compile(r"^\d+(?:\.| ·) ")
_SHORT_TITLE = 80


def without_position(title: str) -> str:
    """A paper's title without the position that stands before it in a post."""
    return _POSITION.sub("", title)


def quoted_title(text: str) -> str:
    """The paper that a post's text is about, as a confirmation names it."""
    title = cut(without_position(text.partition("\n")[0]), _SHORT_TITLE)
    return f"“{title}”" if title else "this paper"
