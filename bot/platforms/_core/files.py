"""Read the text files that people upload for the bot, as bytes of bounded size."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import aiohttp

logger = logging.getLogger(__name__)

LARGEST = 200_000
_TEXT_NAMES = (".md", ".txt", ".text", ".markdown")
_SIGN_IN_PAGE = "text/html"


def is_text(name: str, content_type: str) -> bool:
    """Tell whether an upload says of itself that it is text."""
    return content_type.startswith("text/") or name.endswith(_TEXT_NAMES)


async def download(
    address: str, *, headers: Mapping[str, str] | None = None, proxy: str | None = None, timeout_s: float = 30.0
) -> bytes | None:
    """Fetch one file from an address that was found to be the platform's own; None if it cannot be had.

    No redirect is followed, and not more is read than a topics file may hold, whatever size was claimed.
    """
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, headers=headers, proxy=proxy, allow_redirects=False) as response,
        ):
            if response.status != 200 or response.content_type == _SIGN_IN_PAGE:
                logger.warning("an uploaded file cannot be read (status %d): may I read files?", response.status)
                return None
            content = b""
            while len(content) <= LARGEST and (chunk := await response.content.read(LARGEST + 1 - len(content))):
                content += chunk
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        logger.warning("an uploaded file cannot be read: %s", type(error).__name__)
        return None
    if len(content) > LARGEST:
        logger.warning("an uploaded file is larger than %d bytes and was not read", LARGEST)
        return None
    return content
