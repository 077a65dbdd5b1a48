"""Escape text from outside for a Markdown page: harmless, and read back as it was.

Ordinary titles and abstracts stay letter for letter. Only what a Markdown viewer would act on (tags, links, pictures)
or what would blur a field's end is written as a character reference, and a reference that stood there already is
protected.
"""

from __future__ import annotations

import html
import re

_REFERENCE = re.compile(r"&(?=(?:amp|lt|#33|#40|#41|#42|#44|#91|#93|#96|#124);)")
_WRITTEN = re.compile(r"&(?:amp|lt|#33|#40|#41|#42|#44|#91|#93|#96|#124);")
_PICTURE = re.compile(r"!(?=\[)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def escape(text: str) -> str:
    """One line that a Markdown viewer shows as text."""
    text = _REFERENCE.sub("&amp;", text)
    return _TAG.sub("&lt;", text).replace("](", "&#93;(").replace("][", "&#93;[")


def escape_title(title: str) -> str:
    """A title that can stand between the brackets of a link."""
    escaped = _PICTURE.sub("&#33;", escape(title))
    if title.count("*") > 1 or title.count("`") > 1:
        escaped = escaped.replace("*", "&#42;").replace("`", "&#96;")
    return escaped if _is_balanced(escaped, "[", "]") else escaped.replace("[", "&#91;").replace("]", "&#93;")


def escape_author(author: str) -> str:
    """A name that can stand in a list separated by commas."""
    escaped = escape(author)
    if split_authors(author) == (author,) and _is_balanced(author, "(", ")"):
        return escaped
    return escaped.replace(",", "&#44;").replace("(", "&#40;").replace(")", "&#41;")


def escape_cell(text: str) -> str:
    """A text that can stand in a table's cell in brackets."""
    return escape(text).replace("|", "&#124;").replace("[", "&#91;").replace("]", "&#93;")


def unescape(text: str) -> str:
    """The text as it was before it was escaped."""
    return _WRITTEN.sub(lambda reference: html.unescape(reference[0]), text)


def split_authors(text: str) -> tuple[str, ...]:
    """The names of an escaped list; a comma in parentheses belongs to an affiliation."""
    names: list[str] = []
    start = depth = 0
    for index, char in enumerate(text):
        depth = max(0, depth + (char == "(") - (char == ")"))
        if char == "," and depth == 0:
            names.append(text[start:index])
            start = index + 1
    return tuple(stripped for name in [*names, text[start:]] if (stripped := name.strip()))


def _is_balanced(text: str, opening: str, closing: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == opening) - (char == closing)
        if depth < 0:
            return False
    return depth == 0
