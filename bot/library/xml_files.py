"""Read XML: outlines (OPML), feeds (Atom, RSS), Zotero's RDF and EndNote's libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from bot.arxiv_id import find_id, ids_named
from bot.library.fields import branches_of, distinct, lines_naming, notes_on, own_id, paper_of
from bot.library.parsed import Branch, Link, ListedPaper, Parsed
from bot.models import ListUse
from bot.text import cut, one_line

_DEEPEST = 100
_SCORES = re.compile(r"relevance (?P<relevance>10|[1-9]), novelty (?P<novelty>10|[1-9])(?=\W|$)")
_LONGEST_TITLE = 400
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ITEM_TYPES = frozenset({
    "Article", "Book", "BookSection", "ConferenceProceedings", "Document", "Manuscript", "Report", "Thesis",
    "Description", "Recording", "Patent", "Letter", "Data",
})  # fmt: skip


def read_opml(text: str) -> Parsed | None:
    """An outline in OPML: its tree of topics with papers as leaves; None if it is none."""
    root = _root(text, "opml")
    body = None if root is None else next((one for one in root if _tag(one) == "body"), None)
    if root is None or body is None:
        return None
    branches: list[Branch] = []
    papers: list[ListedPaper] = []
    nodes = list(_outlines(body, None, (), 0))
    numbers = lines_naming(text, ["<outline"] * 0 + [_written(node) for node, _, _ in nodes])
    indices: dict[int, int] = {}
    for (node, parent, path), line in zip(nodes, numbers, strict=True):
        url, title = _outline_link(node)
        arxiv_id = find_id(url)
        indices[id(node)] = len(branches)
        branches.append(Branch(title, line, indices.get(id(parent)), arxiv_id, url))
        if url:
            links = () if arxiv_id else (Link("link", url),)
            papers.append(ListedPaper(line, title, arxiv_id, sections=(path,) if path else (), links=links))
    title = next((one_line(one.text or "") for one in root.iter() if _tag(one) == "title"), "")
    return Parsed("opml", title, distinct(papers), tuple(branches), notes_on(text, papers))


def _outlines(
    node: Element, parent: Element | None, path: tuple[str, ...], depth: int
) -> Iterator[tuple[Element, Element | None, tuple[str, ...]]]:
    for child in node:
        if _tag(child) == "outline" and depth < _DEEPEST:
            yield child, parent, path
            _, title = _outline_link(child)
            yield from _outlines(child, child, (*path, title), depth + 1)


def _outline_link(node: Element) -> tuple[str, str]:
    """The address an outline leads to, "" for a topic, and its title without it."""
    words = (node.get("text") or node.get("title") or "").split()
    found = [word for word in words if word.startswith("http") or find_id(word)]
    given = [value for name in ("url", "htmlUrl", "xmlUrl", "href") if (value := node.get(name))]
    papers = [word for word in found if find_id(word)]
    notes = [word for word in (node.get("_note") or "").split() if word.startswith("http") and find_id(word)]
    url = next(iter([*given, *papers, *found, *([] if len(node) else notes)]), "")
    title = one_line(" ".join(word for word in words if word not in found)).strip(" -–—:()[]")
    return one_line(url), cut(title or one_line(url), _LONGEST_TITLE)


def _written(node: Element) -> str:
    text = node.get("text") or node.get("title") or ""
    return text.split("&")[0].split("<")[0].split('"')[0][:60]


def read_feed(text: str) -> Parsed | None:
    """A feed in Atom or RSS: its papers were posted, by whoever made it; None if it is none."""
    root = _root(text, "feed", "rss", "rdf")
    entries = [] if root is None else [one for one in root.iter() if _tag(one) in ("entry", "item")]
    if root is None or (_tag(root).casefold() == "rdf" and not entries):
        return None
    records = [_feed_fields(one) for one in entries]
    title = next((one_line(one.text or "") for one in root.iter() if _tag(one) == "title"), "")
    parsed = _parsed(text, "feed", title, records, [()] * len(records), ListUse.POSTED)
    scores = {own_id(fields): _scores(entry) for fields, entry in zip(records, entries, strict=True)}
    papers = tuple(
        replace(paper, relevance=scores[paper.arxiv_id][0], novelty=scores[paper.arxiv_id][1])
        if paper.arxiv_id in scores
        else paper
        for paper in parsed.papers
    )
    return replace(parsed, papers=papers)


def _scores(entry: Element) -> tuple[int | None, int | None]:
    """The scores that a feed of our own begins its summaries with."""
    found = _SCORES.match(_below(entry, "summary"))
    return (int(found["relevance"]), int(found["novelty"])) if found else (None, None)


def _feed_fields(entry: Element) -> dict[str, str]:
    links = [one.get("href") or one.text or "" for one in entry if _tag(one) == "link"]
    authors = [name.text or "" for one in entry if _tag(one) == "author" for name in (one, *one) if name.text]
    creators = [one.text or "" for one in entry if _tag(one) == "creator"]
    return {
        "title": _below(entry, "title"),
        "url": "\n".join([*links, _below(entry, "guid"), _below(entry, "id")]),
        "authors": "\n".join([*(name for name in map(one_line, authors) if name), *creators]) + "\n",
        "date": _below(entry, "published") or _below(entry, "updated") or _below(entry, "date"),
    }


def read_rdf(text: str) -> Parsed | None:
    """A library in Zotero's RDF, its collections as sections; None if it is none."""
    root = _root(text, "rdf")
    items = [] if root is None else [one for one in root if _tag(one) in _ITEM_TYPES or _below(one, "itemType")]
    if root is None or not items:
        return None
    sections = _collections(root)
    records = [(_rdf_fields(one), one.get(f"{_RDF}about", "")) for one in items if _tag(one) != "Attachment"]
    places = [sections.get(about, ()) for _, about in records]
    return _parsed(text, "rdf", "", [fields for fields, _ in records], places)


def _collections(root: Element) -> dict[str, tuple[str, ...]]:
    """The path of collections each item is in, by its address in the file."""
    found = {one.get(f"{_RDF}about", ""): one for one in root if _tag(one) == "Collection"}
    parts = {
        about: [part.get(f"{_RDF}resource", "") for part in one if _tag(part) == "hasPart"]
        for about, one in found.items()
    }
    above = {part: about for about, below in parts.items() for part in below if part in found}
    sections: dict[str, tuple[str, ...]] = {}
    for about, below in parts.items():
        path, at = [_below(found[about], "title")], about
        while at in above and len(path) < _DEEPEST:
            at = above[at]
            path.insert(0, _below(found[at], "title"))
        sections.update({part: tuple(filter(None, path)) for part in below if part not in found})
    return sections


def _rdf_fields(item: Element) -> dict[str, str]:
    people = (one for one in item.iter() if _tag(one) == "Person")
    names = (f"{_below(one, 'givenName')} {_below(one, 'surname')}".strip() for one in people)
    addresses = [item.get(f"{_RDF}about", ""), *(one.text or "" for one in item.iter() if _tag(one) == "value")]
    identifiers = [one.text or "" for one in item if _tag(one) == "identifier"]
    return {
        "title": next((one.text or "" for one in item if _tag(one) == "title"), ""),
        "authors": "\n".join([*names, ""]),
        "url": "\n".join([*addresses, *identifiers]),
        "number": "\n".join(identifiers),
        "extra": _below(item, "description"),
        "date": _below(item, "date"),
    }


def read_endnote(text: str) -> Parsed | None:
    """A library in EndNote's XML; None if it is none."""
    root = _root(text, "xml", "records")
    records = [] if root is None else [one for one in root.iter() if _tag(one) == "record"]
    if root is None or not any(one.find("titles") is not None for one in records):
        return None
    fields = [_endnote_fields(one) for one in records]
    return _parsed(text, "endnote", "", fields, [()] * len(fields))


def _endnote_fields(record: Element) -> dict[str, str]:
    def words(*path: str) -> list[str]:
        return [one_line("".join(one.itertext())) for one in record.findall("/".join(path))]

    return {
        "title": " ".join(words("titles", "title")[:1]),
        "authors": "\n".join([*words("contributors", "authors", "author"), ""]),
        "url": "\n".join(
            words("urls", "related-urls", "url") + words("urls", "web-urls", "url") + words("urls", "url")
        ),
        "doi": "\n".join(words("electronic-resource-num")),
        "journal": "\n".join(words("titles", "secondary-title") + words("periodical", "full-title")),
        "volume": "\n".join(words("volume") + words("pages")),
        "number": "\n".join(
            words("number") + words("custom1") + words("custom7") + words("accession-num") + words("work-type")
        ),
        "note": "\n".join(words("notes")),
        "date": "\n".join(words("dates", "pub-dates", "date") + words("dates", "year")),
    }


def _root(text: str, *names: str) -> Element | None:
    """The document's root if it is called so; None for another document, or what is no XML."""
    start = text.lstrip()[:4000]
    if not start.startswith("<") or not any(
        f"<{name}" in start.casefold() or f":{name}" in start.casefold() for name in names
    ):
        return None
    try:
        root: Element = fromstring(
            text.strip().encode("utf-8", "replace") if "<?xml" not in start else _without_declaration(text)
        )
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return None
    return root if _tag(root).casefold() in names else None


def _without_declaration(text: str) -> str:
    """The document without its first line's encoding, which told of the bytes and not of this text."""
    head, end, rest = text.partition("?>")
    return rest.strip() if end and "<?xml" in head else text.strip()


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _below(element: Element, name: str) -> str:
    return next((one_line(one.text or "") for one in element.iter() if _tag(one) == name and one.text), "")


def _parsed(
    text: str,
    form: str,
    title: str,
    records: Sequence[dict[str, str]],
    places: Sequence[tuple[str, ...]],
    use: ListUse = ListUse.LIKED,
) -> Parsed:
    needles = [next(ids_named(fields["url"]), "") or fields["title"][:60] for fields in records]
    lines = lines_naming(text, needles)
    papers = [
        paper_of(fields, line, section, use) for fields, line, section in zip(records, lines, places, strict=True)
    ]
    kept = distinct(papers)
    return Parsed(form, title, kept, branches_of(kept), notes_on(text, papers))
