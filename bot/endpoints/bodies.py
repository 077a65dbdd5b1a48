"""What the body of a refusal says: an object, a list, a text or a page, laid flat."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from bot.redaction import redacted

_MOST_READ = 20_000
_MOST_LEAF = 1_000
_MOST_SAID = 6_000
_MOST_NOTE = 300
_PAGE = re.compile(r"<\s*(?:!doctype\s+html|html|head|body|title|center|h1)\b", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,2000}>")
# Some servers repeat the request, or the text they object to: words in it are not theirs.
_ECHOES = {"input", "flagged_input", "messages", "prompt", "request", "body", "failed_generation", "url"}
_CODES = {"code", "type", "status", "status_code", "http_code", "error_code"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a body says: "key: value" for every value in it; a page's text.

    `names` are the values under "param" and "loc", `numbers` those of codes and statuses.
    """

    text: str
    names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    is_page: bool = False
    is_json: bool = False


def said_in(body: bytes | str) -> Said:
    """What a body of any form says."""
    text = body if isinstance(body, str) else body[:_MOST_READ].decode("utf-8", "replace")
    text = text[:_MOST_READ].lstrip("\ufeff").strip()
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        decoded = None
    if isinstance(decoded, (dict, list)):
        return said_by(decoded)
    is_page = bool(_PAGE.search(text[:2000]))
    plain = html.unescape(_TAGS.sub(" ", text)) if is_page else text
    return Said(" ".join(plain[:_MOST_SAID].split()), is_page=is_page)


def said_by(decoded: Any) -> Said:
    """What a decoded body says."""
    lines, names, numbers = [], [], []
    length = 0
    for key, value in _leaves(decoded):
        if key in {"param", "loc"} and isinstance(value, str):
            names.append(value)
        if key in _CODES and str(value).isdigit() and len(str(value)) < 6:
            numbers.append(int(str(value)))
        line = f"{key}: {str(value)[:_MOST_LEAF]}" if key else str(value)[:_MOST_LEAF]
        lines.append(line)
        length += len(line)
        if length > _MOST_SAID:
            break
    text = " ".join(" · ".join(lines).split())
    return Said(text, tuple(names), tuple(numbers), is_json=True)


def _leaves(decoded: Any) -> Iterator[tuple[str, object]]:
    """Every value with the key it stands under, without recursion: a body may nest a thousand times."""
    left: list[tuple[str, Any]] = [("", decoded)]
    for _ in range(2_000):
        if not left:
            return
        key, value = left.pop()
        if key in _ECHOES:
            yield key, ""
        elif isinstance(value, dict):
            left += [(str(name), value[name]) for name in reversed(value)]
        elif isinstance(value, list):
            left += [(key, one) for one in reversed(value)]
        elif value is not None and not isinstance(value, bool):
            yield key, value


def note(text: str, secrets: Collection[str] = ()) -> str:
    """What a server said, on one line of bounded length, without these secrets or anything that looks like one.

    Some servers repeat the request that they refuse, its headers included.
    """
    return " ".join(redacted(text[:_MOST_READ], secrets).split())[:_MOST_NOTE]
