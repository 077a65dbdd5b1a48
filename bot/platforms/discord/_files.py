"""Files that people upload for the bot."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import aiohttp
import discord

logger = logging.getLogger(__name__)

_LARGEST = 200_000
_TEXT_NAMES = (".md", ".txt", ".text", ".markdown")


async def text_file(attachments: Iterable[discord.Attachment]) -> bytes | None:
    """The content of the first small text file among these; None if there is none or it cannot be had."""
    for attachment in attachments:
        is_text = (attachment.content_type or "").startswith("text/") or attachment.filename.endswith(_TEXT_NAMES)
        if is_text and attachment.size <= _LARGEST:
            try:
                return await attachment.read()
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.warning("an uploaded file cannot be read: %s", type(error).__name__)
                return None
    return None
