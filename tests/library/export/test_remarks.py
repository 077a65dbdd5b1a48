"""What authors tell in comment and abstract."""

from __future__ import annotations

import pytest

from bot.library.export.remarks import publication_note, web_links
from tests.builders import a_paper


@pytest.mark.parametrize(
    ("comment", "note"),
    [
        ("Accepted at NeurIPS 2025", "NeurIPS 2025"),
        ("10 pages, ICLR'25", "ICLR 2025"),
        ("Findings of the ACL 2025", "ACL 2025 Findings"),
        ("ICML 2025 Workshop on Efficient Systems", "ICML 2025 Workshop"),
        ("Accepted to TMLR, code: https://github.com/a/b", "TMLR"),
        ("Published in Nature Machine Intelligence", "Nature Machine Intelligence"),
        ("Preprint. Accepted at ICML 2025", "ICML 2025"),
        ("Submitted to ICML 2025", ""),
        ("Under review at NeurIPS 2025", ""),
        ("SIGIR 2025 submission", ""),
        ("Code for the ACL 2024 shared task", ""),
        ("8 pages, 3 figures", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_what_is_published_is_called_so(comment, note):
    assert publication_note(comment) == note


def test_code_models_and_pages_are_found_once():
    paper = a_paper(
        abstract="Code at https://github.com/x/y_z. See https://huggingface.co/a/b) and (https://foo.github.io/bar/).",
        comment=r"\url{https://github.com/x/y\_z}, github.com/q/r",
    )
    assert [(link.label, link.url) for link in web_links(paper)] == [
        ("Github", "https://github.com/x/y_z"),
        ("Github", "https://github.com/q/r"),
        ("Model", "https://huggingface.co/a/b"),
        ("Page", "https://foo.github.io/bar/"),
    ]


@pytest.mark.parametrize(
    "address",
    ["https://arxiv.org/abs/2401.00001", "http://user:word@evil.example", "javascript:alert(1)", "https://localhost/x"],
)
def test_other_addresses_are_no_links(address):
    assert web_links(a_paper(abstract=address, comment=address)) == ()


@pytest.mark.parametrize("text", ["accepted at ", "https://", "ICML ", "A"])
def test_endless_texts_are_read_in_linear_time(text):
    endless = text * (200_000 // len(text))
    publication_note(endless)
    web_links(a_paper(comment=endless, abstract=endless))
