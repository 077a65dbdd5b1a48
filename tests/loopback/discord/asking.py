"""What people press, pick, type and send, as the interactions that the app hears of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.loopback.discord.commands import SUBCOMMAND, leaf_of
from tests.loopback.discord.contents import MOST_FILE
from tests.loopback.discord.events import Events
from tests.loopback.discord.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    SUBMISSION,
    Interaction,
    Interactions,
    Window,
)
from tests.loopback.discord.refusals import units
from tests.loopback.discord.registered import Registered
from tests.loopback.discord.world import APP, BOT_USER, Message, parts

JSON = dict[str, Any]
ATTACHMENT = 11
CHECKED = {3: str, 4: int, 5: bool, 10: float}


@dataclass(frozen=True, slots=True)
class File:
    """A file given to a slash command."""

    name: str
    content: bytes


class Asking:
    """Makes interactions; `store_file` keeps a file by its name.

    `is_elsewhere` says that the app takes interactions at a URL of its own, and not at the gateway.
    """

    def __init__(
        self,
        interactions: Interactions,
        registered: Registered,
        events: Events,
        store_file: Callable[[str, bytes], JSON],
    ) -> None:
        self.store_file = store_file
        self.interactions = interactions
        self.registered = registered
        self.events = events
        self.world = events.world
        self.payloads = events.payloads
        self.is_elsewhere = False

    def press(self, user: str, message: Message, label: str) -> Interaction:
        """Press the button with this label or emoji under a message.

        Raises:
            KeyError: there is none.
        """
        buttons = [part for part in parts(message.components) if part.get("type") == 2 and "custom_id" in part]
        names = [str(one.get("label") or one["emoji"]["name"]) for one in buttons]
        if label not in names:
            raise KeyError(f"no button {label!r} there, only {names}")
        button = buttons[names.index(label)]
        if button.get("disabled"):
            raise KeyError(f"the button {label!r} cannot be pressed now")
        return self._component(
            user, message, {"component_type": 2, "custom_id": button["custom_id"], "id": button["id"]}
        )

    def pick(self, user: str, message: Message, values: Sequence[str]) -> Interaction:
        """Pick from the message's menu by the options' labels or values.

        Raises:
            KeyError: there is no menu, or no such option in it.
        """
        menu = next((part for part in parts(message.components) if part.get("type") == 3), None)
        if menu is None:
            raise KeyError("no menu there")
        known = {name: option["value"] for option in menu["options"] for name in (option["label"], option["value"])}
        picked = [known[value] for value in values]
        return self._component(
            user, message, {"component_type": 3, "custom_id": menu["custom_id"], "id": menu["id"], "values": picked}
        )

    def _component(self, user: str, message: Message, data: JSON) -> Interaction:
        if message.only_for not in {None, user}:
            raise KeyError("this person does not see the message")
        interaction = self.interactions.open(COMPONENT, user, message.channel, message=message)
        return self._tell(interaction, data, message=message)

    def slash(self, user: str, channel: str, path: str, options: Mapping[str, Any]) -> Interaction:
        """Send a slash command: `path` is its name and those of groups and subcommands, without the slash.

        Raises:
            KeyError: the app has no such command or option there.
            ValueError: Discord's own client would not let this be sent.
        """
        files = {name: value for name, value in options.items() if isinstance(value, File)}
        stored = {name: self.store_file(file.name, file.content) for name, file in files.items()}
        options = {**options, **{name: shown["id"] for name, shown in stored.items()}}
        data, leaf = self._command(channel, path, options)
        if stored:
            data["resolved"] = {"attachments": {shown["id"]: shown for shown in stored.values()}}
        known = {one["name"]: one for one in leaf.get("options") or ()}
        wrong = [name for name in options if (known[name]["type"] == ATTACHMENT) is not (name in files)]
        if wrong:
            raise ValueError(f"/{path} {', '.join(wrong)}: a File goes where a file is asked for, and only there")
        missing = [name for name, one in known.items() if one.get("required") and name not in options]
        if missing:
            raise ValueError(f"/{path} needs {', '.join(missing)}")
        for name, value in options.items():
            _check(path, known[name], value)
        if not self.world.may(user, self.world.channels[channel], "USE_APPLICATION_COMMANDS"):
            raise ValueError(f"this person may not use commands in #{self.world.channels[channel].name}")
        return self._tell(self.interactions.open(COMMAND, user, channel), data)

    def complete(
        self, user: str, channel: str, path: str, option: str, typed: str, options: Mapping[str, Any]
    ) -> Interaction:
        """Type into an option that completes what is typed.

        Raises:
            KeyError: the app has no such command, or nothing completes there.
        """
        data, leaf = self._command(channel, path, {**options, option: typed}, focused=option)
        known = {one["name"]: one for one in leaf.get("options") or ()}[option]
        if not known.get("autocomplete"):
            raise KeyError(f"/{path} {option}: completes nothing")
        interaction = self.interactions.open(AUTOCOMPLETE, user, channel, option_kind=known["type"])
        return self._tell(interaction, data)

    def submit(self, window: Window, values: Mapping[str, str]) -> Interaction:
        """Send a window off: texts by the custom ids of its fields; a field left out keeps what stood in it.

        Raises:
            KeyError: it has no such field.
            ValueError: a text is too long, too short or missing.
        """
        for name in values:
            _ = window.fields[name]
        for name, field in window.fields.items():
            _check_field(name, field, _text_in(field, values))
        components = [_submitted(part, values) for part in window.modal["components"]]
        opened_by = window.interaction
        interaction = self.interactions.open(SUBMISSION, window.user, opened_by.channel, message=opened_by.message)
        del self.interactions.windows[window.id]
        data = {"custom_id": window.modal["custom_id"], "components": components}
        return self._tell(interaction, data, message=opened_by.message)

    def _command(
        self, channel_id: str, path: str, options: Mapping[str, Any], focused: str = ""
    ) -> tuple[JSON, Mapping[str, Any]]:
        channel = self.world.channels[channel_id]
        name, *words = path.split()
        command = self.registered.in_force(channel.guild, name)
        contexts = command.get("contexts")
        if contexts is not None and (0 if channel.guild else 1) not in contexts:
            raise KeyError(f"/{name} is not offered here")
        leaf = leaf_of(command, words)
        kinds = {one["name"]: one["type"] for one in leaf.get("options") or ()}
        given: list[JSON] = [
            {"name": one, "type": kinds[one], "value": value, **({"focused": True} if one == focused else {})}
            for one, value in options.items()
        ]
        for depth, word in enumerate(reversed(words)):
            given = [{"name": word, "type": SUBCOMMAND + (1 if depth else 0), "options": given}]
        data: JSON = {"id": command["id"], "name": command["name"], "type": 1}
        if given:
            data["options"] = given
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data, leaf

    def _tell(self, interaction: Interaction, data: JSON, message: Message | None = None) -> Interaction:
        channel = self.world.channels[interaction.channel]
        if not self.world.sees(interaction.user, channel):
            raise ValueError(f"this person does not see #{channel.name}")
        shown = self.payloads.channel(channel)
        shown["permissions"] = str(self.world.permissions(interaction.user, channel))
        person = self.world.people[interaction.user]
        payload: JSON = {
            "id": interaction.id, "application_id": APP, "type": interaction.kind, "token": interaction.token,
            "version": 1, "data": data, "channel": shown, "channel_id": channel.id, "locale": person.locale,
            "app_permissions": str(self.world.permissions(BOT_USER, channel)), "entitlements": [],
            "entitlement_sku_ids": [], "attachment_size_limit": MOST_FILE, "context": 0 if channel.guild else 1,
            "authorizing_integration_owners": {"0": channel.guild or "0"},
        }  # fmt: skip
        if channel.guild:
            guild = self.world.guilds[channel.guild]
            member = self.payloads.member(guild, interaction.user)
            member["permissions"] = shown["permissions"]
            payload |= {
                "guild_id": guild.id, "guild": {"id": guild.id, "locale": "en-US", "features": []},
                "guild_locale": "en-US", "member": member,
            }  # fmt: skip
        else:
            payload["user"] = self.payloads.user(interaction.user)
        if message is not None:
            payload["message"] = self.payloads.message(message)
        gateway = self.events.gateway
        interaction.is_live = bool(gateway.open) and not self.is_elsewhere
        if not self.is_elsewhere:
            interaction.delivery = gateway.dispatch("INTERACTION_CREATE", lambda _: payload)
        return interaction


def _check(path: str, option: JSON, value: Any) -> None:
    kind = CHECKED.get(option["type"], str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"/{path} {option['name']}: {value!r} is not of type {kind.__name__}")
    if isinstance(value, str):
        least, most = option.get("min_length", 0), option.get("max_length", 6000)
        if not least <= units(value) <= most:
            raise ValueError(f"/{path} {option['name']}: not between {least} and {most} characters")
    elif not option.get("min_value", value) <= value <= option.get("max_value", value):
        raise ValueError(f"/{path} {option['name']}: {value} is out of range")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise ValueError(f"/{path} {option['name']}: {value!r} is none of {choices}")


def _check_field(name: str, field: JSON, text: str) -> None:
    if not text and field.get("required", True):
        raise ValueError(f"the field {name} must not be empty")
    if text and not int(field.get("min_length") or 0) <= units(text) <= int(field.get("max_length") or 4000):
        raise ValueError(f"the field {name} is too long or too short")


def _text_in(field: JSON, values: Mapping[str, str]) -> str:
    return values.get(field["custom_id"], str(field.get("value") or ""))


def _submitted(part: JSON, values: Mapping[str, str]) -> JSON:
    """A modal's component as it is sent off."""
    kind = part["type"]
    if kind == 10:
        return {"type": 10, "id": part.get("id", 0)}
    fields = part["components"] if kind == 1 else [part["component"]]
    sent = [
        {"type": one["type"], "custom_id": one["custom_id"], "id": one.get("id", 0), "value": _text_in(one, values)}
        for one in fields
    ]
    return {"type": 1, "id": part.get("id", 0), "components": sent} if kind == 1 else {
        "type": kind, "id": part.get("id", 0), "component": sent[0],
    }  # fmt: skip
