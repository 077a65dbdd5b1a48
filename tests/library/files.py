"""Small files in every form that is read, for tests; what the real ones hold and a reader could stumble over."""

BLANK = " "  # at the end of a line

AWESOME = """\
# Awesome-Efficient-Things
A curated list.

## Full List
  - [Pruning](pruning.md)
  - [Quantization](quantization.md)

#### Updates
* May 29, 2023: a year of this :tada:

## Paper from 05/26/2024 - Now

#### Pruning

| Title & Authors | Introduction | Links |
|:--|  :----: | :---:|
|[![Star](https://img.shields.io/github/stars/ada/prune.svg?style=social)](https://github.com/ada/prune)[![Publish](https://img.shields.io/badge/Conference-ICML'24-blue)]()<br>[Pruning | by half](https://arxiv.org/abs/2406.01032) <br> Ada Lovelace, Tim RocktÃ¤schel |<img width="1002" alt="image" src="x1.png"> |[Github](https://github.com/ada/prune) <br> [Paper](https://arxiv.org/abs/2406.01032)|[//]: #06/12
|[![Type](https://img.shields.io/badge/w/Quantization-39B0A9)]() [From theory to practice](https://arxiv.org/abs/2405.20935) <br> Bob Roe ||[Paper](https://arxiv.org/abs/2405.20935)|  [//]: #05/29
|[On another site](https://github.com/bob/site) <br> Bob Roe ||[Page](https://bob.example)|

#### Quantization
|[Without a head](https://arxiv.org/pdf/2312.14297v2) <br> Carol Doe | | [Paper](https://arxiv.org/pdf/2312.14297v2) | [Model](https://huggingface.co/x) | [//]: #01/05
|[Pruning | by half](https://arxiv.org/abs/2406.01032) <br> Ada Lovelace, Bob Roe | |[Paper](https://arxiv.org/abs/2406.01032)|
- [As a bullet](https://arxiv.org/abs/2401.00001), Dan Poe, Eve Loe. [[Code](https://github.com/dan/bullet)]
"""

OUTLINE = f"""\
- Tuning
    - Adapters
        - LoRA
        - [ReFT](https://arxiv.org/abs/2404.03592)
        - [On a blog](https://blog.example/post)
    -{BLANK}
- Serving
\t- [Kangaroo](https://arxiv.org/html/2404.18911v1) - drafts
\t- overview paper https://arxiv.org/abs/2404.07503
\t- [ReFT again](https://huggingface.co/papers/2404.03592)

Other

- Tuning
    - Adapters
        - LoRA
        - [ReFT](https://arxiv.org/abs/2404.03592)
        - [On a blog](https://blog.example/post)
    -{BLANK}
"""

BIBTEX = r"""% exported from somewhere
@string{iclr = "ICLR"}
@article{vaswani, title={Attention Is {All} You Need}, author={Vaswani, Ashish and Noam Shazeer and others},
  journal={arXiv preprint arXiv:1706.03762}, year={2017}}
@inproceedings{hu, title="{LoRA}", author="Pietro Li{\`o}", booktitle="ICLR", year=2022, eprint="2106.09685v2",
  archivePrefix="arXiv", groups="Tuning, Adapters"}
@misc{old, title={Old}, eprint={0601001}, archivePrefix={arXiv}, primaryClass={astro-ph}}
@misc{doi, title={By DOI}, doi={10.48550/arXiv.2404.02575}}
@misc{url, title={By address}, howpublished={\url{https://arxiv.org/abs/2403.13372v2}}}
@article{none, title={Elsewhere}, author={A. Person}, journal={Nature}, year={2001}}
@misc{hu2, title={LoRA once more}, eprint={2106.09685}}
@article{broken, title={Never closed
"""

IDS = """\
2406.01032
https://arxiv.org/abs/2406.02959v1 with a title
hep-th/9901001
nothing here
https://github.com/ada/prune
# Pruning
arXiv:2406.07017, 2406.01032
2024.12345
2406.01032
"""

DIGEST = f"""\
> This is a remedial run for missed papers from 1/13/2025 to 1/13/2025.
>{BLANK}
> Results generated on 3/20/2025.

# Personalized Daily Arxiv Papers 1/14/2025

| *[gpt-4o]*   | Prompt   | Completion   | Total   |
|--------------|----------|--------------|---------|
| **Token**    | 24931    | 3489         | 28420   |
| **Cost**     | $0.06    | $0.03        | $0.1    |

Total arXiv papers: 169

Total scanned papers: 169

Total relevant papers: 2

**Table of contents with paper titles:**

1. [FlexQuant](#user-content-link1)
**Authors:** Yuji Chai, Mujin Kwen

2. [PRKAN](#user-content-link2)
**Authors:** Hoang-Thang Ta

---

## 1. [FlexQuant](https://arxiv.org/abs/2501.07139) <a id="link1"></a>

**ArXiv ID:** 2501.07139

**Authors:** Yuji Chai, Mujin Kwen

**Abstract:** Deploying language models on edge devices.

**Comment:** Fits.

**Relevance:** 9
**Novelty:** 8

---

## 2. [PRKAN](https://arxiv.org/abs/2501.07032) <a id="link2"></a>

**ArXiv ID:** 2501.07032

**Authors:** Hoang-Thang Ta

**Abstract:** Networks with fewer parameters.

**Comment:** Author match

---

# Paper Selection Prompt

## Relevant Topics

1. Model Compression
   - Relevant: Sparsity, pruning, quantization.
"""

SCORED_JSON = """\
{"2501.07139": {"ARXIVID": "2501.07139", "COMMENT": "Fits.", "RELEVANCE": 9, "NOVELTY": 8, "SCORE": 17,
 "authors": ["Yuji Chai"], "title": "FlexQuant", "abstract": "Edge devices.", "arxiv_id": "2501.07139"}}
"""
