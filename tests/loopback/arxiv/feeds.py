"""The answers' XML, in the form of arXiv's recorded ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from tests.loopback.arxiv.papers import StoredPaper
from tests.loopback.arxiv.times import EASTERN, eastern_midnight

_NAMESPACES = (
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"'
)
_FEED_NAMESPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(frozen=True, slots=True)
class Announced:
    """A paper of the feed and the type it is announced as."""

    paper: StoredPaper
    kind: str


def api_page(
    papers: Sequence[StoredPaper], *, search: str, id_list: str, start: int, most: int, total: int, now: datetime
) -> str:
    """A page of the API."""
    asked = f"search_query={search}&id_list={id_list}&start={start}&max_results={most}"
    name = hashlib.sha256(asked.encode()).hexdigest()[:27]
    address = f"https://arxiv.org/api/query?search_query={search}&start={start}&max_results={most}&id_list={id_list}"
    return "\n".join(
        [
            "<?xml version='1.0' encoding='UTF-8'?>",
            f"<feed {_NAMESPACES}>",
            f"  <id>https://arxiv.org/api/{name}</id>",
            f"  <title>arXiv Query: {escape(asked)}</title>",
            f"  <updated>{_zulu(now)}</updated>",
            f'  <link href={quoteattr(address)} type="application/atom+xml"/>',
            f"  <opensearch:itemsPerPage>{most}</opensearch:itemsPerPage>",
            f"  <opensearch:totalResults>{total}</opensearch:totalResults>",
            f"  <opensearch:startIndex>{start}</opensearch:startIndex>",
            *map(_api_entry, papers),
            "</feed>",
        ]
    )


def api_error(message: str, now: datetime) -> str:
    """The API's error entry."""
    address = f"https://arxiv.org/api/errors#{message.replace(' ', '_')}"
    return "\n".join(
        [
            "<?xml version='1.0' encoding='UTF-8'?>",
            f"<feed {_NAMESPACES}>",
            "  <id>https://arxiv.org/</id>",
            "  <title>arXiv Search Results</title>",
            f"  <updated>{_zulu(now)}</updated>",
            "  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>",
            "  <opensearch:totalResults>1</opensearch:totalResults>",
            "  <opensearch:startIndex>0</opensearch:startIndex>",
            "  <entry>",
            f"    <id>{escape(address)}</id>",
            "    <title>Error</title>",
            f"    <updated>{_zulu(now)}</updated>",
            f'    <link href={quoteattr(address)} rel="alternate" type="text/html"/>',
            f"    <summary>{escape(message)}</summary>",
            "    <author>",
            "      <name>arXiv api core</name>",
            "    </author>",
            "  </entry>",
            "</feed>",
        ]
    )


def _api_entry(paper: StoredPaper) -> str:
    named = f"{paper.arxiv_id}v{paper.version}"
    lines = [
        f"    <id>http://arxiv.org/abs/{named}</id>",
        f"    <title>{escape(paper.title)}</title>",
        f"    <updated>{_zulu(paper.updated_at)}</updated>",
        f'    <link href="https://arxiv.org/abs/{named}" rel="alternate" type="text/html"/>',
    ]
    if paper.has_pdf:
        lines.append(
            f'    <link href="https://arxiv.org/pdf/{named}" rel="related" type="application/pdf" title="pdf"/>'
        )
    lines.append(f"    <summary>{escape(paper.abstract)}</summary>")
    lines += [
        f'    <category term={quoteattr(category)} scheme="http://arxiv.org/schemas/atom"/>'
        for category in paper.categories
    ]
    lines.append(f"    <published>{_zulu(paper.published_at)}</published>")
    if paper.comment is not None:
        lines.append(f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>")
    lines.append(f"    <arxiv:primary_category term={quoteattr(paper.primary_category)}/>")
    lines += [f"    <author>\n      <name>{escape(name)}</name>\n    </author>" for name in paper.authors]
    return "\n".join(["  <entry>", *lines, "  </entry>"])


def rss_feed(day: date, categories: Sequence[str], items: Sequence[Announced]) -> str:
    """The feed as RSS 2.0."""
    title = ", ".join(categories)
    stamp = _rfc822(datetime.combine(day, time(0), EASTERN))
    return "\n".join(
        [
            "<?xml version='1.0' encoding='UTF-8'?>",
            f'<rss {_FEED_NAMESPACES} xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">',
            "  <channel>",
            f"    <title>{escape(title)} updates on arXiv.org</title>",
            f"    <link>http://rss.arxiv.org/rss/{'+'.join(categories)}</link>",
            f"    <description>{escape(title)} updates on the arXiv.org e-print archive.</description>",
            f'    <atom:link href="http://rss.arxiv.org/rss/{"+".join(categories)}" rel="self" type="application/rss+xml"/>',
            "    <docs>http://www.rssboard.org/rss-specification</docs>",
            "    <language>en-us</language>",
            f"    <lastBuildDate>{_rfc822(eastern_midnight(day).replace(second=19))}</lastBuildDate>",
            "    <managingEditor>rss-help@arxiv.org</managingEditor>",
            f"    <pubDate>{stamp}</pubDate>",
            "    <skipDays>\n      <day>Saturday</day>\n      <day>Sunday</day>\n    </skipDays>",
            *(_rss_item(item, stamp) for item in items),
            "  </channel>",
            "</rss>",
        ]
    )


def _rss_item(item: Announced, stamp: str) -> str:
    paper = item.paper
    lines = [
        f"      <title>{escape(paper.title)}</title>",
        f"      <link>https://arxiv.org/abs/{paper.arxiv_id}</link>",
        f"      <description>{_description(item)}</description>",
        f'      <guid isPermaLink="false">oai:arXiv.org:{paper.arxiv_id}v{paper.version}</guid>',
        *(f"      <category>{escape(category)}</category>" for category in paper.categories),
        f"      <pubDate>{stamp}</pubDate>",
        f"      <arxiv:announce_type>{item.kind}</arxiv:announce_type>",
        "      <dc:rights>http://creativecommons.org/publicdomain/zero/1.0/</dc:rights>",
        f"      <dc:creator>{escape(', '.join(paper.authors))}</dc:creator>",
    ]
    return "\n".join(["    <item>", *lines, "    </item>"])


def atom_feed(day: date, categories: Sequence[str], items: Sequence[Announced]) -> str:
    """The feed as Atom."""
    title, joined = ", ".join(categories), "+".join(categories)
    built = eastern_midnight(day).replace(second=19).isoformat()
    stamp = datetime.combine(day, time(0), EASTERN).isoformat()
    return "\n".join(
        [
            "<?xml version='1.0' encoding='UTF-8'?>",
            f'<feed {_FEED_NAMESPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">',
            f"  <id>http://rss.arxiv.org/atom/{joined}</id>",
            f"  <title>{escape(title)} updates on arXiv.org</title>",
            f"  <updated>{built}</updated>",
            f'  <link href="http://rss.arxiv.org/atom/{joined}" rel="self" type="application/atom+xml"/>',
            f"  <subtitle>{escape(title)} updates on the arXiv.org e-print archive.</subtitle>",
            *(_atom_entry(item, built, stamp) for item in items),
            "</feed>",
        ]
    )


def _atom_entry(item: Announced, built: str, stamp: str) -> str:
    paper = item.paper
    lines = [
        f"    <id>oai:arXiv.org:{paper.arxiv_id}v{paper.version}</id>",
        f"    <title>{escape(paper.title)}</title>",
        f"    <updated>{built}</updated>",
        f'    <link href="https://arxiv.org/abs/{paper.arxiv_id}" rel="alternate" type="text/html"/>',
        f"    <summary>{_description(item)}</summary>",
        *(f"    <category term={quoteattr(category)}/>" for category in paper.categories),
        f"    <published>{stamp}</published>",
        f"    <arxiv:announce_type>{item.kind}</arxiv:announce_type>",
        f"    <dc:creator>{escape(', '.join(paper.authors))}</dc:creator>",
    ]
    return "\n".join(["  <entry>", *lines, "  </entry>"])


def _description(item: Announced) -> str:
    paper = item.paper
    return f"arXiv:{paper.arxiv_id}v{paper.version} Announce Type: {item.kind} \nAbstract: {escape(paper.abstract)}"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment)


def _zulu(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
