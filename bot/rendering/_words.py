"""Write dates, money, counts and topics as a reader would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.models import TokenCost, Topic, Topics
from bot.text import cut, readable

# Written out, because strftime would follow the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_DAYS = 4
_LONGEST_DAYS = 60
_LONGEST_LABEL = 32
_WHOLE_TITLE_WORDS = 3
_LABEL_WORDS = 3

_OPENING = re.compile(
    "a|about|advancements|advances|and|any|approaches|emerging|for|general|improved|improving|in|latest|methods|new"
    "|novel|of|on|or|papers|recent|research|studies|techniques|the|topics|towards|works?",
    re.IGNORECASE,
)
_END = re.compile(
    "and|approaches|as|at|by|for|from|in|into|large|methods?|of|on|or|such|techniques|that|through|to|towards|using|via"
    "|where|which|while|with|within|without",
    re.IGNORECASE,
)


def long_date(day: date) -> str:
    """A date with its weekday: "Thu 8 May 2025"."""
    return f"{_short_date(day)} {day.year}"


def _short_date(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def joined_dates(days: Sequence[date], newest: date) -> str:
    """Several earlier days, as short as they can be said beside `newest`: "Tue 6 and Wed 7 May".

    More than four, or days far apart, are counted instead: "the 9 listings since Fri 25 Apr".
    """
    days = sorted(days)
    named = _named(days, newest) if len(days) <= _MOST_DAYS else ""
    if named and len(named) <= _LONGEST_DAYS:
        return named
    return f"the {len(days)} listings since {_beside(days[0], newest)}"


def _named(days: Sequence[date], newest: date) -> str:
    words = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        same_month = following is not None and (day.year, day.month) == (following.year, following.month)
        words.append(f"{_WEEKDAYS[day.weekday()]} {day.day}" if same_month else _beside(day, newest))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _beside(day: date, newest: date) -> str:
    return _short_date(day) if day.year == newest.year else long_date(day)


def money(cost: TokenCost) -> str:
    """What a digest cost: "$0.11", "under $0.01", or "cost unknown" where a price is missing."""
    if cost.prompt_usd is None or cost.completion_usd is None:
        return "cost unknown"
    usd = cost.prompt_usd + cost.completion_usd
    return "under $0.01" if 0 < usd < 0.01 else f"${usd:,.2f}"


def topic_name(number: int, topics: Topics) -> str:
    """A topic as readers see it: "topic 1 (quantization)"; the number alone where the topics do not say more."""
    return f"topic {labelled(number, topics)}"


def labelled(number: int, topics: Topics) -> str:
    """The number with its short label: "1 (quantization)"."""
    label = next((topic_label(topic) for topic in topics.topics if topic.number == number), "")
    return f"{number} ({label})" if label else str(number)


def topic_label(topic: Topic) -> str:
    """A topic's title in one to three words: its first phrase, without openings such as "novel methods for".

    "Advancements in KV-Cache Compression Techniques for Large Models" becomes "KV-cache compression"; a title of
    three words stays whole. Empty for an empty title.
    """
    title = re.sub(r"\([^)]*\)|[*_`#]", " ", readable(topic.title))
    phrase = next((part for part in re.split(r"[:;,.–—]", title) if part.strip()), "")
    words = phrase.split()
    if len(words) > _WHOLE_TITLE_WORDS:
        words = _first_phrase(words)
    return cut(" ".join(_lowered(word) for word in words), _LONGEST_LABEL)


def _first_phrase(words: Sequence[str]) -> Sequence[str]:
    start = next((index for index, word in enumerate(words) if not _OPENING.fullmatch(word)), 0)
    end = start + 1
    while end < min(len(words), start + _LABEL_WORDS) and not _END.fullmatch(words[end]):
        end += 1
    return words[start:end]


def _lowered(word: str) -> str:
    """The word in lower case, part by part; acronyms and names such as LoRA keep theirs."""
    return "-".join(part if part[1:] != part[1:].lower() else part.lower() for part in word.split("-"))
