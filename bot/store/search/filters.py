"""Turn a question's filters into one flag for each paper."""

from __future__ import annotations

import json
import re
from datetime import date

import numpy as np
from sqlite_utils import Database as SqliteUtils

from bot.models import Question
from bot.people import is_author
from bot.store.search.fts import Flags, Ids, matching, phrase

_TOKEN = re.compile(r"[^\W_]+")
_IN_IDS = "SELECT id FROM papers WHERE arxiv_id IN (SELECT value FROM json_each(?))"


def allowed(
    db: SqliteUtils, question: Question, newest: int, among: frozenset[str] | None, without: frozenset[str]
) -> Flags | None:
    """`(newest + 1,)` flags by papers.id: those that phrases and filters leave; None if the question has neither."""
    wanted = [*_wanted(db, question)]
    unwanted = [*_unwanted(db, question)]
    if among is not None:
        wanted.append(_ids(db, _IN_IDS, json.dumps(sorted(among))))
    if without:
        unwanted.append(_ids(db, _IN_IDS, json.dumps(sorted(without))))
    if not wanted and not unwanted:
        return None
    flags = np.ones(newest + 1, dtype=np.bool_)
    flags[0] = False  # ids begin at 1
    for ids in wanted:
        these = np.zeros(newest + 1, dtype=np.bool_)
        these[ids] = True
        flags &= these
    for ids in unwanted:
        flags[ids] = False
    return flags


def _wanted(db: SqliteUtils, question: Question) -> list[Ids]:
    found = [matching(db, phrase(text)) for text in question.phrases]
    found += [_by_author(db, name) for name in question.authors]
    found += [_in_category(db, name) for name in question.categories]
    if question.first or question.last:
        found.append(_in_days(db, question.first, question.last))
    return found


def _unwanted(db: SqliteUtils, question: Question) -> list[Ids]:
    found = [matching(db, phrase(text)) for text in question.excluded]
    found += [_by_author(db, name) for name in question.without_authors]
    found += [_in_category(db, name) for name in question.without_categories]
    return found


def _by_author(db: SqliteUtils, name: str) -> Ids:
    """The words of the name find papers by people called so; reading the names keeps those of one such person."""
    parts = _TOKEN.findall(name)
    whole = [part for part in parts if len(part) > 1]
    if not whole:
        return np.zeros(0, dtype=np.int64)
    if len(parts) == 1:
        return matching(db, f"{{authors}} : {phrase(name)}")
    surname = _TOKEN.findall(name.partition(",")[0])[-1] if "," in name else whole[-1]
    # First names may be printed as initials, and initials typed for them: reading the names decides.
    others = [f"({phrase(part)} OR {phrase(part[0])})" for part in whole if part != surname]
    expression = f"{{authors}} : ({' AND '.join([phrase(surname), *others])})"
    query = "SELECT id, authors FROM papers WHERE id IN (SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?)"
    rows = db.execute(query, [expression])
    return np.fromiter(
        (row[0] for row in rows if any(is_author(name, author) for author in json.loads(row[1]))), dtype=np.int64
    )


def _in_category(db: SqliteUtils, name: str) -> Ids:
    if name.endswith(".*"):
        archive = name.removesuffix("*")
        query = "SELECT DISTINCT paper FROM paper_categories WHERE category >= ? AND category < ?"
        return _ids(db, query, archive, archive[:-1] + "/")  # "/" follows "." in ASCII
    return _ids(db, "SELECT paper FROM paper_categories WHERE category = ?", name)


def _in_days(db: SqliteUtils, first: date | None, last: date | None) -> Ids:
    """By listing day; a paper whose day is unknown counts by its submission."""
    since, until = (first or date.min).isoformat(), (last or date.max).isoformat()
    query = """SELECT id FROM papers WHERE listing_day BETWEEN ? AND ?
               UNION ALL SELECT id FROM papers
               WHERE listing_day IS NULL AND substr(published_at, 1, 10) BETWEEN ? AND ?"""
    return _ids(db, query, since, until, since, until)


def _ids(db: SqliteUtils, query: str, *values: object) -> Ids:
    return np.fromiter((row[0] for row in db.execute(query, values)), dtype=np.int64)
