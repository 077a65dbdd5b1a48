"""Forty layouts of lists with invented papers: what stands in each is known, so that reading can be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    id: str
    title: str
    authors: str
    venue: str
    day: str
    section: str


_TITLES = (
    "Warm Nests for Cold Models", "Nests at Scale: A Study of Heated Straw", "Singing in Low Precision",
    "Do Larks Plan? Evidence from Migration Logs", "BirdBench: Measuring What Larks Know",
    "Attention, Please: Feathers as Tokens", "A Survey of Nest Building with Large Language Models",
    "Egg-Former: Sparse Mixtures of Eggs", "Towards Robust Whistling under Distribution Shift",
    "On the Convergence of Flock Descent",
)  # fmt: skip
_AUTHORS = (
    "Ada Lark, Bo Finch", "Cy Wren", "Dee Thrush, Eli Robin, Fay Swift", "Gus Heron and Hal Stork", "Ivy Crane et al.",
    "Jo Dove, Kai Raven", "Lea Kite, Max Rook", "Nia Gull, Oz Tern", "Pia Jay", "Quin Owl, Ray Swan",
)  # fmt: skip
_VENUES = ("ICLR 2024", "NeurIPS 2024", "arXiv 2024", "ACL 2024", "ICML 2024", "arXiv 2024", "TMLR 2024", "CVPR 2024",
           "EMNLP 2024", "arXiv 2024")  # fmt: skip
PAPERS = tuple(
    Paper(f"24{1 + n:02}.{10 * n + 10007:05}", title, _AUTHORS[n], _VENUES[n], f"2024-{1 + n:02}-15", "Nests" if n < 5 else "Songs")
    for n, title in enumerate(_TITLES)
)  # fmt: skip


def _abs(one: Paper) -> str:
    return f"https://arxiv.org/abs/{one.id}"


def _pdf(one: Paper) -> str:
    return f"https://arxiv.org/pdf/{one.id}v1.pdf"


def _listed(row: Callable[[Paper], str], head: str = "", mark: str = "##", between: str = "\n", tail: str = "") -> str:
    lines = ["# Awesome Larks", "", "A list of papers about larks.", ""]
    for section in ("Nests", "Songs"):
        lines += [f"{mark} {section}", ""]
        body = between.join(row(one) for one in PAPERS if one.section == section)
        lines += [head + body + tail, ""]
    return "\n".join(lines)


_HTML_HEAD = "<table>\n<thead><tr><th>Date</th><th>Title</th><th>Link</th></tr></thead>\n<tbody>\n"
_ENTRIES: Mapping[str, str] = {
    "linked title": _listed(lambda p: f"- [{p.title}]({_abs(p)})"),
    "linked title, authors, venue": _listed(lambda p: f"- [{p.title}]({_abs(p)}), {p.authors}, *{p.venue}*"),
    "title, then label": _listed(lambda p: f"- {p.title} [[paper]({_abs(p)})] [[code](https://github.com/a/{p.id})]"),
    "bold title, slanted authors": _listed(lambda p: f"- **{p.title}** *{p.authors}* [[arXiv]]({_pdf(p)})"),
    "date in brackets first": _listed(lambda p: f"- [{p.day[:7].replace('-', '/')}] **{p.title}** *{p.authors}* [[pdf]({_pdf(p)})]"),
    "venue in brackets first": _listed(lambda p: f"* ({p.venue}) {p.title} [[Paper]({_abs(p)})]"),
    "venue as the link": _listed(lambda p: f"- \\[[{p.venue}]({_abs(p)})\\] {p.title}"),
    "links first": _listed(lambda p: f"- [[paper]({_abs(p)})] [[code](https://github.com/a/{p.id})] {p.title}"),
    "quoted title": _listed(lambda p: f'- "{p.title}", {p.authors}, {p.venue}. [[paper](http://arxiv.org/abs/{p.id})]'),
    "bare address behind": _listed(lambda p: f"- {p.title}: {_abs(p)}"),
    "bare address on a line of its own": _listed(lambda p: f"- {p.title}\n  {_abs(p)}"),
    "numbered": _listed(lambda p: f"1. **[{p.title}]({_abs(p)})** ({p.venue})"),
    "numbered with labels": _listed(lambda p: f"3. {p.title}. {p.authors}. {p.venue}. [Paper]({_abs(p)})"),
    "citation style": _listed(lambda p: f'- {p.authors}. "{p.title}." {p.venue}. [arXiv]({_abs(p)})'),
    "authors first": _listed(lambda p: f"- {p.authors.replace(' et al.', ', Una Bird')}. {p.title}. {p.venue}. [[pdf]({_pdf(p)})]"),
    "a table": _listed(lambda p: f"| {p.title} | {p.venue} | [paper]({_abs(p)}) |", "| Title | Venue | Link |\n|---|---|---|\n"),
    "a table, date first": _listed(lambda p: f"| {p.day} | **{p.title}** | {p.authors} | [{p.id}]({_abs(p)}) |", "| Publish Date | Title | Authors | PDF |\n|:--|:--|:--|:--|\n"),
    "a table, title last": _listed(lambda p: f"| {p.venue} | [link]({_abs(p)}) | {p.title} |", "| Venue | Paper Link | Title |\n|---|---|---|\n"),
    "a table of linked titles": _listed(lambda p: f"|[{p.title}]({_abs(p)}) <br> {p.authors}|{p.day}|[Code](https://github.com/a/b)|", "|Paper|Date|Code|\n|---|---|---|\n"),
    "a table without bars outside": _listed(lambda p: f"{p.day} | [{p.title}]({_abs(p)}) | {p.venue}", "Date | Title | Venue\n---|---|---\n"),
    "a table with bare ids": _listed(lambda p: f"| {p.id} | {p.title} |", "| arXiv ID | Title |\n|---|---|\n"),
    "a Chinese table": _listed(lambda p: f"| {p.day} | {p.title} | {p.authors} | [论文]({_abs(p)}) |", "| 日期 | 标题 | 作者 | 链接 |\n|---|---|---|---|\n"),
    "Chinese labels": _listed(lambda p: f"- **{p.title}** [论文链接]({_abs(p)}) [代码](https://github.com/a/b)"),
    "headings": _listed(lambda p: f"### [{p.title}]({_abs(p)})\n- **Metrics:** warmth\n"),
    "headings with labels": _listed(lambda p: f"### {p.title} [[paper]({_abs(p)})]\n\n{p.authors}\n"),
    "headings, links below": _listed(lambda p: f"### {p.title}\n- **Authors:** {p.authors}\n- **Paper:** {_abs(p)}\n- **Code:** https://github.com/a/b\n"),
    "bold lines, links below": _listed(lambda p: f"**{p.title}**\n{p.authors}\n[[paper]({_abs(p)})] [[code](https://github.com/a/b)]\n"),
    "broken lines": _listed(lambda p: f"{p.title} \\\n{p.authors} \\\n{p.venue}. [[Paper]({_abs(p)})] \\\n{p.day}\n"),
    "paragraphs": _listed(lambda p: f"[{p.title}]({_abs(p)})  \n{p.authors}  \n*{p.venue}*\n"),
    "details": _listed(lambda p: f"<details>\n<summary><strong>{p.title}</strong> - {p.authors} - [[pdf]]({_pdf(p)})</summary>\n\nCold models need nests, unlike [others](https://arxiv.org/abs/2311.08888).\n</details>"),
    "lists in parts that open": _listed(lambda p: f"- [{p.title}]({_abs(p)})", "<details>\n<summary>Click to expand</summary>\n\n", tail="\n</details>\n"),
    "HTML items": _listed(lambda p: f'<li><i><b>{p.title}</b></i>, {p.authors}, <a href="{_abs(p)}" target="_blank"><img src="https://img.shields.io/badge/arXiv-red" alt="arXiv Badge"></a></li>', "<ul>\n", tail="\n</ul>"),
    "HTML items over lines": _listed(lambda p: f'<li>\n  <a href="{_abs(p)}">{p.title}</a>\n  <br>{p.authors}\n</li>', "<ul>\n", tail="\n</ul>"),
    "an HTML table": _listed(lambda p: f'<tr>\n<td>{p.day}</td>\n<td><b>{p.title}</b></td>\n<td><a href="{_abs(p)}">pdf</a></td>\n</tr>', _HTML_HEAD, tail="\n</tbody></table>"),
    "HTML headings": _listed(lambda p: f'<p><a href="{_abs(p)}">{p.title}</a></p>').replace("## Nests", "<h2 align='center'>Nests</h2>").replace("## Songs", "<h2>Songs</h2>"),
    "badges": _listed(lambda p: f"- **{p.title}** [![arXiv](https://img.shields.io/badge/arXiv-{p.id}-b31b1b.svg)]({_abs(p)}) ![Stars](https://img.shields.io/github/stars/a/b)"),
    "badges first": _listed(lambda p: f"- [![Star](https://img.shields.io/github/stars/a/b.svg)](https://github.com/a/b) [{p.title}]({_abs(p)}) - {p.venue}"),
    "details in nested bullets": _listed(lambda p: f"- {p.title}\n  - Authors: {p.authors}\n  - Paper: [link]({_abs(p)})\n  - Code: [link](https://github.com/a/b)"),
    "mirrors": _listed(lambda p: f"- [{p.title}](https://papers.cool/arxiv/{p.id}) [[HF](https://huggingface.co/papers/{p.id})] [[αXiv](https://www.alphaxiv.org/abs/{p.id})]"),
    "dashes": _listed(lambda p: f"- 🔥 {p.title} - {p.authors} - {p.venue} - [Paper](https://doi.org/10.48550/arXiv.{p.id})"),
    "checkboxes and emphasis": _listed(lambda p: f"- [x] *{p.title}* ([arXiv:{p.id}]({_abs(p)}), {p.day})"),
    "ids in words": _listed(lambda p: f"- {p.title}, {p.authors}, arXiv:{p.id} [cs.CL], {p.day[:4]}"),
    "underlined headings": _listed(lambda p: f"* `{p.day}` [{p.title}](https://arxiv.org//abs//{p.id})").replace("## Nests", "Nests\n-----").replace("## Songs", "Songs\n-----"),
    "several in one bullet": _listed(lambda p: f"[{p.title}]({_abs(p)})", "- ", between=" / "),
}  # fmt: skip
LAYOUTS: Mapping[str, str] = _ENTRIES
