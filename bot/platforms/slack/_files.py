"""Files that people upload for the bot."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bot.platforms.slack._api import SlackApi

logger = logging.getLogger(__name__)

_LARGEST = 200_000
_TEXT_NAMES = (".md", ".txt", ".text", ".markdown")
_SIGN_IN_PAGE = "text/html"


async def text_file(api: SlackApi, files: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The content of the first small text file among these; None if there is none or it cannot be had."""
    for file in files:
        is_text = str(file.get("mimetype", "")).startswith("text/") or str(file.get("name", "")).endswith(_TEXT_NAMES)
        address = file.get("url_private_download") or file.get("url_private")
        if is_text and address and int(file.get("size") or 0) <= _LARGEST:
            return await _download(api, str(address))
    return None


async def _download(api: SlackApi, address: str) -> bytes | None:
    client = api.client
    timeout = aiohttp.ClientTimeout(total=client.timeout)
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, headers=headers, proxy=client.proxy) as response,
        ):
            if response.status != 200 or response.content_type == _SIGN_IN_PAGE:
                logger.warning("an uploaded file cannot be read: the scope files:read may be missing")
                return None
            return await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        logger.warning("an uploaded file cannot be read: %s", type(error).__name__)
        return None
