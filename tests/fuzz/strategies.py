"""Texts that grow from what real files, feeds, answers and messages look like, and go wrong in the ways they do."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

# Real-looking beginnings of trouble: each is what some parser gives a meaning to, whole, half or unclosed.
FRAGMENTS = (
    # Markdown: headings, lists, tables, fences, quotes, links, comments
    "# Personalized Daily Arxiv Papers 1/14/2025\n", "## ", "### 2. ", "- ", "* ", "  - ", "\t* ", "1. ", "12) ", "10. ",
    "| a | b |\n|---|:-:|\n| c | d |\n", "| ", "|---|\n", "||||\n", "---\n", "***\n", "> ", "> > ", "```\n", "```json\n", "~~~\n", "`",
    "[title](https://arxiv.org/abs/2505.03801)", "[a](b", "[[", "](", "![x](y)", "<br>", "<b>", "</td>", "<!--", "-->",
    '<a id="link1"></a>', "(#user-content-link1)", "[//]: #06/12\n", "[//]: # 13/45\n", "**", "__", "**Relevance:** 9\n", "**Novelty:** x\n",
    "**Authors:** Ann Lee, Pietro Li\\`o (MIT)\n", "# Paper Selection Prompt\n", "**Total relevant papers:** 12\n", "\\|", "\\",
    "![Star](https://img.shields.io/github/stars/a/b.svg?style=social)", "[![Publish](https://img.shields.io/badge/Conference-ICML'24-blue)]()",
    # topics
    "Relevant: low-bit weights\n", " - Not relevant: ", "**Relevant**:", "- Keep:", "Irrelevant: NA\n", "## Relevant Topics\n", "**Keywords:**\n",
    "In suggesting papers to your friend, remember that he likes theory.\n", "#",
    # ids, addresses, dates, numbers
    "2505.03801", "2505.03801v2", "cs/0112017", "astro-ph/0601001v3", "9999.99999", "arXiv:2505.03801", "https://arxiv.org/pdf/2505.03801v1.pdf",
    "https://huggingface.co/papers/2505.03801", "http://", "https://a:b@c/", "2025-05-08", "5/8/2025", "0000-00-00", "1e309", "-0", "NaN", "8/10", "11",
    "9" * 40, "٣", "²",
    # LaTeX and BibTeX
    "$\\alpha$-$\\beta$", "$", "$$", "\\textbf{", "}", "{", "\\frac{1}{2}", "\\'{e}", "Li\\`o", "\\begin{equation}", "\\end", "^{2", "_{i_{j_{k}}}",
    "\\verb|x", "%comment\n", "\\%", "~", "--", "@article{lee2025, title = {A {B} C}, author = {Lee, Ann and Wu, Bo}, year = 2025}\n",
    '@inproceedings{x,\n title = "', '@string{a = "b"}', "@comment{", "@", "eprint = {2505.03801},", "and", " # ",
    # JSON and almost JSON
    '{"id": "2505.03801", "relevance": 8, "novelty": 7, "topics": [1], "comment": "fits"}', "[", "]", "{}", '{"a":', '"', "'", ",", ":", "null", "true",
    '{"ARXIVID": "2505.03801", "RELEVANCE": "9", "NOVELTY": 3, "title": "t", "authors": ["a"], "abstract": ""}', '{"sentences": [', "\\u0000", "\\ud800",
    # feeds
    '<?xml version="1.0" encoding="UTF-8"?>', "<rss version='2.0'><channel><title>cs.CL</title>", "<item><title>", "</item>", "</channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry><id>http://arxiv.org/abs/2505.03801v1</id>", "</entry></feed>", "<![CDATA[", "]]>", "&amp;", "&#0;", "&x;",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<guid>oai:arXiv.org:2505.00001v1</guid>", "<pubDate>Thu, 08 May 2025 00:00:00 -0400</pubDate>",
    "<arxiv:announce_type>new</arxiv:announce_type>",
    # settings
    "papers = 5\n", "[channels.terminal]\n", "[channels]\n", "[llm]\n", "[[alarms.owners]]\n", 'time = "09:00"\n', "weekdays = ['mon']\n", "timezone = ", '"""', "'''",
    "rewards = { '👍' = 1 }\n", "a.b.c = 1\n", "inf", "1979-05-27T07:32:00Z",
    # what people type
    "why ", "like ", "mute ", 'mute "federated', "follow author ", "topics edit 3", "pause until ", "since last week", "by Ada Lovelace", "in cs.CL", "not ", "page 2", "help",
    # chats: mentions, links, emoji, escapes
    "<!channel>", "<!here|here>", "<@U024BE7LH>", "<#C1|x>", "<https://a.b|label>", "@everyone", "@here", "<@!80351110224678912>", "<:party:123>", "<a:x:1>", "</papers ask:1>",
    "<t:1:R>", ":+1:", ":+1::skin-tone-2:", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪🇩", "❤️", "❤", "💯", "||spoiler||", "*bold*", "_it_", "~x~", "&lt;", "&amp;lt;", "discord.gg/abc", "-# ", "mailto:a@b.c",
    "terminal/12/paper/2505.03801", "a/b/c/d", "/0/notice/how-to-start", "slack:U1", "t/-1/header/", "²/²/paper/x",
    # characters that look like nothing, or like something else
    "\x00", "\x1b[31m", "\x1b]8;;http://x\x07", "\x07", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\ufffe", "\ud800", "\udfff",
    "\U000e0041", "é", "e\u0301", "ﬁ", "İ", "ß", "中文标题", "שלום", "مرحبا", "ä" * 3, "\u0300" * 20, "Ã©", "â€™", "\u00a0", "\u3000", "\t",
)  # fmt: skip

WORDS = st.sampled_from(["quantization", "of", "the KV cache", "Ann Lee", "cs.LG", "a", "I", "\n", "\n\n", " ", "  "])
PIECES = st.one_of(st.sampled_from(FRAGMENTS), WORDS, st.text(max_size=12))


@st.composite
def _nested(draw: st.DrawFn) -> str:
    """Something opened very often, and perhaps closed again."""
    opening, closing = draw(st.sampled_from([("[", "]"), ("{", "}"), ("(", ")"), ("<", ">"), ("> ", ""), ("- ", "\n"), ('{"a":', "}"), ("\\textbf{", "}"), ("$", ""), ("**", ""), ("<b>", "</b>"), ("  ", "")]))  # fmt: skip
    depth = draw(st.sampled_from([3, 50, 400, 3000]))
    return opening * depth + draw(PIECES) + closing * draw(st.sampled_from([0, depth // 2, depth]))


@st.composite
def _repeated(draw: st.DrawFn) -> str:
    """The same few pieces very often."""
    unit = "".join(draw(st.lists(PIECES, min_size=1, max_size=3)))
    return unit * min(draw(st.sampled_from([5, 50, 1000])), 1 + 20_000 // max(1, len(unit)))


_IDS = st.sampled_from(["2505.03801", "2505.03801v2", "cs/0112017", "9999.99999", "x", "", "2505.03802"])
_KEYS = st.one_of(
    _IDS,
    st.sampled_from(
        ["id", "arxiv_id", "ARXIVID", "relevance", "RELEVANCE", "novelty", "NOVELTY", "SCORE", "comment", "COMMENT", "topics",
         "title", "abstract", "authors", "papers", "sentences", "text", "ids", "paperlark", "digests", "event"]
    ),
    PIECES,
)  # fmt: skip
_LEAVES = st.one_of(
    _IDS, PIECES, st.integers(), st.floats(), st.booleans(), st.none(), st.sampled_from([10**400, -1, 11, "8/10"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=12,
)


def answers() -> st.SearchStrategy[str]:
    """Well-formed JSON of the shapes that tools and models write, with anything in any place."""
    entries = st.dictionaries(_IDS, st.dictionaries(_KEYS, _LEAVES, max_size=8), max_size=3)
    values = st.one_of(_VALUES, entries, st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), max_size=3))
    dumped = values.map(lambda value: json.dumps(value, default=str))
    return st.one_of(
        dumped, dumped.map(lambda text: f"Sure:\n```json\n{text}\n```"), st.tuples(dumped, PIECES).map("".join)
    )


_TAGS = ("title", "description", "guid", "link", "pubDate", "category", "dc:creator", "arxiv:announce_type", "id", "summary",
         "published", "updated", "author", "opensearch:totalResults", "x")  # fmt: skip
_DATES = st.sampled_from(["Thu, 08 May 2025 00:00:00 -0400", "2025-05-08T00:00:00Z", "0000", "Thu, 99 May 99999", ""])
_NAMESPACES = (
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
)


def _element(tag: str, text: str, escapes: bool) -> str:
    return f"<{tag}>{escape(text) if escapes else text}</{tag}>"


def feeds() -> st.SearchStrategy[bytes]:
    """Feeds of either form that are well-formed more often than not, with anything in any element."""
    said = st.one_of(
        PIECES, _DATES, _IDS.map("oai:arXiv.org:{}v1".format), _IDS.map("http://arxiv.org/abs/{}v1".format)
    )
    element = st.builds(_element, st.sampled_from(_TAGS), said, st.sampled_from([True, True, True, False]))
    inside = st.lists(element, max_size=8).map("".join)
    items = st.lists(inside, max_size=4)
    rss = st.builds(
        lambda head, items: f'<rss version="2.0" {_NAMESPACES}><channel>{head}{"".join(f"<item>{one}</item>" for one in items)}</channel></rss>',
        inside, items,
    )  # fmt: skip
    atom = st.builds(
        lambda head, items: f'<feed xmlns="http://www.w3.org/2005/Atom" {_NAMESPACES}>{head}{"".join(f"<entry>{one}</entry>" for one in items)}</feed>',
        inside, items,
    )  # fmt: skip
    return st.one_of(rss, atom).map(lambda text: text.encode("utf-8", "replace"))


def pages() -> st.SearchStrategy[bytes]:
    """Pages of arXiv's API whose entries have what makes a paper, and anything besides."""
    dates = st.sampled_from(
        ["2025-05-08T00:00:00Z", "2025-05-08", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "2025-W19-4"]
    )
    names = _IDS.map("http://arxiv.org/abs/{}v1".format)
    further = st.lists(st.builds(_element, st.sampled_from(_TAGS), PIECES, st.just(True)), max_size=4).map("".join)
    entry = st.builds(
        lambda name, first, last, term, more: (
            f"<entry><id>{name}</id><published>{first}</published><updated>{last}</updated>"
            f"<category term={quoteattr(term)}/>{more}</entry>"
        ),
        names, dates, dates, PIECES, further,
    )  # fmt: skip
    return st.builds(
        lambda entries, total: (
            f'<feed xmlns="http://www.w3.org/2005/Atom" {_NAMESPACES}><opensearch:totalResults>{total or len(entries)}'
            f"</opensearch:totalResults>{''.join(entries)}</feed>"
        ),
        st.lists(entry, max_size=4), st.sampled_from(["", "", "", "9" * 5000, "٣", "-1"]),
    ).map(lambda text: text.encode("utf-8", "replace"))  # fmt: skip


def texts(most: int = 25) -> st.SearchStrategy[str]:
    """Texts of up to so many pieces; now and then a deep or a long one."""
    pieces = st.lists(PIECES, max_size=most).map("".join)
    spoiled = st.tuples(pieces, st.one_of(_nested(), _repeated()), pieces).map("".join)
    return st.one_of(pieces, pieces, pieces, spoiled)


def contents() -> st.SearchStrategy[bytes]:
    """What such a text may be as a file: in several encodings, cut off, with stray bytes, or no text at all."""
    encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1", "utf-16-be"])
    encoded = st.builds(lambda text, encoding: text.encode(encoding, "replace"), texts(), encodings)
    cut_off = st.builds(lambda content, length: content[: length % (len(content) + 1)], encoded, st.integers(0, 10**6))
    stray = st.builds(lambda content, length, byte: content[: length % (len(content) + 1)] + byte + content, encoded, st.integers(0, 10**6), st.binary(max_size=4))  # fmt: skip
    return st.one_of(encoded, cut_off, stray, st.binary(max_size=200))
