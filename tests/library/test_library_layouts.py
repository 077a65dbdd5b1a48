"""Lists in forty layouts: every id, and all but a few titles and sections."""

from __future__ import annotations

import pytest

from bot.library import read_library
from tests.library.layouts import LAYOUTS, PAPERS


def test_there_are_forty_layouts():
    assert len(LAYOUTS) >= 40


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_id_of_a_layout_is_read_and_no_other(layout):
    parsed = read_library(LAYOUTS[layout].encode())
    assert [one.arxiv_id for one in parsed.importable] == [one.id for one in PAPERS]


def test_titles_and_sections_are_read_in_nearly_all():
    wrong: list[str] = []
    n_titles = n_sections = 0
    for name, text in LAYOUTS.items():
        found = {one.arxiv_id: one for one in read_library(text.encode()).importable}
        for paper in PAPERS:
            one = found[paper.id]
            n_titles += one.title == paper.title
            n_sections += one.section == (paper.section,)
            if one.title != paper.title or one.section != (paper.section,):
                wrong.append(f"{name}: {one.title!r} in {one.section}")
    total = len(LAYOUTS) * len(PAPERS)
    assert n_titles >= 0.98 * total, "\n".join(wrong)
    assert n_sections >= 0.95 * total, "\n".join(wrong)


SURVEY = """\
# Papers We Love (larks)
<p align="center">Our survey: <a href="https://arxiv.org/abs/2311.00001">A Survey of Larks</a></p>

If you use this list, please cite our paper [A Survey of Larks](https://arxiv.org/abs/2311.00001) and see arXiv:2311.00001.

## Table of Contents
- [Nests](#nests)
- [Songs](#songs)

## 1. Nests
### 1.1 Warm
* **NestFormer**: "Warm Nests for Cold Models", ICLR 2024. Ada Lark, Bo Finch. [[Paper](https://arxiv.org/abs/2401.00001)][[Code](https://github.com/a/b)]
* **Warm Nests for Cold Models II** (2024.02)
  - Ada Lark, Bo Finch
  - [arXiv](https://arxiv.org/abs/2402.00002) | [GitHub](https://github.com/a/b)
* Straw: A Library. *Cy Wren et al.* **NeurIPS'24**. [PDF](https://arxiv.org/pdf/2403.00003.pdf)

### 1.2 Cold
| # | Model | Paper | Year |
|---|---|---|---|
| 1 | NestA | [Nests at Scale](https://arxiv.org/abs/2404.00004) | 2024 |
| 2 | NestB | [Bigger Nests](https://arxiv.org/abs/2405.00005) | 2024 |

## 2. Songs
**2024**
- 2024.06 | [Singing in Low Precision](https://arxiv.org/abs/2406.00006) | MIT
- [2024-07-01] [Whistling](https://arxiv.org/abs/2407.00007) `audio` ![](https://img.shields.io/badge/x-y-blue)

## Citation
If useful:
@article{lark2023survey,
  title={A Survey of Larks},
  journal={arXiv preprint arXiv:2311.00001},
}
## Acknowledgement
Thanks to [this list](https://github.com/x/y).
"""

REFERENCES = """\
[1] Ada Lark, Bo Finch. Warm Nests for Cold Models. arXiv:2401.00001, 2024.
[2] Cy Wren. Nests at scale. In ICLR, 2024. https://arxiv.org/abs/2402.00002
[3] D. Thrush, E. Robin, and F. Swift. Singing in low precision. arXiv preprint arXiv:2403.00003, 2024.
"""

BOOKMARKS = """\
<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1">Nests</H3>
    <DL><p>
        <DT><A HREF="https://arxiv.org/abs/2401.00001" ADD_DATE="1700000000">[2401.00001] Warm Nests for Cold Models</A>
        <DT><A HREF="https://example.org/">Other</A>
    </DL><p>
    <DT><H3>Songs</H3>
    <DL><p>
        <DT><A HREF="https://arxiv.org/pdf/2402.00002">Singing in Low Precision</A>
    </DL><p>
</DL><p>
"""

CHINESE = """\
# 今日论文
## 大模型
1. **标题**：Warm Nests for Cold Models
   **作者**：Ada Lark
   **链接**：https://arxiv.org/abs/2401.00001
2. **标题**：面向冷模型的暖巢
   **链接**：[2402.00002](https://arxiv.org/abs/2402.00002)
## 其他
- 《歌唱的低精度》 [论文](https://arxiv.org/abs/2403.00003)
"""


def read(text):
    return [(one.arxiv_id, one.title, "/".join(one.section)) for one in read_library(text.encode()).importable]


def test_a_surveys_own_paper_is_cited_and_not_listed():
    assert read(SURVEY) == [
        ("2401.00001", "Warm Nests for Cold Models", "1. Nests/1.1 Warm"),
        ("2402.00002", "Warm Nests for Cold Models II", "1. Nests/1.1 Warm"),
        ("2403.00003", "Straw: A Library", "1. Nests/1.1 Warm"),
        ("2404.00004", "Nests at Scale", "1. Nests/1.2 Cold"),
        ("2405.00005", "Bigger Nests", "1. Nests/1.2 Cold"),
        ("2406.00006", "Singing in Low Precision", "2. Songs"),
        ("2407.00007", "Whistling", "2. Songs"),
    ]
    assert read_library(SURVEY.encode()).aside == (
        "1 citation block not counted",
        "2 arXiv links in sentences, which are no entries",
    )


def test_references_bookmarks_and_labelled_fields_have_their_titles():
    assert [title for _, title, _ in read(REFERENCES)] == [
        "Warm Nests for Cold Models",
        "Nests at scale",
        "Singing in low precision",
    ]
    assert read(BOOKMARKS) == [
        ("2401.00001", "Warm Nests for Cold Models", "Nests"),
        ("2402.00002", "Singing in Low Precision", "Songs"),
    ]
    assert [title for _, title, _ in read(CHINESE)] == [
        "Warm Nests for Cold Models",
        "面向冷模型的暖巢",
        "歌唱的低精度",
    ]
