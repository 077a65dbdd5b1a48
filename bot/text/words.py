"""Compare and count words: accents and case folded away, nouns in the plural where they have to be."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """Take the accents off: "Liò" becomes "Lio"; ligatures and wide letters become plain ones."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def folded(text: str) -> str:
    """Take accents and case away, so that spellings of one word are equal: "LIÒ" becomes "lio"."""
    return without_accents(text).casefold()


def folded_words(text: str) -> list[str]:
    """Split a text into its folded letters and digits, without punctuation: "RL-HF" becomes ["rl", "hf"]."""
    return "".join(c if c.isalnum() else " " for c in folded(text)).split()


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it has to be: "1 paper", "1,450 papers"."""
    return f"{number:,} {plural(noun, number)}"


def plural(noun: str, number: int) -> str:
    """Write a noun as its number asks for it."""
    return noun if number == 1 else f"{noun}s"
