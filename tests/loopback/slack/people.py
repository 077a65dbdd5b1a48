"""What people do in the workspace, and what the app hears of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.loopback.slack.methods import TRIGGER_S, Methods
from tests.loopback.slack.sockets import Delivery, Sockets
from tests.loopback.slack.workspace import APP, BOT_USER, TEAM, Channel, Message, View, Workspace, as_json

RESPONSES = 5
RESPONSE_S = 1800.0

# The scope an event needs, and the channel kinds that messages are subscribed to by.
EVENT_SCOPES = {
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
}


@dataclass(slots=True)
class ResponseUrl:
    """Where the app may answer an interaction: five times within half an hour. `message` is what it may replace."""

    channel: str
    user: str
    until: float
    message: Message | None = None
    left: int = RESPONSES


def escaped(text: str) -> str:
    """What people type, as Slack hands it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class People:
    """Acts as persons. Every act returns what was sent to the app, or None where the app hears nothing."""

    def __init__(self, workspace: Workspace, methods: Methods, sockets: Sockets, events: set[str]) -> None:
        self.workspace = workspace
        self.methods = methods
        self.sockets = sockets
        self.events = events
        self.responses: dict[str, ResponseUrl] = {}
        self.deliveries: list[Delivery] = []

    def say(
        self,
        user: str,
        channel_id: str,
        text: str,
        *,
        thread: str | None = None,
        files: Mapping[str, bytes] | None = None,
        shared: Sequence[Mapping[str, Any]] = (),
    ) -> Message:
        """Write a message, perhaps with files; `shared` are files that somebody else hosts."""
        channel = self.workspace.channels[channel_id]
        typed = re.sub(r"&lt;(@[UW]\w+)&gt;", r"<\1>", escaped(text))
        message = Message(self.workspace.stamp(), user, typed, thread_ts=thread)
        for name, content in (files or {}).items():
            message.files.append(self._file(name, content))
        message.files += [dict(one) for one in shared]
        self.workspace.post(channel, message)
        self._tell_of(channel, message)
        return message

    def _file(self, name: str, content: bytes) -> dict[str, Any]:
        file_id = self.workspace.name_id("F")
        self.workspace.files[file_id] = {"name": name, "length": len(content), "content": content}
        url = f"{self.methods.base()}/download/{file_id}"
        return {
            "id": file_id,
            "name": name,
            "size": len(content),
            "mimetype": "text/plain",
            "mode": "hosted",
            "is_external": False,
            "url_private_download": url,
        }

    def _tell_of(self, channel: Channel, message: Message) -> None:
        shown = as_json(channel, message, metadata=False, users_shown=50)
        event = {**shown, "channel": channel.id, "event_ts": message.ts}
        if message.files:
            event["subtype"] = "file_share"
        kind = "im" if channel.is_direct else "group" if channel.is_private else "channel"
        self._event({**event, "channel_type": kind}, channel, f"message.{kind}{'s' if kind != 'im' else ''}")
        if f"<@{BOT_USER}>" in message.text:
            self._event({**event, "type": "app_mention"}, channel, "app_mention")

    def react(self, user: str, channel_id: str, ts: str, name: str) -> Delivery | None:
        """Add a reaction; `name` as Slack names it ("+1", "+1::skin-tone-4", "partyparrot")."""
        channel = self.workspace.channels[channel_id]
        message = channel.messages[ts]
        users = message.reactions.setdefault(name, [])
        if user in users:
            return None
        users.append(user)
        return self.reaction_event("reaction_added", channel, user=user, reaction=name, message=message)

    def unreact(self, user: str, channel_id: str, ts: str, name: str) -> Delivery | None:
        """Take a reaction back."""
        channel = self.workspace.channels[channel_id]
        message = channel.messages[ts]
        if user not in message.reactions.get(name, []):
            return None
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        return self.reaction_event("reaction_removed", channel, user=user, reaction=name, message=message)

    def reaction_event(
        self, kind: str, channel: Channel, *, user: str, reaction: str, message: Message
    ) -> Delivery | None:
        event = {
            "type": kind,
            "user": user,
            "reaction": reaction,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "item_user": message.user,
            "event_ts": self.workspace.stamp(),
        }
        return self._event(event, channel, kind)

    def invite(self, user: str, channel_id: str, who: str = BOT_USER) -> Delivery | None:
        """Bring somebody, by default the app, into a channel."""
        channel = self.workspace.channels[channel_id]
        channel.members.add(who)
        event = {
            "type": "member_joined_channel",
            "user": who,
            "channel": channel_id,
            "channel_type": "G" if channel.is_private else "C",
            "team": TEAM,
            "inviter": user,
            "event_ts": self.workspace.stamp(),
        }
        return self._event(event, channel, "member_joined_channel")

    def kick(self, user: str, channel_id: str) -> Delivery | None:
        """Remove the app from a channel."""
        channel = self.workspace.channels[channel_id]
        kind = "group_left" if channel.is_private else "channel_left"
        event = {"type": kind, "channel": channel_id, "actor_id": user, "event_ts": self.workspace.stamp()}
        delivery = self._event(event, channel, kind)
        channel.members.discard(BOT_USER)
        return delivery

    def archive(self, user: str, channel_id: str) -> Delivery | None:
        """Archive a channel."""
        channel = self.workspace.channels[channel_id]
        channel.is_archived = True
        kind = "group_archive" if channel.is_private else "channel_archive"
        event = {"type": kind, "channel": channel_id, "user": user, "event_ts": self.workspace.stamp()}
        return self._event(event, channel, kind)

    def press(self, user: str, channel_id: str, ts: str, label: str) -> Delivery:
        """Press the button with this label under a message."""
        channel = self.workspace.channels[channel_id]
        message = channel.messages[ts]
        block_id, button = next(
            (block.get("block_id", "generated"), element)
            for block in message.blocks
            for element in block.get("elements", [])
            if element.get("type") == "button" and element["text"]["text"] == label
        )
        action = {
            "type": "button",
            "action_id": button["action_id"],
            "block_id": block_id,
            "text": button["text"],
            "value": button.get("value", ""),
            "action_ts": self.workspace.stamp(),
        }
        shown = as_json(channel, message, metadata=True, users_shown=50)
        hidden = message.only_for is not None
        container = {"type": "message", "message_ts": ts, "channel_id": channel_id, "is_ephemeral": hidden}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = {
            "type": "block_actions",
            **self._who(user),
            "container": container,
            "channel": {"id": channel_id, "name": channel.name},
            "message": shown,
            "response_url": self._response_url(channel_id, user, message),
            "actions": [action],
        }
        return self._interaction(payload)

    def submit(self, user: str, view_id: str, values: Mapping[str, Any] | None = None) -> Delivery:
        """Send a modal off; Slack lets nobody do so while a field that is not optional is empty."""
        view = self.workspace.views.pop(view_id)
        assert view.user == user
        for block in view.view["blocks"]:
            if block["type"] == "input" and not block.get("optional"):
                written = (values or {}).get(block["block_id"], {}).get(block["element"]["action_id"], {}).get("value")
                assert written, f"the field {block['block_id']} must not be empty"
        shown = {**self.methods.view_json(view), "state": {"values": dict(values or {})}}
        return self._interaction({"type": "view_submission", **self._who(user), "view": shown, "response_urls": []})

    def close(self, user: str, view_id: str) -> None:
        """Close a modal; the app hears of it only if it asked to, which it does not."""
        view = self.workspace.views.pop(view_id)
        assert view.user == user

    def window_of(self, user: str) -> View | None:
        """The modal this person sees."""
        return next((view for view in self.workspace.views.values() if view.user == user), None)

    def slash(self, user: str, channel_id: str, command: str, text: str) -> Delivery:
        """Type a slash command."""
        payload = {
            "command": command,
            "text": escaped(text),
            "team_id": TEAM,
            "channel_id": channel_id,
            "channel_name": self.workspace.channels[channel_id].name,
            "user_id": user,
            "user_name": self.workspace.people[user].name,
            "api_app_id": APP,
            "response_url": self._response_url(channel_id, user),
            "trigger_id": self._trigger(user),
        }
        return self._sent(self.sockets.send("slash_commands", payload, accepts_answer=True))

    async def settle(self) -> None:
        """Return when everything sent to the app so far is acknowledged or given up."""
        for delivery in self.deliveries:
            await delivery.done.wait()

    def _who(self, user: str) -> dict[str, Any]:
        return {
            "user": {"id": user, "username": self.workspace.people[user].name, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "loopback"},
            "api_app_id": APP,
            "enterprise": None,
            "trigger_id": self._trigger(user),
        }

    def _trigger(self, user: str) -> str:
        trigger = f"{self.workspace.stamp()}.{user}"
        self.methods.triggers[trigger] = (user, self.workspace.now() + TRIGGER_S)
        return trigger

    def _response_url(self, channel: str, user: str, message: Message | None = None) -> str:
        name = self.workspace.name_id("R")
        self.responses[name] = ResponseUrl(channel, user, self.workspace.now() + RESPONSE_S, message)
        return f"{self.methods.base()}/response/{name}"

    def _interaction(self, payload: dict[str, Any]) -> Delivery:
        return self._sent(self.sockets.send("interactive", payload, accepts_answer=True))

    def _event(self, event: dict[str, Any], channel: Channel, subscription: str) -> Delivery | None:
        """Tell the app, if it is subscribed, may know of it, and is there."""
        scope = EVENT_SCOPES.get(subscription, "")
        if subscription not in self.events or (scope and scope not in self.methods.scopes):
            return None
        if BOT_USER not in channel.members:
            return None
        payload = {
            "token": "loopback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self.workspace.name_id("Ev"),
            "event_time": int(self.workspace.now()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
        }
        return self._sent(self.sockets.send("events_api", payload))

    def _sent(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        return delivery
