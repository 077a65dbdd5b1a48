"""Read digests, ours and those of other tools, as papers with their scores."""

from __future__ import annotations

import re

from bot.arxiv_id import find_id
from bot.digest_file import DigestEntry, DigestFile, read_digests
from bot.errors import DigestFileError
from bot.library.fields import branches_of
from bot.library.parsed import Fate, LineNote, ListedPaper, Parsed
from bot.models import ListUse
from bot.text import cut

_TITLE = re.compile(r"^#\s+Personalized Daily arXiv Papers\b", re.IGNORECASE | re.MULTILINE)
_ITEM = re.compile(r"#{2,4}\s+\d+\. \[")
_NAMED = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|\*\*ArXiv ID:\*\*\s{0,5}|\"(?:ARXIVID|arxiv_id)\":\s{0,5}\")([\w./-]{4,40})",
    re.IGNORECASE,
)
_LONGEST_NOTE = 100


def digests_in(text: str) -> tuple[DigestFile, ...]:
    """The digests that the text is, none if it is something else."""
    if not (_TITLE.search(text) or text.lstrip()[:1] in ("{", "[")):
        return ()
    try:
        found = read_digests(text)
    except (DigestFileError, RecursionError):
        return ()
    return found


def read_digest_file(text: str) -> Parsed | None:
    """Every paper of every digest in the text, each once with the scores of the first; None if there is no digest."""
    digests = digests_in(text)
    if not digests and text.strip() != "[]":
        return None
    lines = _first_lines(text)
    papers: dict[str, ListedPaper] = {}
    nameless: list[ListedPaper] = []
    for digest in digests:
        for entry in digest.entries:
            paper = _paper(entry, lines.get(find_id(entry.arxiv_id), 1), digest)
            if not paper.arxiv_id:
                nameless.append(paper)
            else:
                papers.setdefault(paper.arxiv_id, paper)
    every = (*papers.values(), *nameless)
    return Parsed(
        format="digest",
        title=_named(digests),
        papers=every,
        branches=branches_of(every),
        lines=_notes(text, {paper.line: paper for paper in reversed(papers.values())}),
        warnings=tuple(warning for digest in digests for warning in digest.warnings),
        digests=digests,
    )


def _named(digests: tuple[DigestFile, ...]) -> str:
    """What tells these digests from others: their days, else their papers."""
    days = sorted(day for digest in digests for day in digest.days)
    if not days:
        ids = [find_id(entry.arxiv_id) for digest in digests for entry in digest.entries] or ["no papers"]
        return f"digest of {ids[0]}" + (f" and {len(ids) - 1} more" if len(ids) > 1 else "")
    return f"digest of {days[0]}" if len(days) == 1 else f"digests of {days[0]} to {days[-1]}"


def _paper(entry: DigestEntry, line: int, digest: DigestFile) -> ListedPaper:
    return ListedPaper(
        line=line,
        title=entry.title,
        arxiv_id=find_id(entry.arxiv_id),
        authors=entry.authors,
        listed_on=digest.day,
        sections=((entry.topic,),) if entry.topic else (),
        note=entry.comment,
        relevance=entry.relevance,
        novelty=entry.novelty,
        use=ListUse.POSTED,
    )


def _first_lines(text: str) -> dict[str, int]:
    """The first line that names each id."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) < 100_000:
            for match in _NAMED.finditer(line):
                if found := find_id(match[1].removesuffix(".pdf").rstrip(".")):
                    lines.setdefault(found, number)
    return lines


def _notes(text: str, papers: dict[int, ListedPaper]) -> tuple[LineNote, ...]:
    notes = []
    for number, line in enumerate(text.split("\n"), start=1):
        if paper := papers.get(number):
            scores = f" relevance {paper.relevance}, novelty {paper.novelty}" if paper.relevance else " no scores"
            notes.append(LineNote(number, Fate.PAPER, f"{paper.arxiv_id}{scores} {cut(paper.title, _LONGEST_NOTE)}"))
        elif line.strip():
            lost = bool(_ITEM.match(line)) and not _NAMED.search(line[:2000])
            notes.append(
                LineNote(number, Fate.NO_ID if lost else Fate.DETAIL, cut(line, _LONGEST_NOTE) if lost else "")
            )
    return tuple(notes)
