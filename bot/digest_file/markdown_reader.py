"""Read a Markdown page as a DigestFile, whoever wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.digest_file.contents import DigestEntry, DigestFile, FileTotals, Remedial, base_id, tidy_block
from bot.digest_file.escapes import split_authors, unescape
from bot.digest_file.page import FALLBACK_LINE, PROMPT_HEADING, read_date
from bot.digest_file.usage import read_usage
from bot.errors import DigestFileError
from bot.text import cut, one_line

_TITLE = re.compile(r"#\s+Personalized Daily arXiv Papers\b(?P<date>.*)", re.IGNORECASE)
_PROMPT = re.compile(rf"{re.escape(PROMPT_HEADING)}\s*", re.IGNORECASE)
_REMEDIAL = re.compile(
    r">\s*This is a remedial run for missed papers from (?P<first>.+?) to (?P<last>.+)", re.IGNORECASE
)
_GENERATED = re.compile(r">\s*Results generated on (?P<date>.+)", re.IGNORECASE)
_LISTINGS = re.compile(r"Listings: (?P<days>[\d, -]+)")
_TOTAL = re.compile(r"Total (?P<which>arXiv|scanned|relevant) papers: *(?P<count>\d{1,12})\s*", re.IGNORECASE)
_REMARK = re.compile(r"Remark: (?P<text>.+)")
_NO_MODEL = re.compile(r"Scored without a language model by (?P<scorer>.+): no tokens used, nothing to pay\.")
_CONTENTS_LINE = re.compile(r"\d+\. \[.*\]\(#(?:user-content-)?link\d+\)\s*")
_ITEM = re.compile(
    r'#{2,4}\s+\d+\. \[(?P<title>.*)\]\((?P<link>[^()\s]{0,300})\)\s*(?:<a (?:id|name)="[^"]{1,100}">\s*</a>)?\s*'
)
_SECTION = re.compile(r"#{2,3}\s+(?!\d+\. \[)(?P<topic>.{1,200}?)(?: \(\d+\))?\s*(?:<a [^<>]*>\s*</a>)?\s*")
_LINKED_ID = re.compile(r"arxiv\.org/(?:abs|pdf)/(?P<id>[^?#\s]+?)(?:\.pdf)?/?$", re.IGNORECASE)
_FIELD = re.compile(
    r"\*\*(?P<label>ArXiv ID|Authors|Abstract|Comment|Relevance|Novelty|Primary Topic|Topic Match|Matched Topics?"
    r"|Topics?|Score|Categories|Published|Reason|Rationale):\*\*(?P<text>.*)",
    re.IGNORECASE,
)
_SCORE = re.compile(r"(?P<score>\d{1,2})(?:\.0)?(?:\s*/\s*10)?")
_FENCE = re.compile(r"(?P<fence>`{3,})markdown\n(?P<text>.*)\n(?P=fence)", re.DOTALL)
_BEST = 10


def read_markdown(text: str) -> DigestFile:
    """The page's content.

    Raises:
        DigestFileError: there is no title line of a digest.
    """
    lines = text.split("\n")
    start = next((index for index, line in enumerate(lines) if _TITLE.fullmatch(line)), None)
    if start is None:
        raise DigestFileError(
            "this is not a digest: no line '# Personalized Daily ArXiv Papers DATE' was found; "
            f"it begins with {cut(one_line(text[:200]), 60)!r}"
        )
    end = next((index for index in range(start, len(lines)) if _PROMPT.fullmatch(lines[index])), len(lines))
    items = [index for index in range(start, end) if _ITEM.fullmatch(lines[index])]
    opening = lines[start : items[0] if items else end]
    entries, doubts = _entries([lines[here:there] for here, there in zip(items, [*items[1:], end], strict=False)])
    cost, counted = read_usage(opening)
    return DigestFile(
        days=_days(opening),
        entries=entries,
        totals=_totals(opening) or counted,
        scored_by=cost.model if cost else _scorer(opening),
        cost=cost,
        remedial=_remedial(lines[:start]),
        selected_by=_selected_by(lines[end + 1 :]),
        remarks=tuple(unescape(found["text"]) for line in opening if (found := _REMARK.fullmatch(line))),
        warnings=(*doubts, *_missing(opening, len(items))),
    )


def _days(opening: Sequence[str]) -> tuple[date, ...]:
    for line in opening:
        if listed := _LISTINGS.fullmatch(line):
            return tuple(day for part in listed["days"].split(",") if (day := read_date(part)))
    day = read_date(opening[0])
    return (day,) if day else ()


def _totals(opening: Sequence[str]) -> FileTotals | None:
    counts = {found["which"].lower(): int(found["count"]) for line in opening if (found := _TOTAL.fullmatch(line))}
    return FileTotals(counts.get("arxiv"), counts.get("scanned"), counts.get("relevant")) if counts else None


def _scorer(opening: Sequence[str]) -> str:
    found = next((found for line in opening if (found := _NO_MODEL.fullmatch(line))), None)
    return "" if found is None or found["scorer"] == "an unknown scorer" else unescape(found["scorer"])


def _remedial(banner: Sequence[str]) -> Remedial | None:
    run = next((found for line in banner if (found := _REMEDIAL.fullmatch(line))), None)
    generated = next((found for line in banner if (found := _GENERATED.fullmatch(line))), None)
    if run is None:
        return None
    return Remedial(
        read_date(run["first"]), read_date(run["last"]), read_date(generated["date"]) if generated else None
    )


def _entries(items: Sequence[Sequence[str]]) -> tuple[tuple[DigestEntry, ...], list[str]]:
    entries: list[DigestEntry] = []
    doubts: list[str] = []
    for item in items:
        entry = _entry(item)
        if entry is None:
            doubts.append(f"an item without an arXiv id was left out: {cut(item[0], 80)}")
        else:
            entries.append(entry)
    return tuple(entries), doubts


def _entry(item: Sequence[str]) -> DigestEntry | None:
    heading = _ITEM.fullmatch(item[0])
    fields = _fields(item[1:])
    linked = _LINKED_ID.search(heading["link"]) if heading else None
    arxiv_id = fields.get("arxiv id") or (linked["id"] if linked else "")
    if heading is None or not arxiv_id:
        return None
    return DigestEntry(
        arxiv_id=base_id(arxiv_id),
        title=unescape(heading["title"]).strip(),
        authors=tuple(unescape(name) for name in split_authors(fields.get("authors", ""))),
        abstract=unescape(fields.get("abstract", "")),
        comment=unescape(fields.get("comment", "")),
        relevance=_score(fields.get("relevance", "")),
        novelty=_score(fields.get("novelty", "")),
        fallback=FALLBACK_LINE in item,
        topic=unescape(fields.get("primary topic", "")),
    )


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Each field's text; one that runs over several lines ends where the next begins. The last of a name counts."""
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if field := _FIELD.fullmatch(line):
            current = fields[field["label"].lower()] = [field["text"]]
        elif _SECTION.fullmatch(line):
            current = []
        elif line not in ("---", FALLBACK_LINE):
            current.append(line)
    return {label: one_line(" ".join(texts)) for label, texts in fields.items()}


def _score(text: str) -> int | None:
    score = _SCORE.match(text)
    return int(score["score"]) if score and 1 <= int(score["score"]) <= _BEST else None


def _missing(opening: Sequence[str], n_items: int) -> Iterator[str]:
    promised = sum(1 for line in opening if _CONTENTS_LINE.fullmatch(line))
    if promised not in (0, n_items):
        yield f"the table of contents names {promised} papers, but {n_items} follow: the file may be cut off"


def _selected_by(lines: Sequence[str]) -> str:
    text = tidy_block("\n".join(lines))
    fenced = _FENCE.fullmatch(text)
    return tidy_block(fenced["text"]) if fenced else text
