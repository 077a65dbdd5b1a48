"""Read a question: words, "quoted phrases", -excluded, and filters such as cat:cs.CL since:2026-10."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.arxiv_id import find_id
from bot.categories import CATEGORIES, suggest_category
from bot.models import Question

LONGEST_QUESTION = 1000  # characters
MOST_WORDS = 40

_TOKEN = re.compile(
    r"""(?P<not>(?<!\S)-(?=[^\s-]))?
        (?:(?P<field>[A-Za-z]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+))
        |"(?P<phrase>[^"]*)"
        |(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "−": "-", "\u00a0": " "})
_FIELDS = {
    "author": "author", "au": "author", "by": "author",
    "cat": "category", "category": "category",
    "since": "since", "after": "since", "from": "since",
    "until": "until", "before": "until", "to": "until",
    "seen": "seen", "liked": "liked",
}  # fmt: skip
_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
_SPAN = re.compile(r"(?P<count>\d{1,4})(?P<unit>[dwmy])", re.IGNORECASE)
_UNIT_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?")

# Words that ask rather than tell; only without any other word are they what is looked for.
_EMPTY = """
s t don doesn isn a about all also am an and any anything are as at be been but by can could did do does find
for from get give had has have how i in into is it its me my of on or our paper papers please recent search
should show so some something such than that the their them then there these they this those to towards us use
used using via want was we were what when where which while who why will with within without would you your
"""
EMPTY_WORDS = frozenset(_EMPTY.split())


@dataclass(slots=True)
class _Draft:
    """A question while it is read."""

    today: date
    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    authors: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    categories: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    first: date | None = None
    last: date | None = None
    seen: bool | None = None
    liked: bool | None = None
    arxiv_ids: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def parse_question(text: str, today: date) -> Question:
    """What a question asks for; never fails.

    Words are told apart from filters (`author:`, `cat:`, `since:`, `until:`, `seen:`, `liked:`), phrases in quotes,
    `-excluded` ones, and arXiv ids or addresses. A filter that cannot be understood is left out and remarked upon;
    other words with a colon are words. `today` is what 7d counts back from.
    """
    draft = _Draft(today)
    if len(text) > LONGEST_QUESTION:
        draft.remarks.append(f"only the first {LONGEST_QUESTION} characters were read")
    for token in _TOKEN.finditer(text[:LONGEST_QUESTION].translate(_QUOTES)):
        _take(draft, token)
    words = list(dict.fromkeys(draft.words))
    telling = [word for word in words if word.lower() not in EMPTY_WORDS]
    named = telling or draft.phrases or draft.arxiv_ids or draft.excluded or any((*draft.authors, *draft.categories))
    return Question(
        text=text[:LONGEST_QUESTION],
        words=tuple(telling if named else words)[:MOST_WORDS],
        phrases=tuple(dict.fromkeys(draft.phrases)),
        excluded=tuple(dict.fromkeys(draft.excluded)),
        authors=tuple(draft.authors[0]),
        without_authors=tuple(draft.authors[1]),
        categories=tuple(draft.categories[0]),
        without_categories=tuple(draft.categories[1]),
        first=draft.first,
        last=draft.last,
        seen=draft.seen,
        liked=draft.liked,
        arxiv_ids=tuple(dict.fromkeys(draft.arxiv_ids)),
        remarks=tuple(draft.remarks),
    )


def _take(draft: _Draft, token: re.Match[str]) -> None:
    negative = bool(token["not"])
    whole = token[0].removeprefix("-") if negative else token[0]
    if arxiv_id := find_id(whole):
        draft.arxiv_ids.append(arxiv_id)
    elif token["field"] and (name := _FIELDS.get(token["field"].lower())):
        value = token["quoted"] if token["quoted"] is not None else token["value"]
        _FILTERS[name](draft, value.strip(), negative)
    elif token["phrase"] is not None and not negative:
        if words := _WORD.findall(token["phrase"]):
            draft.phrases.append(" ".join(words))
    elif negative:
        if words := _WORD.findall(whole):
            draft.excluded.append(" ".join(words))
    else:
        draft.words += _WORD.findall(whole)


def _author(draft: _Draft, value: str, negative: bool) -> None:
    name = value.replace("_", " ").strip()
    if _WORD.search(name):
        draft.authors[negative].append(name)
    else:
        draft.remarks.append('author: wants a name: author:Hashimoto or author:"Tatsunori Hashimoto"')


def _category(draft: _Draft, value: str, negative: bool) -> None:
    archive = value.lower().removesuffix(".*").removesuffix("*")
    exact = {code.lower(): code for code in CATEGORIES}.get(value.lower())
    if exact:
        draft.categories[negative].append(exact)
    elif any(code.lower().startswith(f"{archive}.") for code in CATEGORIES):
        draft.categories[negative].append(f"{archive}.*")
    elif near := suggest_category(value[:100]):
        draft.remarks.append(f"cat:{value[:40]} is no category and was left out; did you mean cat:{near}?")
    else:
        draft.remarks.append(f"cat:{value[:40]} is no category and was left out; see arxiv.org/category_taxonomy")


def _since(draft: _Draft, value: str, negative: bool) -> None:
    if span := _dated(draft, "since", value):
        if negative:
            draft.last = span[0] - timedelta(days=1)
        else:
            draft.first = span[0]


def _until(draft: _Draft, value: str, negative: bool) -> None:
    if span := _dated(draft, "until", value):
        if negative:
            draft.first = span[1] + timedelta(days=1)
        else:
            draft.last = span[1]


def _dated(draft: _Draft, name: str, value: str) -> tuple[date, date] | None:
    span = parse_date(value, draft.today)
    if span is None:
        draft.remarks.append(f"{name}:{value[:40]} is no date and was left out; write 2026-10, 2026-10-03 or 7d")
    return span


def _seen(draft: _Draft, value: str, negative: bool) -> None:
    draft.seen = _yes_or_no(draft, "seen", value, draft.seen, negative=negative)


def _liked(draft: _Draft, value: str, negative: bool) -> None:
    draft.liked = _yes_or_no(draft, "liked", value, draft.liked, negative=negative)


def _yes_or_no(draft: _Draft, name: str, value: str, before: bool | None, *, negative: bool) -> bool | None:
    answer = _YES.get(value.lower())
    if answer is None:
        draft.remarks.append(f"{name}:{value[:40]} was left out; write {name}:yes or {name}:no")
        return before
    return answer != negative


_FILTERS: dict[str, Callable[[_Draft, str, bool], None]] = {
    "author": _author,
    "category": _category,
    "since": _since,
    "until": _until,
    "seen": _seen,
    "liked": _liked,
}


def parse_date(text: str, today: date) -> tuple[date, date] | None:
    """The first and last day of a year, a month or a day in ISO form; None if it is none of them.

    "7d", "2w", "3m" and "1y" are that long ago, counted from `today`; "today" and "yesterday" are what they say.
    """
    text = text.strip().lower()
    days_ago = {"today": 0, "yesterday": 1}.get(text)
    if span := _SPAN.fullmatch(text):
        days_ago = int(span["count"]) * _UNIT_DAYS[span["unit"].lower()]
    try:
        if days_ago is not None:
            day = today - timedelta(days=days_ago)
            return day, day
        match = _DATE.fullmatch(text)
        return _calendar(match) if match else None
    except (ValueError, OverflowError):
        return None


def _calendar(match: re.Match[str]) -> tuple[date, date]:
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    year = year or 0
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        first = date(year, month, 1)
        return first, first.replace(day=monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)
