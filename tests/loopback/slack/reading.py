"""The Web API's methods that change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.loopback.slack.contents import Refused, truth
from tests.loopback.slack.workspace import APP, BOT_USER, TEAM, Channel, Message, Workspace, as_json, reactions_json

Answer = dict[str, Any]


class Reading:
    """Lists and looks-up. `users_shown` and `page_most` are how much Slack shows at once."""

    def __init__(self, workspace: Workspace, scopes: set[str]) -> None:
        self.workspace = workspace
        self.scopes = scopes
        self.users_shown = 50
        self.page_most = 200

    def m_conversations_history(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        messages = list(reversed(channel.top_level()))
        return self._page(channel, messages, arguments)

    def m_conversations_replies(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        parent = channel.messages.get(str(arguments.get("ts") or ""))
        if parent is None:
            raise Refused("thread_not_found")
        answer = self._page(channel, channel.replies(parent.ts), arguments)
        # The parent leads every page.
        answer["messages"].insert(
            0,
            as_json(
                channel, parent, metadata=truth(arguments.get("include_all_metadata")), users_shown=self.users_shown
            ),
        )
        return answer

    def _page(self, channel: Channel, messages: list[Message], arguments: dict[str, Any]) -> Answer:
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        inclusive = truth(arguments.get("inclusive"))
        inside = [
            m for m in messages if oldest < float(m.ts) < latest or (inclusive and float(m.ts) in {oldest, latest})
        ]
        limit = min(int(arguments.get("limit") or 100), 999, self.page_most)
        start = int(str(arguments.get("cursor") or "0").removeprefix("next-"))
        page = inside[start : start + limit]
        more = start + limit < len(inside)
        metadata = truth(arguments.get("include_all_metadata"))
        return {
            "messages": [as_json(channel, m, metadata=metadata, users_shown=self.users_shown) for m in page],
            "has_more": more,
            "response_metadata": {"next_cursor": f"next-{start + limit}" if more else ""},
        }

    def m_conversations_info(self, arguments: dict[str, Any]) -> Answer:
        return {"channel": self._channel_json(self._channel(arguments, member=False))}

    def m_conversations_members(self, arguments: dict[str, Any]) -> Answer:
        return {
            "members": sorted(self._channel(arguments, member=False).members),
            "response_metadata": {"next_cursor": ""},
        }

    def m_conversations_list(self, arguments: dict[str, Any]) -> Answer:
        return self._channels(arguments, lambda channel: not channel.is_private or BOT_USER in channel.members)

    def m_users_conversations(self, arguments: dict[str, Any]) -> Answer:
        user = str(arguments.get("user") or BOT_USER)
        if user not in self.workspace.people:
            raise Refused("user_not_found")
        # What is not public is shown only where the app is too.
        return self._channels(
            arguments,
            lambda channel: user in channel.members and (not channel.is_private or BOT_USER in channel.members),
        )

    def _channels(self, arguments: dict[str, Any], wanted: Callable[[Channel], bool]) -> Answer:
        types = str(arguments.get("types") or "public_channel").split(",")
        if "private_channel" in types and "groups:read" not in self.scopes:
            raise Refused("missing_scope", needed="groups:read", provided=",".join(sorted(self.scopes)))
        leave_archived = truth(arguments.get("exclude_archived"))
        found = [
            self._channel_json(channel)
            for channel in self.workspace.channels.values()
            if not channel.is_direct
            and ("private_channel" if channel.is_private else "public_channel") in types
            and wanted(channel)
            and not (leave_archived and channel.is_archived)
        ]
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def m_reactions_get(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        message = channel.messages.get(str(arguments.get("timestamp") or ""))
        if message is None:
            raise Refused("message_not_found")
        shown = as_json(channel, message, metadata=False, users_shown=self.users_shown)
        if truth(arguments.get("full")) and message.reactions:
            shown["reactions"] = reactions_json(message, 10_000)
        return {"type": "message", "channel": channel.id, "message": shown}

    def m_users_info(self, arguments: dict[str, Any]) -> Answer:
        person = self.workspace.people.get(str(arguments.get("user") or ""))
        if person is None:
            raise Refused("user_not_found")
        return {
            "user": {
                "id": person.id,
                "team_id": TEAM,
                "name": person.name,
                "is_bot": person.is_bot,
                "is_admin": person.is_admin,
                "is_owner": person.is_owner,
                "is_primary_owner": False,
                "is_restricted": person.is_guest,
                "tz": person.tz,
                "deleted": False,
            }
        }

    def m_bots_info(self, arguments: dict[str, Any]) -> Answer:
        return {"bot": {"id": arguments.get("bot"), "app_id": APP, "user_id": BOT_USER, "name": "paperlark"}}

    def _channel(self, arguments: dict[str, Any], name: str = "channel", *, member: bool = True) -> Channel:
        wanted = str(arguments.get(name) or "")
        if not wanted:
            raise Refused(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        channel = self.workspace.channels.get(wanted)
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise Refused("channel_not_found")
        if member and BOT_USER not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def _channel_json(self, channel: Channel) -> Answer:
        return {
            "id": channel.id,
            "name": channel.name,
            "creator": channel.creator,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "is_member": BOT_USER in channel.members,
            "num_members": len(channel.members),
        }
