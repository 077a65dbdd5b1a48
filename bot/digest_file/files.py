"""Writing and reading a digest in whichever form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.digest_file.contents import DigestFile, from_digest
from bot.digest_file.markdown_reader import read_markdown
from bot.digest_file.markdown_writer import markdown
from bot.digest_file.scored_json import read_scored_json, scored_json
from bot.errors import DigestFileError
from bot.models import Digest


def write_markdown(digest: Digest | DigestFile) -> str:
    """The digest as a Markdown page; reading it back gives `from_digest(digest)`."""
    return markdown(from_digest(digest) if isinstance(digest, Digest) else digest)


def write_json(digest: Digest | DigestFile) -> str:
    """The digest as scored JSON; reading it back gives `from_digest(digest)`, if no paper is in it twice."""
    return scored_json(from_digest(digest) if isinstance(digest, Digest) else digest)


WRITERS: Mapping[str, Callable[[Digest | DigestFile], str]] = {".md": write_markdown, ".json": write_json}
"""The writer for a file name's suffix."""


def read_digest(text: str) -> DigestFile:
    """What a digest file says, Markdown or JSON, ours or another tool's.

    Raises:
        DigestFileError: it is neither; says what was found instead.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DigestFileError("this is not a digest: the file is empty")
    return read_scored_json(text) if text.lstrip()[0] in "{[" else read_markdown(text)
