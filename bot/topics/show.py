"""What `paperlark topics check FILE` prints: the file as it was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.models import Topic, Topics
from bot.text import cut
from bot.topics.taste import wanted_clauses


def render_understood(topics: Topics, most: int | None = 160) -> str:
    """Topics, taste, keywords and warnings as plain text, each part cut to `most` characters; None cuts nothing."""
    lines = [_summary(topics)]
    for topic in topics.topics:
        lines += ["", *_topic_lines(topic, most)]
    if topics.taste:
        lines += ["", "Taste (+ wanted, - not wanted)", *(_taste_line(sentence, most) for sentence in topics.taste)]
    if topics.keywords:
        lines += ["", "Keywords"]
        lines += [
            f"  {name} ({len(phrases)}): {_short(', '.join(phrases), most)}"
            for name, phrases in topics.keywords.items()
        ]
    if topics.warnings:
        lines += ["", "Warnings", *(f"  ! {warning}" for warning in topics.warnings)]
    return "\n".join(lines) + "\n"


def _summary(topics: Topics) -> str:
    counts = (
        _count(topics.topics, "topic"),
        _count(topics.taste, "sentence") + " of taste",
        _count(topics.keywords, "keyword list"),
        _count(topics.warnings, "warning"),
    )
    return ", ".join(counts)


def _count(things: Sequence[object] | object, noun: str) -> str:
    number = len(things)  # type: ignore[arg-type]
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _topic_lines(topic: Topic, most: int | None) -> Iterator[str]:
    yield f"{topic.number}. {_short(topic.title, most)}"
    yield f"   relevant:     {_short(topic.relevant, most) or '(nothing beyond the title)'}"
    if topic.not_relevant:
        yield f"   not relevant: {_short(topic.not_relevant, most)}"


def _taste_line(sentence: str, most: int | None) -> str:
    return f"  {'+' if wanted_clauses(sentence) else '-'} {_short(sentence, most)}"


def _short(text: str, most: int | None) -> str:
    return text if most is None else cut(text, most)
