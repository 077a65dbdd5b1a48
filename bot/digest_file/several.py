"""Several digests in one file: Markdown pages one after the other, or a JSON list.

One digest alone is written as ever. The first line of a Markdown file of several says how many there are and by what
line they are parted; that line stands nowhere else in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from bot.digest_file.contents import DigestFile
from bot.digest_file.files import read_digest, write_json, write_markdown
from bot.errors import DigestFileError
from bot.models import Digest

_OPENING = re.compile(r"<!-- (?P<count>\d{1,6}) digests, parted by (?P<word>next-digest(?:-\d{1,6})?) -->")


def write_markdown_file(digests: Sequence[Digest | DigestFile]) -> str:
    """The digests in one Markdown file, in their order; `read_digests` gives them back. Empty for none."""
    pages = [write_markdown(digest) for digest in digests]
    if len(pages) < 2:
        return "".join(pages)
    word = _parting(pages)
    opening = f"<!-- {len(pages)} digests, parted by {word} -->\n\n"
    return opening + f"\n<!-- {word} -->\n\n".join(pages)


def write_json_file(digests: Sequence[Digest | DigestFile]) -> str:
    """The digests as JSON: the scored JSON of one, otherwise a list with one for each."""
    texts = [write_json(digest) for digest in digests]
    if len(texts) == 1:
        return texts[0]
    return json.dumps([json.loads(text) for text in texts], ensure_ascii=False, indent=2) + "\n"


def read_digests(text: str) -> tuple[DigestFile, ...]:
    """Every digest of a file, whether it holds one or several, in their order; an empty JSON list holds none.

    Raises:
        DigestFileError: it is no file of digests, or one of them cannot be read; says which.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if opening := _OPENING.match(text):
        pages = text[opening.end() :].split(f"\n<!-- {opening['word']} -->\n")
        if len(pages) != int(opening["count"]):
            raise DigestFileError(
                f"the file says that it holds {opening['count']} digests, but {len(pages)} are in it: it may be cut off"
            )
        return tuple(_read(page, number) for number, page in enumerate(pages, start=1))
    if text.lstrip().startswith("["):
        return tuple(_read(page, number) for number, page in enumerate(_listed(text), start=1))
    return (read_digest(text),)


def _parting(pages: Sequence[str]) -> str:
    """A word for the line between pages: one that none of them holds."""
    word, tried = "next-digest", 1
    while any(f"<!-- {word} -->" in page for page in pages):
        tried += 1
        word = f"next-digest-{tried}"
    return word


def _listed(text: str) -> list[str]:
    """The objects of a JSON list, each as a text."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DigestFileError(f"this begins like a JSON list but cannot be read: {error}") from error
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise DigestFileError("a JSON list of digests holds one object for each of them; this one holds something else")
    return [json.dumps(one, ensure_ascii=False) for one in objects]


def _read(page: str, number: int) -> DigestFile:
    try:
        return read_digest(page)
    except DigestFileError as error:
        raise DigestFileError(f"digest {number} of the file: {error}") from error
