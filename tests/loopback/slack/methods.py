"""The Web API's methods, as strict as Slack's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.loopback.slack.contents import Refused, content, metadata_of, truth, view_of
from tests.loopback.slack.reading import Answer, Reading
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
)

TRIGGER_S = 3.0


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


class Methods(Reading):
    """Each public method here answers the Web API method in `TABLE`; `emit` sends an event to the app."""

    def __init__(
        self, workspace: Workspace, scopes: set[str], emit: Callable[..., Any], base: Callable[[], str]
    ) -> None:
        super().__init__(workspace, scopes)
        self.emit = emit
        self.base = base
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
        text, blocks = content(arguments)
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
                metadata=metadata_of(arguments),
                thread_ts=str(thread) if thread else None,
                bot_id=BOT,
                mrkdwn=truth(arguments.get("mrkdwn", True)),
            ),
        )
        return {"channel": channel.id, "ts": message.ts, "message": self._shown(channel, message)}

    def m_chat_update(self, arguments: dict[str, Any]) -> Answer:
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments, "cant_update_message")
        text, blocks = content(arguments)
        message.text, message.blocks = text, blocks
        message.metadata = metadata_of(arguments)
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
        text, blocks = content(arguments)
        message = self.show_only_to(channel, user, text, blocks, arguments.get("thread_ts"))
        return {"message_ts": message.ts}

    def show_only_to(
        self, channel: Channel, user: str, text: str, blocks: list[dict[str, Any]], thread: str | None = None
    ) -> Message:
        """An ephemeral message."""
        message = Message(self.workspace.stamp(), BOT_USER, text, blocks, thread_ts=thread, bot_id=BOT, only_for=user)
        return self.workspace.post(channel, message)

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

    def m_views_open(self, arguments: dict[str, Any]) -> Answer:
        user, until = self.triggers.pop(str(arguments.get("trigger_id") or ""), ("", 0.0))
        if not user:
            raise Refused("invalid_trigger_id")
        if self.workspace.now() > until:
            raise Refused("expired_trigger_id")
        content = view_of(arguments)
        view = View(self.workspace.name_id("V"), user, content, str(uuid.uuid4()))
        self.workspace.views[view.id] = view
        return {"view": self.view_json(view)}

    def m_views_update(self, arguments: dict[str, Any]) -> Answer:
        view = self.workspace.views.get(str(arguments.get("view_id") or ""))
        if view is None:
            raise Refused("not_found")
        if arguments.get("hash") not in {None, view.hash}:
            raise Refused("hash_conflict")
        view.view, view.hash = view_of(arguments), str(uuid.uuid4())
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

    def _own_message(self, channel: Channel, arguments: dict[str, Any], not_ours: str) -> Message:
        message = channel.messages.get(str(arguments.get("ts") or ""))
        if message is None:
            raise Refused("message_not_found")
        if message.user != BOT_USER:
            raise Refused(not_ours)
        return message

    def _shown(self, channel: Channel, message: Message) -> Answer:
        return as_json(channel, message, metadata=True, users_shown=self.users_shown)
