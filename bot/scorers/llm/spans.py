"""Where in a text its values stand: everything between brackets that can be decoded, whatever is around it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.scorers.llm.entries import decode

_LONGEST_SPAN = 8_000
_DEEPEST = 200
_MOST_SPANS = 20_000


def spans_in(text: str, *, spans_lines: bool) -> Iterator[tuple[int, int]]:
    """Where the values of a text begin and end: the largest that can be decoded, else the objects within.

    A quote that was never closed swallows the rest, unless `spans_lines` is false: then a line's end closes it.
    """
    closed = _closed(text, spans_lines=spans_lines)
    after = -1
    for start, end, depth in sorted(closed, key=lambda span: (span[0], -span[1])):
        if start < after:
            continue
        is_small = end - start <= _LONGEST_SPAN and text[start] == "{"
        if (depth < 3 and decode(text[start:end]) is not None) or (is_small and "{" not in text[start + 1 : end]):
            after = end
            yield start, end


def _closed(text: str, *, spans_lines: bool) -> list[tuple[int, int, int]]:
    """Start, end and depth of everything between brackets that belong together; quotes count inside brackets only."""
    spans: list[tuple[int, int, int]] = []
    opened: list[int] = []
    in_string = escaped = False
    for place, char in enumerate(text):
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"' or (char == "\n" and not spans_lines):
                in_string = False
        elif char in "{[":
            opened.append(place)
        elif opened and char == '"':
            in_string = True
        elif opened and char in "}]":
            start = opened.pop()
            if len(opened) < _DEEPEST and len(spans) < _MOST_SPANS:
                spans.append((start, place + 1, len(opened)))
    return spans
