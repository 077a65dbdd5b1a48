"""Choose a paper's title among what stands in its row or bullet, and clean it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.arxiv_id import find_id
from bot.library.authors import are_whole_names, is_a_name, looks_like_names
from bot.library.inline import Kind, Piece, plain, stripped

# Labels of links that lead somewhere, as opposed to a title.
_LABEL = re.compile(
    "paper|papers|pdf|arxiv|abs|html|link|links|github|git|code|codes|official|repo|repository|implementation|source"
    "|project|projects|page|website|homepage|home|site|web|blog|post|blogpost|model|models|weights|checkpoint"
    "|checkpoints|data|dataset|datasets|benchmark|demo|video|talk|slides|poster|huggingface|hf|🤗|colab|notebook"
    "|tweet|twitter|x|notion|docs|documentation|openreview|acl|anthology|semantic|scholar|scholars|bibtex|cite|summary"
    "|review|doi|here|publisher|leaderboard|pytorch|tensorflow|jax|unofficial|preprint|journal|conference|url|read"
    "|full|text|version|v|extended|ieee|acm|springer|nature|supp|supplementary|appendix|alphaxiv|kimi|papers.cool"
    "|论文|标题|题目|作者|摘要|代码|链接|项目|主页|原文|解读|博客|数据|模型|视频|地址|论文链接|代码链接|项目主页|论文地址|知乎|笔记"
)
_WORDS = re.compile(r"[\w🤗]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DATE = (
    r"(?:(?:19|20)\d\d(?:[-/.年]\s?\d{1,2}(?:[-/.月]\s?\d{1,2}日?)?月?)?年?|\d{1,2}[-/.]\d{1,2}(?:[-/.](?:19|20)?\d\d)?"
    r"|(?:\d{1,2}\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:\s\d{1,2})?,?(?:\s(?:19|20)\d\d)?)"
)
_VENUE = (
    r"(?:arxiv|corr|aaai|acl|aistats|asplos|bmvc|chi|cikm|coling|colm|colt|conll|corl|cvprw?|dac|eacl|eccvw?|ecir|emnlp|"
    r"findings|hpca|icassp|iccvw?|icde|icdm|iclr|icml|icra|icse|ijcai|ijcv|interspeech|iros|isca|jmlr|kdd|lrec|miccai|"
    r"micro|mlsys|naacl|nature|ndss|neurips|nips|nsdi|osdi|pami|pldi|preprint|recsys|rss|science|sigir|siggraph|sosp|tacl|"
    r"tip|tkde|tmlr|tmm|tnnls|tpami|tog|uai|vldb|wacv|wsdm|www|workshop|accepted|mm|acm mm|under review|oral|spotlight|"
    r"poster)"
)
_ASIDE = re.compile(
    rf"(?:in |at |proceedings of |proc\. )?(?:{_DATE}|{_VENUE})"
    rf"(?:[\s,:·'’`-]{{0,3}}(?:{_DATE}|{_VENUE}|\d\d|main|track|workshop))*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\s*(?:[\[(【（<{](?P<inside>[^\[\]()【】（）<>{}]{1,60})[\])】）>}]|(?P<number>(?:#?\d{1,4}[.)、]|\[\d{1,4}\])\s)|(?P<marks>[-–—:：|·,•*\s]+))"
)
_ADDRESS = re.compile(r"https?://\S+")
_QUOTED = re.compile(r"[\"“「《](?P<text>[^\"“”「」《》]{3,400})[\"”」》]")
_STRONG = re.compile(r"(?<!\*)(?:\*\*\*|\*\*|__)(?=\S)(?P<text>[^*]{2,500}?)(?<=\S)(?:\*\*\*|\*\*|__)(?!\*)")
_SLANTED = re.compile(r"(?<![\w*_\\])([*_])(?=\S)(?P<text>[^*_]{8,500})(?<=\S)\1(?![\w*_])")
_WIKI = re.compile(r"\[\[(?:[^\[\]|]{1,300}\|)?(?P<text>[^\[\]|]{2,300})\]\]")
_SAYS_TITLE = re.compile(
    r"\W{0,4}(?:title|paper title|标题|题目|论文题目|论文标题|名称)\W{0,4}?[:：]\W{0,3}\s*", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])\.\s+")
_ET_AL = re.compile(r"[,.;]?\s+(?:by\s+)?[^\s,.;][^,.;]{0,40}?\s+et\s?\.?\s?al\.?.*", re.IGNORECASE)
_SEPARATORS = " ,;:·•–—-|{}：，；、\\"
_SPLITS = (" — ", " – ", " - ", " | ", ". ", "; ", " by ", ", ")
_LONG_REST = 150
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a text. `strength` says how it stands out: 2 in bold or quotes, 1 slanted, 0 plain."""

    text: str
    strength: int


def is_label(text: str) -> bool:
    """Whether a link's text says where it leads, such as "[Code]" or "GitHub (PyTorch)", rather than what it is."""
    words = _WORDS.findall(text.casefold())
    return not words or (len(words) <= 3 and all(_LABEL.fullmatch(word) or word.isdigit() for word in words))


def is_aside(text: str) -> bool:
    """Whether a text is a date, a venue, an id or an address: what stands beside a title and is none."""
    bare = text.strip(f"{_SEPARATORS}[]()（）【】*.'\"")
    return not bare or bool(_ASIDE.fullmatch(bare)) or bool(find_id(bare)) or bool(_ADDRESS.fullmatch(bare))


def n_words(text: str) -> int:
    """How many words a text has; two signs of a script without spaces are one."""
    wide = len(_WIDE.findall(text))
    return len(_WORDS.findall(_WIDE.sub(" ", text))) + (wide + 1) // 2


def runs(raw: str) -> list[Run]:
    """The parts of a raw text that stand out, or the whole text if none does."""
    quoted, strong = _QUOTED.search(raw), _STRONG.search(raw)
    if quoted and strong and n_words(plain(strong["text"])) < 2 and n_words(quoted["text"]) >= _FEWEST_WORDS:
        return [Run(plain(quoted["text"]), 2)]  # **LoRA**, "Low-Rank Adaptation of Large Language Models"
    for pattern, strength in ((_WIKI, 2), (_STRONG, 2), (_QUOTED, 2), (_SLANTED, 1)):
        found = [plain(one["text"]) for one in pattern.finditer(raw)]
        if wanted := [text for text in found if not is_aside(text) and not is_label(text)]:
            return [Run(text, strength) for text in wanted]
    return [Run(plain(raw), 0)]


def titled(raw: str) -> tuple[str, str]:
    """The title in a text that stands beside links, and what is left of the text; ("", text) if there is none."""
    lead, body = split_lead(raw)
    best = runs(body)[0]
    if best.strength == 2 or (best.strength == 1 and body.lstrip().startswith(("*", "_"))):
        bare = plain(body)
        before, _, after = bare.partition(best.text)
        is_name = n_words(best.text) < 2 and after.lstrip("* _").startswith((":", "："))  # "**LoRA**: Low-Rank …"
        if (n_words(best.text) >= 2 or n_words(before) == 0) and not (is_name and n_words(after) >= _FEWEST_WORDS):
            return clean(best.text), stripped(f"{lead} {before.strip(_QUOTES)} {after.lstrip(_QUOTES)}")
    title, rest = without_people(stripped(plain(body)))
    return clean(title), stripped(f"{lead} {rest}")


_QUOTES = "\"'“”「」《》. "


def split_lead(raw: str) -> tuple[str, str]:
    """Dates, venues and numbers before a text, and the text without them."""
    kept: list[str] = []
    named = _SAYS_TITLE.match(raw)
    index = named.end() if named else 0
    while match := _LEAD.match(raw, index):
        inside = match["inside"]
        if inside is not None and not (is_aside(inside) or is_label(inside)):
            break
        if match["marks"] and match["marks"].strip().startswith("*"):
            marks = match["marks"]
            index += len(marks) - len(marks.lstrip(" -–—:：|·,•"))
            break
        kept.append(inside or "")
        index = match.end()
    return " ".join(filter(None, map(str.strip, kept))), raw[index:]


def without_people(text: str) -> tuple[str, str]:
    """A title without the authors that follow or precede it, and those."""
    text, asides = _without_asides(text)
    title, people = _parted(text, has_asides=bool(asides))
    return title, ", ".join(filter(None, (people, asides)))


def _parted(text: str, *, has_asides: bool) -> tuple[str, str]:
    """The title and the people; one name alone counts where a venue or date stood behind it, as in a citation."""
    for mark in _SPLITS:
        if (found := _parted_at(mark, *_partition(text, mark), has_asides=has_asides)) is not None:
            return found
    if (match := _ET_AL.search(text)) and n_words(text[: match.start()]) >= 2:
        return text[: match.start()].rstrip(" -–—,."), match[0]
    return text, ""


def _parted_at(mark: str, head: str, found: str, tail: str, *, has_asides: bool) -> tuple[str, str] | None:
    if not found or (mark == ", " and not are_whole_names(tail)):
        return None
    names = looks_like_names(tail) or (has_asides and mark != ", " and is_a_name(tail))
    if names and n_words(head) >= 2 and not looks_like_names(head):
        return head, tail
    begins_with_names = mark == ". " and (looks_like_names(head) or (has_asides and is_a_name(head)))
    if begins_with_names and n_words(tail) >= _FEWEST_WORDS:
        title, _, rest = _partition(tail, mark)
        return title, f"{head}, {rest}".strip(", ")
    is_long = mark in _SPLITS[:3] and len(tail) > _LONG_REST
    return (head, tail) if is_long and n_words(head) >= _FEWEST_WORDS else None


def _partition(text: str, mark: str) -> tuple[str, str, str]:
    """Part a text at a mark; the stop behind an initial ends no sentence."""
    if mark != ". ":
        return text.partition(mark)
    found = _SENTENCE_END.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _without_asides(text: str) -> tuple[str, str]:
    """A text without dates and venues at its end, and those."""
    asides: list[str] = []
    while match := _TRAILING.search(text):
        inside = (match["inside"] or match["after"]).strip()
        if not is_aside(inside) or n_words(text[: match.start()]) < 2:
            break
        asides.insert(0, inside)
        text = text[: match.start()].rstrip(_SEPARATORS)
    return text, ", ".join(asides)


_TRAILING = re.compile(
    r"\s*(?:[\[(（【](?P<inside>[^\[\]()（）【】]{1,60})[\])）】]"
    r"|(?:, |\. | [-–—|] )(?P<after>(?:(?! - |\. )[^,|–—]){1,40}))[.\s]*$"
)


def clean(text: str) -> str:
    """A title without numbers, signs, quotation marks and stops around it."""
    bare = stripped(_without_lead_signs(text))
    if len(bare) > 2 and bare[0] in "\"“'" and bare[-1] in "\"”'":
        bare = bare[1:-1]
    return bare.rstrip(" .,;:") if not bare.endswith("...") else bare


def _without_lead_signs(text: str) -> str:
    index = 0
    while index < len(text) and (unicodedata.category(text[index]) in ("So", "Sk", "Cf", "Mn") or text[index] == " "):
        index += 1
    return re.sub(r"^\(?\d{1,3}[.)、]\s+", "", text[index:])


def is_title_link(piece: Piece, bracketed: frozenset[int], index: int) -> bool:
    """Whether a link is a title itself, rather than a label or a venue in brackets."""
    text = piece.text
    if piece.kind is not Kind.LINK or is_label(text) or is_aside(text):
        return False
    return index not in bracketed or n_words(text) >= 4


def bracketed_links(parts: Sequence[Piece]) -> frozenset[int]:
    """Which links stand in brackets of their own, as labels do: "[[TKDE](…)]"."""
    found = set()
    for index, piece in enumerate(parts):
        if piece.kind is Kind.LINK and 0 < index < len(parts) - 1:
            before, after = parts[index - 1], parts[index + 1]
            opens = before.kind is Kind.TEXT and before.text.endswith(("[", "(", "【", "（"))
            closes = after.kind is Kind.TEXT and after.text.lstrip("\\ ").startswith(("]", ")", "】", "）"))
            if opens and closes:
                found.add(index)
    return frozenset(found)
