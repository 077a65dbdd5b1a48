"""Libraries of reference managers, feeds and what other bots write: the item's own id, and whose choice it was."""

from __future__ import annotations

import json

import pytest

from bot.library import read_library
from bot.models import ListUse

RDF = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:bib="http://purl.org/net/biblio#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:link="http://purl.org/rss/1.0/modules/link/">
  <rdf:Description rdf:about="http://arxiv.org/abs/2401.00001">
    <z:itemType>preprint</z:itemType>
    <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Lark</foaf:surname><foaf:givenName>Ada</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
    <dc:title>Warm Nests for Cold Models</dc:title>
    <dcterms:abstract>Unlike arXiv:2311.88888 we heat them.</dcterms:abstract>
    <dc:date>2024-01-03</dc:date>
  </rdf:Description>
  <z:Attachment rdf:about="#item_9"><z:itemType>attachment</z:itemType><dc:title>arxiv.org Snapshot</dc:title></z:Attachment>
  <bib:Article rdf:about="#item_2">
    <z:itemType>journalArticle</z:itemType>
    <dc:title>Nests at Scale</dc:title>
    <dc:description>arXiv:2401.00002 [cs]</dc:description>
  </bib:Article>
  <z:Collection rdf:about="#collection_1"><dc:title>Birds</dc:title><dcterms:hasPart rdf:resource="#collection_2"/></z:Collection>
  <z:Collection rdf:about="#collection_2"><dc:title>Nests</dc:title><dcterms:hasPart rdf:resource="#item_2"/></z:Collection>
</rdf:RDF>
"""

ENDNOTE = """<?xml version="1.0" encoding="UTF-8" ?><xml><records>
<record><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Lark, Ada</style></author></authors></contributors>
<titles><title><style face="normal">Warm Nests for </style><style face="italic">Cold</style><style face="normal"> Models</style></title>
<secondary-title><style>arXiv preprint arXiv:2401.00001</style></secondary-title></titles>
<dates><year><style>2024</style></year></dates>
<abstract><style>Unlike arXiv:2311.88888 we heat them.</style></abstract></record>
<record><titles><title>Nests at Scale</title></titles><urls><related-urls><url>https://arxiv.org/abs/2401.00002</url></related-urls></urls></record>
</records></xml>
"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers of larks</title>
<entry><id>urn:uuid:1</id><title>Warm Nests for Cold Models</title><link rel="alternate" href="https://arxiv.org/abs/2401.00001"/>
<published>2024-01-05T09:00:00Z</published><author><name>Ada Lark</name></author><summary>Unlike arXiv:2311.88888.</summary></entry>
</feed>
"""

RSS = """<rss version="2.0"><channel><title>cs.CL</title>
<item><title>Warm Nests for Cold Models</title><link>https://arxiv.org/abs/2401.00001</link><description>Unlike arXiv:2311.88888.</description></item>
</channel></rss>
"""

KEYWORD_BOT = json.dumps(
    {
        "Nests": {
            "2401.00001": "|**2024-01-05**|**Warm Nests for Cold Models**|Ada Lark et.al.|[2401.00001](http://arxiv.org/abs/2401.00001)|null|\n"
        },
        "Songs": {
            "2401.00002": "|**2024-01-06**|**Nests at Scale**|Cy Wren et.al.|[2401.00002v2](http://arxiv.org/abs/2401.00002)|**[link](https://github.com/a/b)**|\n"
        },
    }
)

RIS = """\ufeffTY  - RPRT
TI  - Warm Nests for Cold Models
AU  - Lark, Ada
PB  - arXiv
N1  - See also arXiv:2312.77777
AB  - Unlike arXiv:2311.88888 we heat them.
UR  - https://doi.org/10.48550/arXiv.2401.00001
ER  -
TY  - JOUR
T1  - Nests at Scale
JO  - arXiv preprint arXiv:2401.00002
"""

ZOTERO_CSV = """"Key","Item Type","Title","Author","Url","Abstract Note","Date","Extra"
"A","preprint","Warm Nests for Cold Models","Lark, Ada; Finch, Bo","","See arXiv:2311.88888.","2024-01-03","arXiv:2401.00001 [cs]"
"B","preprint","Nests at Scale","Wren, Cy","http://arxiv.org/abs/2401.00002","line one
line two arXiv:2312.77777","2024",""
"""


@pytest.mark.parametrize(
    ("text", "form", "use"),
    [
        (RDF, "rdf", ListUse.LIKED),
        (ENDNOTE, "endnote", ListUse.LIKED),
        (RIS, "ris", ListUse.LIKED),
        (ZOTERO_CSV, "csv", ListUse.LIKED),
        (ATOM, "feed", ListUse.POSTED),
        (RSS, "feed", ListUse.POSTED),
    ],
)
def test_the_id_is_the_items_own_and_never_one_its_abstract_names(text, form, use):
    parsed = read_library(text.encode())
    assert parsed.format == form
    expected = [("2401.00001", "Warm Nests for Cold Models"), ("2401.00002", "Nests at Scale")]
    assert [(one.arxiv_id, one.title) for one in parsed.papers] == expected[: len(parsed.papers)]
    assert {one.use for one in parsed.papers} == {use}
    assert parsed.n_ids > len(parsed.importable), "the report says that more ids stand in the file"
    if parsed.papers[0].authors:
        assert parsed.papers[0].authors[0] == "Ada Lark"


def test_collections_of_zotero_are_sections():
    parsed = read_library(RDF.encode())
    assert parsed.papers[1].section == ("Birds", "Nests")
    assert [branch.title for branch in parsed.branches] == ["Birds", "Nests"]


def test_a_keyword_bots_json_has_sections_titles_and_days():
    parsed = read_library(KEYWORD_BOT.encode())
    assert [(one.arxiv_id, one.title, one.section, str(one.listed_on)) for one in parsed.papers] == [
        ("2401.00001", "Warm Nests for Cold Models", ("Nests",), "2024-01-05"),
        ("2401.00002", "Nests at Scale", ("Songs",), "2024-01-06"),
    ]


def test_ids_that_a_spreadsheet_took_for_numbers_are_completed_and_told():
    parsed = read_library(b"arxiv_id,title,worth\r\n2505.1001,Warm,1\r\n704.001,Old,-1\r\n2505.10011,Whole,0\r\n")
    assert [(one.arxiv_id, one.use) for one in parsed.papers] == [
        ("2505.10010", ListUse.LIKED),
        ("0704.0010", ListUse.DISLIKED),
        ("2505.10011", ListUse.POSTED),
    ]
    assert "2 ids had lost digits" in parsed.warnings[0]


def test_broken_json_is_said_to_be_broken():
    parsed = read_library(KEYWORD_BOT[:-40].encode())
    assert any("like JSON" in warning for warning in parsed.warnings)


def test_xml_with_entities_is_no_library():
    bomb = '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body>&b;</body></opml>'
    assert read_library(bomb.encode()).papers == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://papers.cool/arxiv/2401.00001", "https://www.alphaxiv.org/zh/overview/2401.00001",
        "https://www.semanticscholar.org/arxiv/2401.00001", "https://api.semanticscholar.org/arXiv:2401.00001",
        "https://hjfy.top/arxiv/2401.00001", "https://arxiv.dosf.top/abs/2401.00001", "https://arxiv.org/abs//2401.00001",
        "https://arxiv.org/html/2401.00001v2", "http://export.arxiv.org/pdf/2401.00001v1.pdf#page=3",
        "https://doi.org/10.48550/arXiv.2401.00001", "10.48550/ARXIV.2401.00001", "arXiv:2401.00001v3",
        "https://huggingface.co/papers/2401.00001", "https://ui.adsabs.harvard.edu/abs/2024arXiv240100001L",
        "https://dblp.org/rec/journals/corr/abs-2401-00001.bib", "https://ar5iv.labs.arxiv.org/html/2401.00001",
    ],
)  # fmt: skip
def test_addresses_of_mirrors_and_readers_name_the_paper(address):
    assert [one.arxiv_id for one in read_library(address.encode()).importable] == ["2401.00001"]


@pytest.mark.parametrize(
    "address",
    [
        "https://dl.acm.org/doi/10.1145/2401.00001",
        "https://github.com/a/b/issues/2401.00001",
        "https://arxiv.org/list/cs.CL/2401",
    ],
)
def test_numbers_in_other_addresses_name_none(address):
    assert read_library(address.encode()).importable == ()
