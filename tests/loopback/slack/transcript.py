"""The workspace as a person would read it, in plain text. A ping, which nobody asked for, is shown as ⟦PING …⟧."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.loopback.slack.workspace import Channel, Message, View, Workspace

_EMOJI = {"+1": "👍", "-1": "👎", "heart": "❤️", "tada": "🎉", "eyes": "👀"}
_MARKED = re.compile(r"<([^<>]*)>")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"⟦bold \1⟧"),
    (re.compile(r"(?<![\w`])`([^`\n]+)`(?![\w`])"), r"⟦code \1⟧"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"⟦struck \1⟧"),
)


def transcript(workspace: Workspace, *, ids: bool = False) -> str:
    """Every channel with its messages, threads and open modals; with `ids`, what an act has to name as well."""
    parts = [_channel(workspace, channel, ids=ids) for channel in workspace.channels.values()]
    parts += [
        f"{_name(workspace, view.user)} sees a window:\n{read_view(workspace, view)}"
        for view in workspace.views.values()
    ]
    return "\n\n".join(parts) + "\n"


def read_message(workspace: Workspace, message: Message) -> str:
    """One message: what stands in it, its buttons and its reactions."""
    body = read_blocks(workspace, message.blocks) if message.blocks else text_of(workspace, message)
    lines = [line for line in body.split("\n") if line]
    lines += [f"📎 {file['name']} ({file['size']} bytes)" for file in message.files]
    if message.edits:
        lines.append("(edited)")
    if message.reactions:
        lines.append(
            "   ".join(
                f"{_emoji(name)} {len(users)} ({', '.join(_name(workspace, user) for user in users)})"
                for name, users in message.reactions.items()
            )
        )
    return "\n".join(lines)


def read_view(workspace: Workspace, view: View) -> str:
    """A modal as the person in front of it sees it."""
    title = view.view["title"]["text"]
    buttons = [view.view[name]["text"] for name in ("close", "submit") if name in view.view]
    body = read_blocks(workspace, view.view["blocks"])
    return "\n".join(
        [f"┌ {title}", *(f"│ {line}" for line in body.split("\n")), "└ " + " ".join(f"[ {b} ]" for b in buttons)]
    )


def notification(workspace: Workspace, message: Message) -> str:
    """What pops up on a phone."""
    return text_of(workspace, message)


def text_of(workspace: Workspace, message: Message) -> str:
    """The text itself; links and mentions are read even where the app asked for no mark-up."""
    return mrkdwn(workspace, message.text, styled=message.mrkdwn)


def read_blocks(workspace: Workspace, blocks: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(line for block in blocks for line in _block(workspace, block))


def _channel(workspace: Workspace, channel: Channel, *, ids: bool) -> str:
    name = f"#{channel.name}" + (f" {channel.id}" if ids else "")
    lines = [name + (" (archived)" if channel.is_archived else "")]
    for message in sorted(channel.messages.values(), key=lambda one: one.ts):
        if message.is_reply and message.only_for is None:
            continue
        lines += _indented(workspace, message, "", ids=ids)
        for reply in channel.replies(message.ts):
            lines += _indented(workspace, reply, "    ↳ ", ids=ids)
    return "\n".join(lines)


def _indented(workspace: Workspace, message: Message, prefix: str, *, ids: bool) -> list[str]:
    moment = datetime.fromtimestamp(float(message.ts), UTC)
    seen_by = f" (only {_name(workspace, message.only_for)} sees this)" if message.only_for else ""
    who = _name(workspace, message.user) + (" APP" if message.bot_id else "")
    pad = " " * len(prefix)
    body = read_message(workspace, message).split("\n")
    stamp = f" · {message.ts}" if ids else ""
    return [f"{prefix}{moment:%H:%M:%S} {who}{seen_by}{stamp}", *(f"{pad}  {line}" for line in body)]


def _block(workspace: Workspace, block: Mapping[str, Any]) -> list[str]:
    kind = block["type"]
    if kind == "header":
        return [f"══ {block['text']['text']} ══"]
    if kind == "divider":
        return ["─" * 40]
    if kind == "section":
        texts = [block["text"]] if "text" in block else []
        lines = [_text(workspace, text) for text in (*texts, *block.get("fields", ()))]
        return [*lines, *([f"[ {block['accessory']['text']['text']} ]"] if "accessory" in block else [])]
    if kind == "context":
        return ["  ".join(_text(workspace, element) for element in block["elements"])]
    if kind == "actions":
        return [" ".join(f"[ {button['text']['text']} ]" for button in block["elements"])]
    if kind == "input":
        return [f"{block['label']['text']}: [{block['element'].get('initial_value', '')}___]"]
    return ["".join(_rich(workspace, element) for element in block["elements"])]


def _text(workspace: Workspace, text: Mapping[str, Any]) -> str:
    return mrkdwn(workspace, text["text"]) if text["type"] == "mrkdwn" else str(text["text"])


def _rich(workspace: Workspace, element: Mapping[str, Any]) -> str:
    leaves = "".join(_leaf(workspace, leaf) for leaf in element["elements"])
    if element["type"] == "rich_text_preformatted":
        return "\n" + "\n".join(f"    {line}" for line in leaves.split("\n"))
    return leaves


def _leaf(workspace: Workspace, leaf: Mapping[str, Any]) -> str:
    kind = leaf["type"]
    if kind == "link":
        return f"{leaf.get('text', leaf['url'])} ‹{leaf['url']}›" if "text" in leaf else leaf["url"]
    if kind == "user":
        return f"⟦PING @{_name(workspace, leaf['user_id'])}⟧"
    if kind == "broadcast":
        return f"⟦PING @{leaf['range']}⟧"
    if kind == "channel":
        return f"#{workspace.channels[leaf['channel_id']].name}"
    return _emoji(leaf["name"]) if kind == "emoji" else str(leaf["text"])


def mrkdwn(workspace: Workspace, text: str, *, styled: bool = True) -> str:
    """Slack's mark-up as it is displayed."""
    text = _MARKED.sub(lambda match: _marked(workspace, match[1]), text)
    for pattern, shown in _STYLES if styled else ():
        text = pattern.sub(shown, text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _marked(workspace: Workspace, inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("!date"):
        return label
    if target.startswith(("!", "@")):
        return f"⟦PING @{label or target.lstrip('!@')}⟧"
    if target.startswith("#"):
        channel = workspace.channels.get(target[1:])
        return f"#{label or (channel.name if channel else target[1:])}"
    return f"{label} ‹{target}›" if label else target


def _emoji(name: str) -> str:
    return _EMOJI.get(name, f":{name}:")


def _name(workspace: Workspace, person: str | None) -> str:
    known = workspace.people.get(person or "")
    return known.name if known else str(person)
