"""Read files that people upload for the bot.

Discord states their address and size itself, and they are fetched without the token.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import aiohttp
import discord

from bot.platforms._core.files import LARGEST, is_text

logger = logging.getLogger(__name__)


async def text_file(attachments: Iterable[discord.Attachment]) -> bytes | None:
    """The content of the first small text file among these; None if there is none or it cannot be had."""
    for attachment in attachments:
        if attachment.size <= LARGEST and is_text(attachment.filename, attachment.content_type or ""):
            try:
                return await attachment.read()
            except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.warning("an uploaded file cannot be read: %s", type(error).__name__)
                return None
    return None
