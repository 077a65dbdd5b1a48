"""arXiv ids as people paste them."""

from __future__ import annotations

import re

_ID = re.compile(
    r"""(?:<?https?://[^\s/]*\barxiv\.org/(?:abs|pdf|html|format|src)/|<?https?://[^\s/]+/papers/
        |arxiv\.org/(?:abs|pdf|html)/|arxiv:\s?)?
        (?P<id>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7})
        (?:v\d{1,3})?(?:\.pdf)?(?:[?\#][^\s>]*)?/?>?[.,;]?""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)


def find_id(word: str) -> str:
    """The base id that a word is: bare, with `arXiv:`, a version, or an address; empty if it is something else.

    >>> find_id("https://arxiv.org/pdf/2505.03801v2")
    '2505.03801'
    """
    match = _ID.fullmatch(word)
    if not match:
        return ""
    archive, slash, number = match["id"].partition("/")
    # A subject class is no part of an old id: math.GT/0309136 is math/0309136.
    return f"{archive.partition('.')[0].lower()}/{number}" if slash else match["id"]
