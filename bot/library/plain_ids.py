"""Read ids and addresses of papers in any text: one a line, many in a line, among words."""

from __future__ import annotations

import re

from bot.arxiv_id import find_id, ids_in, words_of
from bot.library.parsed import Branch, Fate, LineNote, Link, ListedPaper, Parsed
from bot.library.titles import titled
from bot.text import cut, one_line

_TITLE = re.compile(r"#{1,6}\s+(\S.*)")
_EDGES = ".:!?*_~=\\,;|<>()[]{}\"'"
_LONGEST_NOTE = 100
_LONGEST_TITLE = 300


def read_plain_ids(text: str) -> Parsed:
    """Every arXiv id of the text once; lines `# Like this` are sections, what else a line says is the title."""
    papers: dict[str, ListedPaper] = {}
    branches: dict[str, Branch] = {}
    notes: list[LineNote] = []
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        ids = dict.fromkeys(ids_in(line))
        if not ids and (heading := _TITLE.fullmatch(line.strip())):
            section = (cut(one_line(heading[1]), _LONGEST_NOTE),)
            branches.setdefault(section[0], Branch(section[0], number))
            notes.append(LineNote(number, Fate.SECTION, section[0]))
            continue
        notes.append(_note(number, line, [one for one in ids if one not in papers], ids, papers))
        for arxiv_id in ids:
            papers.setdefault(arxiv_id, _paper(number, arxiv_id, line if len(ids) == 1 else "", section))
        if notes[-1].fate is Fate.NO_ID:
            links = tuple(Link("link", word) for word in words_of(line) if word.startswith(("http://", "https://")))
            papers.setdefault(links[0].url, ListedPaper(number, links[0].url, sections=_at(section), links=links))
    used = {section for paper in papers.values() for section in paper.section}
    return Parsed(
        format="ids",
        papers=tuple(papers.values()),
        branches=tuple(branch for branch in branches.values() if branch.title in used),
        lines=tuple(notes),
    )


def _note(number: int, line: str, new: list[str], ids: dict[str, None], papers: dict[str, ListedPaper]) -> LineNote:
    if new:
        return LineNote(number, Fate.PAPER, cut(", ".join(new), _LONGEST_NOTE))
    if ids:
        known = next(iter(ids))
        return LineNote(number, Fate.AGAIN, f"{known}: line {papers[known].line} has it")
    words = cut(one_line(line[:500]), _LONGEST_NOTE)
    if any(word.startswith(("http://", "https://")) for word in words_of(line)):
        return LineNote(number, Fate.NO_ID, words)
    return LineNote(number, Fate.SKIPPED, f"no arXiv id: {words}")


def _paper(number: int, arxiv_id: str, line: str, section: tuple[str, ...]) -> ListedPaper:
    words = [word for word in line[:2000].split() if not find_id(word.strip(_EDGES))]
    title, _ = titled(one_line(" ".join(words)).strip(" -–—:,;|•*\"'"))
    return ListedPaper(number, cut(title, _LONGEST_TITLE), arxiv_id, sections=_at(section))


def _at(section: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return (section,) if section else ()
