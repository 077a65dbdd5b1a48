"""Write digests as files and read them back: a readable Markdown page, and the scored JSON.

Both forms are those of the bots whose readers Paperlark takes over, so either side reads the other's. What a file
holds beyond a plain form (several listing days, remarks, who scored) stands where the others do not look.
"""

from __future__ import annotations

from bot.digest_file.contents import DigestEntry, DigestFile, FileCost, FileTotals, Remedial, from_digest
from bot.digest_file.files import WRITERS, read_digest, write_json, write_markdown
from bot.digest_file.several import read_digests, write_json_file, write_markdown_file

__all__ = [
    "WRITERS",
    "DigestEntry",
    "DigestFile",
    "FileCost",
    "FileTotals",
    "Remedial",
    "from_digest",
    "read_digest",
    "read_digests",
    "write_json",
    "write_json_file",
    "write_markdown",
    "write_markdown_file",
]
