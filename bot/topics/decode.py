"""Bytes or text of a topics file to text, with a warning where that was a guess."""

from __future__ import annotations

import codecs
import re

from bot.text import whole

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")
_BINARY_SHARE = 0.05
_SAMPLE = 100_000

NOT_TEXT = "This is no plain text (perhaps a document, an image or an archive): nothing was read. Save it as text."
NOT_UTF8 = (
    "The file is not UTF-8; it was read as Windows-1252. Check accents and quotation marks, and save it as UTF-8."
)


def decode(raw: str | bytes) -> tuple[str, tuple[str, ...]]:
    """The text and warnings about how it was obtained; binary content becomes the empty text."""
    text, warnings = _decoded(raw) if isinstance(raw, bytes) else (whole(raw), ())
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if _is_binary(text):
        return "", (NOT_TEXT,)
    return text, warnings


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw.decode(encoding, "replace"), ()
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    if raw.count(0) > len(raw) // 4:  # every second byte of western UTF-16
        return raw.decode("utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be", "replace"), ()
    return raw.decode("cp1252", "replace"), (NOT_UTF8,)


def _is_binary(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) > len(sample) * _BINARY_SHARE
