"""Makes and changes messages, whoever they come from, and notes whom they alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.loopback.discord.contents import MOST_FILE, Content, mentioned_in
from tests.loopback.discord.events import Events
from tests.loopback.discord.journal import Journal
from tests.loopback.discord.refusals import Refused
from tests.loopback.discord.world import BOT_USER, COMPONENTS_V2, LOADING, Channel, Message

JSON = dict[str, Any]
Files = Mapping[str, tuple[str, bytes]]
"""Uploaded files by field ("files[0]"): name and bytes."""


class Posting:
    """Puts the app's messages into the world. `on_stored` hears of each new one before the app gets its answer."""

    def __init__(self, events: Events, journal: Journal, base: Callable[[], str]) -> None:
        self.events = events
        self.world = events.world
        self.journal = journal
        self.base = base
        self.on_stored: Callable[[Message], None] = lambda _: None

    def create(self, channel: Channel, content: Content, files: Files, **more: Any) -> Message:
        """A new message of the app; `more` are fields of Message.

        Raises:
            Refused: it is empty, or a file is too large.
        """
        message = Message(
            self.world.snowflake(), channel.id, BOT_USER, content.text, content.embeds, content.components,
            self._attach(content, files, []), flags=content.flags, **more,
        )  # fmt: skip
        _refuse_empty(message)
        self._watch(content, "content" in content.given)
        self._address(channel, message, content)
        self.world.put(message)
        self.events.message("MESSAGE_CREATE", message)
        self.on_stored(message)
        return message

    def update(self, message: Message, content: Content, files: Files) -> Message:
        """Change what stands in a message of the app; an edit alerts nobody."""
        self._watch(content, bool(content.text))
        kept = message.attachments
        if "attachments" in content.given:
            listed = {str(one["id"]) for one in content.attachments}
            kept = [one for one in kept if one["id"] in listed]
        changed = Message(
            message.id, message.channel, message.author,
            content.text if "content" in content.given else message.content,
            content.embeds if "embeds" in content.given else message.embeds,
            content.components if "components" in content.given else message.components,
            self._attach(content, files, kept),
        )  # fmt: skip
        _refuse_empty(changed)
        message.content, message.embeds, message.components = changed.content, changed.embeds, changed.components
        message.attachments = changed.attachments
        was_loading = message.flags & LOADING
        message.flags = message.flags & ~LOADING | content.flags & COMPONENTS_V2
        if not was_loading:
            message.edited_at = self.world.now()
        if message.id in self.world.channels[message.channel].messages:
            self.world.remember(message)
            self.events.message("MESSAGE_UPDATE", message)
        return message

    def store_file(self, name: str, content: bytes) -> JSON:
        """A file as messages show it."""
        file_id = self.world.snowflake()
        url = f"{self.base()}/attachments/{file_id}/{name}"
        shown = {"id": file_id, "filename": name, "size": len(content), "url": url, "proxy_url": url}
        if name.endswith((".md", ".txt", ".toml", ".json", ".bib", ".csv", ".xml", ".atom")):
            shown["content_type"] = "text/plain; charset=utf-8"
        elif name.endswith(".png"):
            shown |= {"content_type": "image/png", "width": 640, "height": 480}
        self.world.files[file_id] = (shown, content)
        return shown

    def _attach(self, content: Content, files: Files, kept: list[JSON]) -> list[JSON]:
        described = {f"files[{one['id']}]": one for one in content.attachments}
        found = list(kept)
        for field, (name, data) in files.items():
            if len(data) > MOST_FILE:
                raise Refused(40005, 413, "Request entity too large")
            about = described.get(field, {})
            shown = self.store_file(about.get("filename") or name, data)
            if about.get("description"):
                shown["description"] = about["description"]
            found.append(shown)
        return found

    def _address(self, channel: Channel, message: Message, content: Content) -> None:
        """Work out whom the message names and whom it alerts."""
        named, allowed = mentioned_in(message.content, message.components), content.allowed
        may_shout = self.world.may(BOT_USER, channel, "MENTION_EVERYONE")
        roles = self.world.guilds[channel.guild].roles if channel.guild else {}
        users = [one for one in named.users if allowed.user(one) and one in self.world.people]
        heard = [
            one for one in named.roles
            if allowed.role(one) and one in roles and (may_shout or roles[one].is_mentionable)
        ]  # fmt: skip
        target = channel.messages.get(message.reply_to or "")
        if target is not None and allowed.replied_user and target.author != BOT_USER and target.author not in users:
            users.append(target.author)
        shouts = list(named.everyone) if allowed.everyone and may_shout else []
        message.mentions, message.mention_roles, message.mention_everyone = tuple(users), tuple(heard), bool(shouts)
        if message.only_for is not None:
            return
        people = [f"@{self.world.people[one].name}" for one in users if not self.world.people[one].is_bot]
        message.pings = (*(f"@{one}" for one in shouts), *(f"@{roles[one].name}" for one in heard), *people)
        for ping in message.pings:
            self.journal.note("violation", f"a ping: {ping} in #{channel.name}")

    def _watch(self, content: Content, has_text: bool) -> None:
        allowed = content.allowed
        is_quiet = allowed.is_given and not allowed.everyone and allowed.users == allowed.roles == frozenset()
        if (has_text or content.flags & COMPONENTS_V2) and not (is_quiet and not allowed.replied_user):
            self.journal.note("violation", "allowed_mentions leaves room for pings")
        if content.unknown:
            self.journal.note("violation", f"fields that Discord does not know: {', '.join(sorted(content.unknown))}")


def _refuse_empty(message: Message) -> None:
    has_layout = message.flags & COMPONENTS_V2 or any(one["type"] >= 9 for one in message.components)
    if not (message.content or message.embeds or message.attachments or (has_layout and message.components)):
        raise Refused(50006)
