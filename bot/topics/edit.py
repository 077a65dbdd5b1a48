"""One topic of a topics text, to be edited alone."""

from __future__ import annotations

from bisect import bisect_left

from bot.topics.parse import parse_topics

MOST_LINES = 400


def topic_source(raw: str, number: int) -> str | None:
    """The lines of a topic (1-based, as `parse_topics` counts) as written; None if they cannot be told apart.

    That is so for a text of more than 400 lines, or in a form in which a topic does not stand in lines of its own.
    """
    span = _span(raw, number)
    return None if span is None else "".join(raw.splitlines(keepends=True)[slice(*span)]).strip("\r\n")


def with_topic(raw: str, number: int, text: str) -> str | None:
    """The whole text with a topic's lines replaced; an empty `text` takes the topic out.

    None if the lines cannot be told apart, if any other topic would change by it, or if `text` says nothing that is a
    topic.
    """
    span = _span(raw, number)
    if span is None:
        return None
    lines = raw.splitlines(keepends=True)
    new = [f"{text.strip()}\n"] if text.strip() else []
    changed = "".join([*lines[: span[0]], *new, *lines[span[1] :]])
    before, after = parse_topics(raw).topics, parse_topics(changed).topics
    added = len(after) - len(before) + 1
    if added < 0 or (added == 0) != (not new):
        return None
    kept = [(one.title, one.relevant, one.not_relevant) for one in (*before[: number - 1], *before[number:])]
    others = (*after[: number - 1], *after[number - 1 + added :])
    return changed if kept == [(one.title, one.relevant, one.not_relevant) for one in others] else None


def _span(raw: str, number: int) -> tuple[int, int] | None:
    """The first line of a topic and the line after its last, found by how much of the text it takes to read it."""
    lines = raw.splitlines(keepends=True)
    topics = parse_topics(raw).topics
    if not 1 <= number <= len(topics) or len(lines) > MOST_LINES:
        return None
    wanted = topics[number - 1]

    def begun(upto: int) -> bool:
        return len(parse_topics("".join(lines[:upto])).topics) >= number

    def complete(upto: int) -> bool:
        found = parse_topics("".join(lines[:upto])).topics
        return len(found) >= number and found[number - 1] == wanted

    counts = range(len(lines) + 1)
    start = bisect_left(counts, True, key=begun) - 1
    end = bisect_left(counts, True, key=complete)
    if not 0 <= start < end or not complete(end):
        return None
    own = parse_topics("".join(lines[start:end])).topics
    return (start, end) if len(own) == 1 and own[0].title == wanted.title else None
