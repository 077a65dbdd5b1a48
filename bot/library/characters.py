"""Turn the bytes of a file into text: find its encoding, repair letters that went through the wrong one."""

from __future__ import annotations

import re

from bot.topics.decode import decode

# The lead and the followers of a UTF-8 sequence as Windows-1252 shows them: "Ã¤", "â€™", "ðŸš€". Only leads that no
# language puts before such signs.
_FOLLOWER = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
_GARBLED = re.compile(f"[ÂÃÄÅ]{_FOLLOWER}|â{_FOLLOWER}{{2}}|ð{_FOLLOWER}{{3}}")


def read_text(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text with line ends as one character, and warnings about how it was obtained.

    UTF-8, UTF-16 and UTF-32 are recognised, anything else is Windows-1252; binary content becomes the empty text.
    """
    text, warnings = decode(content)
    repaired, n_repaired = _GARBLED.subn(lambda found: _mended(found[0]), text)
    if repaired != text:
        counted = "1 character was" if n_repaired == 1 else f"{n_repaired:,} characters were"
        note = f"{counted} garbled by a wrong encoding and repaired (such as 'Ã¤' for 'ä')"
        return repaired, (*warnings, note)
    return text, warnings


def _mended(garbled: str) -> str:
    """The character that was taken apart, or the text as it is."""
    try:
        return b"".join(_byte(char) for char in garbled).decode("utf-8")
    except ValueError:
        return garbled


def _byte(char: str) -> bytes:
    # Five bytes mean nothing in Windows-1252 and come through as they are.
    return char.encode("latin-1") if ord(char) < 0x100 else char.encode("cp1252")
