"""Make one clean line of a bounded length out of any text."""

from __future__ import annotations

import re
import unicodedata

_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

# Characters that show nothing but change what is shown around them, or smuggle text past a reader: soft hyphen, bidi
# marks, embeddings, overrides and isolates, zero-width ones, fillers, interlinear and shorthand marks, tags, the
# variation selectors nobody sees, noncharacters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# Joiners are letters' business in many scripts and glue emoji together; beside Latin text they only hide.
_JOINERS = re.compile(
    "(?<![^\x00-\u02ff\\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u02ff\\s\u200c\u200d])"
)
_JOINER_RUN = re.compile("[\u200c\u200d]{2,}")

# No language stacks more marks on a letter. Longer runs are vandalism, and make NFC quadratic (UAX #15, section 13).
_MOST_MARKS = 8

_ZWJ = "\u200d"
_HANGING = " ,;:–—-([{/"


def one_line(text: str) -> str:
    """The text as one line of visible NFC characters, its words one space apart.

    Line ends, tabs and control characters become spaces; bidi controls and zero-width characters disappear (a joiner
    stays between letters of a script that uses it); lone surrogates become U+FFFD; more than 8 combining marks in a
    row are dropped.
    """
    text = _SPACES.sub(" ", whole(text))
    if text.isascii():
        return text.strip()
    text = _without_mark_runs(_INVISIBLE.sub("", text))
    text = _JOINER_RUN.sub(lambda run: run[0][0], unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFC", _JOINERS.sub("", text))
    return _SPACES.sub(" ", text).strip()


def _without_mark_runs(text: str) -> str:
    """Keep the first few combining marks of each run."""
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def whole(text: str) -> str:
    """The text with its halves of characters, which JSON can hold and no database can, joined or replaced by U+FFFD."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cut(text: str, limit: int, ellipsis: str = "…") -> str:
    """The text itself if it has at most `limit` characters, else its beginning and an ellipsis, no longer than that.

    Cuts between words where that keeps at least half of the room, otherwise inside a word, but not between a letter
    and its combining marks nor inside a joined emoji or a flag. Characters are Unicode code points.
    """
    if len(text) <= limit:
        return text
    room = limit - len(ellipsis)
    if room <= 0:
        return ellipsis[: max(0, limit)]
    head = text[: _whole_before(text, room)]
    if not text[len(head)].isspace():
        at_word = _last_break(head)
        head = head[:at_word] if at_word >= room // 2 else head
    return head.rstrip(_HANGING) + ellipsis


def _last_break(head: str) -> int:
    """Where the last, perhaps incomplete, word begins, without the space before it; 0 if there is only one."""
    last_space = max((head.rfind(space) for space in (" ", "\n", "\t", "\u3000")), default=-1)
    return len(head[:last_space].rstrip()) if last_space > 0 else 0


def _whole_before(text: str, end: int) -> int:
    """The largest place up to `end` that does not split what is drawn as one character."""
    while end > 0 and _sticks(text, end):
        end -= 1
    return end


def _sticks(text: str, index: int) -> bool:
    """Whether the characters on both sides of `index` belong together."""
    before, after = text[index - 1], text[index]
    if _extends(after) or before == _ZWJ:
        return True
    return _is_flag_half(after) and _flag_halves_before(text, index) % 2 == 1


def _extends(char: str) -> bool:
    return (
        char in "\u200c\u200d"
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, index: int) -> int:
    count = 0
    while index > count and _is_flag_half(text[index - 1 - count]):
        count += 1
    return count
