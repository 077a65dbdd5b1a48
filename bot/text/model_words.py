"""Clean the words of a language model before anybody reads them.

An abstract may talk a model into writing an address. No chat is given the chance to make it clickable: a sentence that
holds one is left out.
"""

from __future__ import annotations

import re
import unicodedata

from bot.text.clean import one_line

_MARKUP = re.compile(r"[`*<>|]+|(?<!\w)[_#]+|(?<=[^\W_])_+(?!\w)")
_SENTENCE = re.compile(r"(?<=[.!?…])\s")
# Also with dots that browsers read as dots, and with one that is spelt out to be put together by a reader.
_DOTS = str.maketrans("。｡．․", "....")
_ADDRESS = re.compile(
    r"://|\bwww\b|\w@\w|(?<=[\w)\]])\.(?=[^\W\d_]{2})|[\[({]\s?(?:\.|dot)\s?[\])}]|\b(?:mailto|javascript|data|hxxps?):"
    r"|(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)",
    re.IGNORECASE,
)


def names_address(text: str) -> bool:
    """Tell whether a text holds an address, a domain or something to be read as one."""
    return bool(_ADDRESS.search(unicodedata.normalize("NFKC", text).translate(_DOTS)))


def model_words(text: str) -> str:
    """Write what a model said as one plain line: without mark-up, and without sentences that name an address."""
    line = one_line(_MARKUP.sub("", text))  # in this order: what is taken out leaves runs of blanks
    return " ".join(sentence for sentence in _SENTENCE.split(line) if not names_address(sentence))
