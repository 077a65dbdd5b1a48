"""The Web API's methods, as strict as Slack's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.loopback.slack.blockkit import complaints_about, complaints_about_view, is_too_long, units
from tests.loopback.slack.workspace import (
    APP,
    BOT,
    BOT_USER,
    TEAM,
    Channel,
    Message,
    View,
    Workspace,
    as_json,
    reactions_json,
)

TRIGGER_S = 3.0
MOST_TEXT = 40_000
Answer = dict[str, Any]


class Refused(Exception):
    """ok: false with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


# What a method needs: a scope, or one by the kind of channel ("*" is channels, groups or im).
SCOPES: Mapping[str, str] = {
    "auth.test": "",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.history": "*:history",
    "conversations.replies": "*:history",
    "conversations.info": "*:read",
    "conversations.members": "*:read",
    "conversations.list": "channels:read",
    "users.conversations": "channels:read",
    "reactions.get": "reactions:read",
    "reactions.add": "reactions:write",
    "users.info": "users:read",
    "views.open": "",
    "views.update": "",
    "bots.info": "users:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
}


class Methods:
    """Each public method here answers the Web API method in `TABLE`; `emit` sends an event to the app."""

    def __init__(
        self, workspace: Workspace, scopes: set[str], emit: Callable[..., Any], base: Callable[[], str]
    ) -> None:
        self.workspace = workspace
        self.scopes = scopes
        self.emit = emit
        self.base = base
        self.users_shown = 50
        self.page_most = 200
        self.triggers: dict[str, tuple[str, float]] = {}

    def answer(self, method: str, arguments: dict[str, Any]) -> Answer:
        """Do what the call asks.

        Raises:
            Refused: with Slack's error.
        """
        if method not in SCOPES:
            raise Refused("unknown_method", req_method=method)
        self._check_scope(method, arguments)
        call = getattr(self, "m_" + method.replace(".", "_"))
        return {"ok": True, **call(arguments)}

    def _check_scope(self, method: str, arguments: dict[str, Any]) -> None:
        needed = SCOPES[method]
        if needed.startswith("*"):
            channel = self.workspace.channels.get(str(arguments.get("channel", "")))
            kind = "channels"
            if channel is not None:
                kind = "im" if channel.is_direct else "groups" if channel.is_private else "channels"
            needed = kind + needed[1:]
        if needed and needed not in self.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

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

    def m_auth_test(self, _: dict[str, Any]) -> Answer:
        return {
            "url": "https://loopback.slack.com/",
            "team": "Loopback",
            "team_id": TEAM,
            "user": "paperlark",
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def m_chat_postMessage(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        target = str(arguments.get("channel") or "")
        if target in self.workspace.people and target != BOT_USER:
            channel = self.workspace.direct_channel(target)
        else:
            channel = self._channel(arguments)
        if channel.is_archived:
            raise Refused("is_archived")
        text, blocks = self._content(arguments)
        thread = arguments.get("thread_ts")
        if thread is not None and str(thread) not in channel.messages:
            # Slack takes any ts here and the message appears nowhere near a thread.
            raise Refused("thread_not_found")
        message = self.workspace.post(
            channel,
            Message(
                ts=self.workspace.stamp(),
                user=BOT_USER,
                text=text,
                blocks=blocks,
                metadata=self._metadata(arguments),
                thread_ts=str(thread) if thread else None,
                bot_id=BOT,
                mrkdwn=_truth(arguments.get("mrkdwn", True)),
            ),
        )
        return {"channel": channel.id, "ts": message.ts, "message": self._shown(channel, message)}

    def m_chat_update(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments, "cant_update_message")
        text, blocks = self._content(arguments)
        message.text, message.blocks = text, blocks
        message.metadata = self._metadata(arguments)
        message.edits += 1
        self.workspace.shown.append((channel.id, message))
        return {"channel": channel.id, "ts": message.ts, "text": text, "message": self._shown(channel, message)}

    def m_chat_delete(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments, "cant_delete_message")
        del channel.messages[message.ts]
        return {"channel": channel.id, "ts": message.ts}

    def m_chat_postEphemeral(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        channel = self._channel(arguments)
        user = str(arguments.get("user") or "")
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        text, blocks = self._content(arguments)
        message = self.show_only_to(channel, user, text, blocks, arguments.get("thread_ts"))
        return {"message_ts": message.ts}

    def show_only_to(
        self, channel: Channel, user: str, text: str, blocks: list[dict[str, Any]], thread: str | None = None
    ) -> Message:
        """An ephemeral message."""
        message = Message(self.workspace.stamp(), BOT_USER, text, blocks, thread_ts=thread, bot_id=BOT, only_for=user)
        return self.workspace.post(channel, message)

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
                channel, parent, metadata=_truth(arguments.get("include_all_metadata")), users_shown=self.users_shown
            ),
        )
        return answer

    def _page(self, channel: Channel, messages: list[Message], arguments: dict[str, Any]) -> Answer:
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        inclusive = _truth(arguments.get("inclusive"))
        inside = [
            m for m in messages if oldest < float(m.ts) < latest or (inclusive and float(m.ts) in {oldest, latest})
        ]
        limit = min(int(arguments.get("limit") or 100), 999, self.page_most)
        start = int(str(arguments.get("cursor") or "0").removeprefix("next-"))
        page = inside[start : start + limit]
        more = start + limit < len(inside)
        metadata = _truth(arguments.get("include_all_metadata"))
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
        return self._channels(arguments, lambda channel: BOT_USER in channel.members)

    def _channels(self, arguments: dict[str, Any], wanted: Callable[[Channel], bool]) -> Answer:
        types = str(arguments.get("types") or "public_channel").split(",")
        if "private_channel" in types and "groups:read" not in self.scopes:
            raise Refused("missing_scope", needed="groups:read", provided=",".join(sorted(self.scopes)))
        leave_archived = _truth(arguments.get("exclude_archived"))
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
        if _truth(arguments.get("full")) and message.reactions:
            shown["reactions"] = reactions_json(message, 10_000)
        return {"type": "message", "channel": channel.id, "message": shown}

    def m_reactions_add(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        message = channel.messages.get(str(arguments.get("timestamp") or ""))
        if message is None:
            raise Refused("message_not_found")
        users = message.reactions.setdefault(str(arguments.get("name")), [])
        if BOT_USER in users:
            raise Refused("already_reacted")
        users.append(BOT_USER)
        self.emit("reaction_added", channel, user=BOT_USER, reaction=arguments["name"], message=message)
        return {}

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
                "tz": person.tz,
                "deleted": False,
            }
        }

    def m_bots_info(self, arguments: dict[str, Any]) -> Answer:
        return {"bot": {"id": arguments.get("bot"), "app_id": APP, "user_id": BOT_USER, "name": "paperlark"}}

    def m_views_open(self, arguments: dict[str, Any]) -> Answer:
        user, until = self.triggers.pop(str(arguments.get("trigger_id") or ""), ("", 0.0))
        if not user:
            raise Refused("invalid_trigger_id")
        if self.workspace.now() > until:
            raise Refused("expired_trigger_id")
        content = self._view(arguments)
        view = View(self.workspace.name_id("V"), user, content, str(uuid.uuid4()))
        self.workspace.views[view.id] = view
        return {"view": self.view_json(view)}

    def m_views_update(self, arguments: dict[str, Any]) -> Answer:
        view = self.workspace.views.get(str(arguments.get("view_id") or ""))
        if view is None:
            raise Refused("not_found")
        if arguments.get("hash") not in {None, view.hash}:
            raise Refused("hash_conflict")
        view.view, view.hash = self._view(arguments), str(uuid.uuid4())
        view.updates += 1
        return {"view": self.view_json(view)}

    def view_json(self, view: View) -> Answer:
        return {"id": view.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": view.hash, **view.view}

    def m_files_getUploadURLExternal(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        if not arguments.get("filename") or int(arguments.get("length") or 0) < 1:
            raise Refused("invalid_arguments")
        file_id = self.workspace.name_id("F")
        self.workspace.files[file_id] = {"name": arguments["filename"], "length": int(arguments["length"])}
        return {"upload_url": f"{self.base()}/upload/{file_id}", "file_id": file_id}

    def m_files_completeUploadExternal(self, arguments: dict[str, Any]) -> Answer:  # noqa: N802
        listed = arguments.get("files") or []
        files = json.loads(listed) if isinstance(listed, str) else listed
        done = []
        for one in files:
            stored = self.workspace.files.get(one["id"])
            if stored is None or len(stored.get("content", b"")) != stored["length"]:
                raise Refused("file_not_found")
            done.append({"id": one["id"], "name": stored["name"], "title": one.get("title"), "size": stored["length"]})
        if arguments.get("channel_id"):
            channel = self._channel(arguments, "channel_id")
            thread = arguments.get("thread_ts")
            self.workspace.post(
                channel, Message(self.workspace.stamp(), BOT_USER, files=done, thread_ts=thread, bot_id=BOT)
            )
        return {"files": done}

    def _content(self, arguments: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        text = str(arguments.get("text") or "")
        blocks = arguments.get("blocks") or []
        if isinstance(blocks, str):
            blocks = json.loads(blocks)
        if not text and not blocks:
            raise Refused("no_text")
        if units(text) > MOST_TEXT:
            text = text[:MOST_TEXT]
        if found := complaints_about(blocks):
            raise Refused("invalid_blocks", errors=found, response_metadata={"messages": found})
        if is_too_long(blocks):
            raise Refused("msg_blocks_too_long")
        return text, blocks

    def _metadata(self, arguments: dict[str, Any]) -> dict[str, Any] | None:
        metadata = arguments.get("metadata")
        if metadata is None:
            return None
        if isinstance(metadata, str):
            metadata = json.loads(metadata)
        payload = metadata.get("event_payload")
        if not isinstance(metadata.get("event_type"), str) or not isinstance(payload, dict):
            raise Refused("invalid_metadata_format")
        if len(json.dumps(metadata)) > 8000:
            raise Refused("metadata_too_large")
        return dict(metadata)

    def _view(self, arguments: dict[str, Any]) -> dict[str, Any]:
        view = arguments.get("view")
        if isinstance(view, str):
            view = json.loads(view)
        if found := complaints_about_view(view):
            raise Refused("invalid_arguments", response_metadata={"messages": found})
        assert isinstance(view, dict)
        return view

    def _own_message(self, channel: Channel, arguments: dict[str, Any], not_ours: str) -> Message:
        message = channel.messages.get(str(arguments.get("ts") or ""))
        if message is None:
            raise Refused("message_not_found")
        if message.user != BOT_USER:
            raise Refused(not_ours)
        return message

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

    def _shown(self, channel: Channel, message: Message) -> Answer:
        return as_json(channel, message, metadata=True, users_shown=self.users_shown)


def _truth(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}
