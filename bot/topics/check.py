"""Say what looks wrong in a topics file, in its reader's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from bot.categories import CATEGORIES
from bot.models import Topic
from bot.text import cut
from bot.topics.drafts import Found

# More than this is a mistake, not a list of topics.
MOST_READ = 200_000
_LONG_FILE = 20_000
_LONG_TOPIC = 3_000
_MANY_TOPICS = 40
_PAIRS_AMONG = 100
_NEARLY_SAME = 0.8
_MOST_NAMED = 5
_WORD = re.compile(r"\w+")


def warnings_of(raw: str, found: Found, keywords: Mapping[str, Sequence[str]], *, has_prompt: bool) -> tuple[str, ...]:
    """Warnings about a parsed file; `has_prompt` says that instructions to a model were left out."""
    return (
        *_about_emptiness(raw, found, keywords),
        *_about_rest(found, has_prompt=has_prompt),
        *_about_numbers(found.numbers, len(found.topics)),
        *_about_each(found),
        *_about_categories(found.topics),
        *islice(_about_likeness(found.topics), _MOST_NAMED),
        *_about_size(raw, found.topics),
    )


def _about_emptiness(raw: str, found: Found, keywords: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if not raw.strip():
        yield "The file is empty. Write one topic a line, as in: 1. Quantization of language models"
    elif found.topics:
        return
    elif keywords:
        yield "There are keywords but no topics; papers will be compared with the relevant keywords only."
    elif found.taste:
        yield "No topics were found, only prose; papers will be compared with it as a whole. Number your topics: 1. …"
    else:
        yield "No topics were found. Write one topic a line, as in: 1. Quantization of language models"


def _about_rest(found: Found, *, has_prompt: bool) -> Iterator[str]:
    if has_prompt:
        yield "The file holds instructions to a model; only its topics, keywords and taste were read."
    if found.n_empty:
        places = "one place" if found.n_empty == 1 else f"{found.n_empty:,} places"
        yield f"In {places} a topic begins but says nothing that is relevant; it was left out."


def _about_numbers(written: Sequence[int], count: int) -> Iterator[str]:
    repeated = [number for number, times in Counter(written).items() if times > 1]
    if repeated:
        named = ", ".join(map(str, repeated[:_MOST_NAMED])) + (", …" if len(repeated) > _MOST_NAMED else "")
        numbers = f"The number {named} stands" if len(repeated) == 1 else f"The numbers {named} stand"
        yield f"{numbers} before more than one topic; topics are counted from 1 to {count} here."


def _about_each(found: Found) -> Iterator[str]:
    untitled = frozenset(found.untitled)
    for topic in found.topics:
        title = cut(topic.title, 40)
        if topic.number in untitled:
            yield f"Topic {topic.number} has no title; its beginning ({title}) stands for one."
        elif topic.not_relevant and not topic.relevant:
            yield f"Topic {topic.number} ({title}) says only what is not relevant; papers are compared with its title."
        elif topic.not_relevant and topic.not_relevant == topic.relevant:
            yield f"Topic {topic.number} ({title}) has the same text as relevant and as not relevant."


def _about_categories(topics: Sequence[Topic]) -> Iterator[str]:
    names = [topic.title for topic in topics if topic.title in CATEGORIES and not topic.relevant]
    if names:
        told = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
        yield (
            f"{told}: a category of arXiv is no topic; put it into the settings (categories = …), "
            "and say in words what you want."
        )


def _about_likeness(topics: Sequence[Topic]) -> Iterator[str]:
    words = [frozenset(_WORD.findall(topic.title.lower())) for topic in topics[:_PAIRS_AMONG]]
    for second, later in enumerate(words):
        for first, earlier in enumerate(words[:second]):
            if later and len(later & earlier) >= _NEARLY_SAME * len(later | earlier):
                title = cut(topics[second].title, 40)
                yield f"Topics {first + 1} and {second + 1} have nearly the same title ({title})."
                break


def _about_size(raw: str, topics: Sequence[Topic]) -> Iterator[str]:
    if len(raw) > MOST_READ:
        yield f"The file is far too long ({len(raw):,} characters); only {MOST_READ:,} of them were read."
    elif len(raw) > _LONG_FILE:
        yield f"The file is very long ({len(raw):,} characters); a model reads all of it for every batch of papers."
    if len(topics) > _MANY_TOPICS:
        yield f"{len(topics):,} topics are many; a reader's list usually has fewer than {_MANY_TOPICS}."
    for topic in topics:
        size = len(topic.title) + len(topic.relevant) + len(topic.not_relevant)
        if size > _LONG_TOPIC:
            yield f"Topic {topic.number} is very long ({size:,} characters); in a chat it may hold {_LONG_TOPIC:,}."
            break
