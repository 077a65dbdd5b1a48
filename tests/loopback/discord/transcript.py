"""Discord as a person would read it, in plain text. A ping, which nobody asked for, is shown as ⟦PING …⟧."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.loopback.discord.interactions import Window
from tests.loopback.discord.markdown import Names, markdown
from tests.loopback.discord.payloads import made_at
from tests.loopback.discord.world import (
    BOT_USER,
    DIRECT,
    LOADING,
    SUPPRESS_EMBEDS,
    THREAD_CREATED,
    THREAD_STARTER,
    Channel,
    Message,
    World,
)

JSON = Mapping[str, Any]


def transcript(world: World, windows: Iterable[Window], *, ids: bool = False) -> str:
    """Every channel with its messages, threads and open modals; with `ids`, what an act has to name as well."""
    channels = [one for one in world.channels.values() if not one.is_thread]
    shown = [_channel(world, channel, ids=ids) for channel in channels if channel.messages or channel.type != DIRECT]
    for one in windows:
        named = f" {one.id}, with {', '.join(one.fields)}" if ids else ""
        shown.append(f"{_name(world, one.user)} sees a window{named}:\n{read_window(one)}")
    return "\n\n".join(shown) + "\n"


def read_message(world: World, message: Message) -> str:
    """One message: what stands in it, its buttons and its reactions."""
    if message.flags & LOADING:
        return "paperlark is thinking…"
    if message.type == THREAD_STARTER:
        return "(the message that the thread is about)"
    if message.type == THREAD_CREATED:
        return f"started a thread: {message.content}"
    names = _Names(world, message)
    lines = markdown(message.content, names).split("\n") if message.content else []
    if not message.flags & SUPPRESS_EMBEDS:
        lines += [f"┃ {line}" for embed in message.embeds for line in _embed(embed, names)]
    lines += [line for component in message.components for line in _component(component, names)]
    lines += [f"📎 {file['filename']} ({file['size']} bytes)" for file in message.attachments]
    if message.edited_at:
        lines.append("(edited)")
    if message.reactions:
        lines.append(
            "   ".join(
                f"{one.emoji.partition(':')[0]} {len(one.users)} ({', '.join(_name(world, user) for user in one.users)})"
                for one in message.reactions.values()
            )
        )
    lines += [f"⟦PING {ping}⟧" for ping in message.pings if message.author == BOT_USER]
    return "\n".join(line for line in lines if line)


def notification(world: World, message: Message) -> str:
    """What pops up on a phone: content, else the title of the first embed."""
    if message.content:
        return markdown(message.content, _Names(world, message))
    return str(message.embeds[0].get("title", "")) if message.embeds else ""


def read_window(window: Window) -> str:
    """A modal as the person in front of it sees it."""
    lines = [f"┌ {window.title}"]
    labels = {
        part["component"]["custom_id"]: part["label"] for part in window.modal["components"] if "component" in part
    }
    for name, field in window.fields.items():
        label = field.get("label") or labels.get(name, "")
        value = field.get("value") or f"({field.get('placeholder', '')})"
        lines += [f"│ {label}:", *(f"│   {line}" for line in str(value).split("\n"))]
    return "\n".join([*lines, "└ [ Cancel ] [ Submit ]"])


class _Names(Names):
    """Names as the readers of one message see them."""

    def __init__(self, world: World, message: Message) -> None:
        self._world = world
        self._message = message

    def user(self, number: str) -> str:
        return f"⟦mention @{_name(self._world, number)}⟧"

    def role(self, number: str) -> str:
        roles = [guild.roles[number] for guild in self._world.guilds.values() if number in guild.roles]
        return f"⟦mention @{roles[0].name if roles else 'unknown-role'}⟧"

    def channel(self, number: str) -> str:
        known = self._world.channels.get(number)
        return f"#{known.name if known else 'unknown'}"

    def everyone(self, word: str) -> str:
        return f"⟦mention {word}⟧" if self._message.mention_everyone else word


def _channel(world: World, channel: Channel, *, ids: bool) -> str:
    guild = world.guilds.get(channel.guild or "")
    name = f"#{channel.name} on {guild.name}" if guild else f"{channel.name} and paperlark"
    lines = [f"{name} · {channel.id}" if ids else name]
    for message in _in_order(channel):
        lines += _indented(world, message, "", ids=ids)
        thread = world.channels.get(message.id)
        if thread is not None and thread.is_thread:
            lines.append(f"    ↳ thread “{thread.name}”" + (" (archived)" if thread.is_archived else ""))
            for reply in _in_order(thread):
                if reply.type != THREAD_STARTER:
                    lines += _indented(world, reply, "    ↳ ", ids=ids)
    return "\n".join(lines)


def _in_order(channel: Channel) -> Iterator[Message]:
    return (channel.messages[number] for number in sorted(channel.messages, key=int))


def _indented(world: World, message: Message, prefix: str, *, ids: bool) -> list[str]:
    moment = datetime.fromtimestamp(made_at(message.id), UTC)
    seen_by = f" (only {_name(world, message.only_for)} sees this)" if message.only_for else ""
    who = _name(world, message.author) + (" APP" if message.is_bots else "")
    pad = " " * len(prefix)
    body = read_message(world, message).split("\n")
    number = f" · {message.id}" if ids else ""
    return [f"{prefix}{moment:%H:%M:%S} {who}{seen_by}{number}", *(f"{pad}  {line}" for line in body)]


def _embed(embed: JSON, names: Names) -> Iterator[str]:
    if "author" in embed:
        yield str(embed["author"]["name"])
    if "title" in embed:
        title = markdown(embed["title"], names, has_links=False)
        yield f"══ {title} ‹{embed['url']}› ══" if embed.get("url") else f"══ {title} ══"
    if "description" in embed:
        yield from markdown(embed["description"], names).split("\n")
    for field in embed.get("fields", ()):
        yield f"{markdown(field['name'], names)}:"
        yield from markdown(field["value"], names).split("\n")
    if "image" in embed:
        yield f"🖼 {embed['image']['url']}"
    if "footer" in embed:
        yield f"— {embed['footer']['text']}"


def _component(component: JSON, names: Names) -> list[str]:
    kind = component["type"]
    if kind == 1:
        inside = [line for one in component["components"] for line in _component(one, names)]
        return [" ".join(inside)]
    if kind == 2:
        emoji = (component.get("emoji") or {}).get("name", "")
        label = " ".join(part for part in (emoji, component.get("label")) if part)
        return [f"[ {label} ‹{component['url']}› ]" if component.get("url") else f"[ {label} ]"]
    if kind == 3:
        options = " | ".join(option["label"] for option in component["options"])
        return [f"[ ▾ {component.get('placeholder') or 'Make a selection'}: {options} ]"]
    if kind == 10:
        return markdown(component["content"], names).split("\n")
    if kind == 14:
        return ["─" * 40]
    inside = [line for one in component.get("components", ()) for line in _component(one, names)]
    return inside + (_component(component["accessory"], names) if "accessory" in component else [])


def _name(world: World, person: str | None) -> str:
    known = world.people.get(person or "")
    return known.name if known else "unknown-user"
