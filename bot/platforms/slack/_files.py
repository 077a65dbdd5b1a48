"""Read files that people upload for the bot.

A file may be remote: its address is then any host in the world, and its size and name are free. Only what Slack itself
hosts is fetched, since the request carries the bot's token.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.addresses import may_carry_secret
from bot.platforms._core.files import LARGEST, download, is_text
from bot.platforms.slack._api import SlackApi

logger = logging.getLogger(__name__)

_FILE_HOSTS = frozenset({"files.slack.com"})
_HOSTED = ("hosted", "snippet")


async def text_file(api: SlackApi, files: Sequence[Mapping[str, Any]]) -> bytes | None:
    """The content of the first small text file among these that Slack hosts; None if there is none.

    A large or a remote one counts as none.
    """
    for file in files:
        if not is_text(str(file.get("name", "")), str(file.get("mimetype", ""))):
            continue
        address = str(file.get("url_private_download") or file.get("url_private") or "")
        if not _is_hosted(file) or not may_carry_secret(address, api.client.base_url, _FILE_HOSTS):
            logger.warning("a file that Slack does not host was not fetched")
            continue
        if _size(file) <= LARGEST:
            headers = {"Authorization": f"Bearer {api.client.token}"}
            return await download(address, headers=headers, proxy=api.client.proxy, timeout_s=api.client.timeout)
    return None


def _is_hosted(file: Mapping[str, Any]) -> bool:
    return file.get("mode") in _HOSTED and not file.get("is_external")


def _size(file: Mapping[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0
