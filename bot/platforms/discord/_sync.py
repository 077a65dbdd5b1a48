"""The slash commands as Discord has them, sent only when they are not those of this version.

Discord allows 200 commands to be made a day; they are kept by Discord, so after most starts nothing is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from discord import app_commands

from bot.platforms._core.calls import CallError
from bot.platforms.discord._api import DiscordApi

logger = logging.getLogger(__name__)

_SAID = (
    "type", "name", "description", "options", "required", "choices", "autocomplete",
    "min_length", "max_length", "contexts", "integration_types", "default_member_permissions", "nsfw",
)  # fmt: skip
_CHAT_INPUT = 1


async def synchronise(api: DiscordApi, tree: app_commands.CommandTree[Any], application: int) -> bool:
    """Make Discord's commands those of the tree; whether anything was sent.

    A failure is logged: the commands of before stay, and the next start tries again.
    """
    ours = [command.to_dict(tree) for command in tree.get_commands()]
    try:
        theirs = await api.read("asking for commands", lambda http: http.get_global_commands(application))
        if _same(ours, theirs):
            return False
        payload: Any = ours
        await api.write("sending commands", lambda http: http.bulk_upsert_global_commands(application, payload))
    except CallError as error:
        logger.warning("the slash commands may be those of an older version: %s", error)
        return False
    logger.info("the slash commands are sent anew")
    return True


def _same(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> bool:
    """Whether both say the same; Discord adds ids, and writes out or leaves out what is so anyway."""
    return _by_name(ours) == _by_name(theirs)


def _by_name(commands: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, Any], Any]:
    return {(one.get("type") or _CHAT_INPUT, one.get("name")): _said({"type": _CHAT_INPUT, **one}) for one in commands}


def _said(value: Any) -> Any:
    """What a definition says, without what is empty, unset or unknown to us."""
    if isinstance(value, Mapping):
        said = {name: _said(value[name]) for name in _SAID if name in value} or dict(value)
        return {name: part for name, part in said.items() if part not in (None, False, [], {})}
    return [_said(one) for one in value] if isinstance(value, list) else value
