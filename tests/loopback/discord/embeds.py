"""Discord's limits on embeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tests.loopback.discord.refusals import Complaints, Path, units

MOST_EMBEDS = 10
MOST_IN_ALL = 6000
MOST_FIELDS = 25

JSON = dict[str, Any]


def read_embeds(value: Any, found: Complaints, path: Path = ("embeds",)) -> list[JSON]:
    """The embeds of a message as Discord keeps them; what is wrong with them goes to `found`."""
    if value is None:
        return []
    if not found.at_most(path, value, MOST_EMBEDS):
        return []
    kept = []
    for index, embed in enumerate(value):
        here = (*path, index)
        if isinstance(embed, dict):
            kept.append(_embed(embed, found, here))
        else:
            found.add(here, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    if sum(map(length_of, kept)) > MOST_IN_ALL:
        found.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MOST_IN_ALL}")
    return kept


def length_of(embed: Mapping[str, Any]) -> int:
    """The characters that count towards the limit of all embeds of a message together."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    texts += [text for field in embed.get("fields", ()) for text in (field["name"], field["value"])]
    return sum(units(text) for text in texts if text)


def _embed(embed: JSON, found: Complaints, path: Path) -> JSON:
    kept: JSON = {"type": "rich"}
    for name, most in (("title", 256), ("description", 4096)):
        text = _stripped(embed.get(name))
        if found.text((*path, name), text, 0, most, needed=False):
            kept[name] = text
    for name, inner, most in (("footer", "text", 2048), ("author", "name", 256)):
        if isinstance(part := embed.get(name), dict):
            text = _stripped(part.get(inner))
            if found.text((*path, name, inner), text, 0, most, needed=name == "author"):
                kept[name] = {**part, inner: text}
            _url(part.get("icon_url"), found, (*path, name, "icon_url"))
            _url(part.get("url"), found, (*path, name, "url"))
    for name in ("image", "thumbnail"):
        if isinstance(part := embed.get(name), dict):
            _url(part.get("url"), found, (*path, name, "url"), attachments=True)
            kept[name] = part
    _url(embed.get("url"), found, (*path, "url"))
    kept |= {name: embed[name] for name in ("url", "color") if embed.get(name) is not None}
    _color(embed.get("color"), found, (*path, "color"))
    _timestamp(embed, kept, found, path)
    if fields := embed.get("fields"):
        kept["fields"] = _fields(fields, found, (*path, "fields"))
    if set(kept) <= {"type", "color"}:
        found.required((*path, "description"))
    return kept


def _fields(fields: Any, found: Complaints, path: Path) -> list[JSON]:
    if not found.at_most(path, fields, MOST_FIELDS):
        return []
    kept = []
    for index, field in enumerate(fields):
        one: JSON = {"inline": bool(field.get("inline", False))}
        for name, most in (("name", 256), ("value", 1024)):
            one[name] = _stripped(field.get(name)) or ""
            found.text((*path, index, name), one[name], 0, most)
        kept.append(one)
    return kept


def _stripped(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


def _url(url: Any, found: Complaints, path: Path, *, attachments: bool = False) -> None:
    if url is None:
        return
    allowed = ("http", "https", "attachment") if attachments else ("http", "https")
    text = str(url)
    parsed = urlsplit(text) if text.isprintable() and " " not in text else None
    if parsed is None or not parsed.netloc:
        found.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif parsed.scheme not in allowed:
        found.add(
            path,
            "URL_TYPE_INVALID_SCHEME",
            f'Scheme "{parsed.scheme}" is not supported. Scheme must be one of {allowed}.',
        )
    elif units(text) > 2048:
        found.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")


def _color(color: Any, found: Complaints, path: Path) -> None:
    if color is not None and (not isinstance(color, int) or not 0 <= color <= 0xFFFFFF):
        found.add(path, "NUMBER_TYPE_MAX", "int value should be between 0 and 16777215.")


def _timestamp(embed: JSON, kept: JSON, found: Complaints, path: Path) -> None:
    if (text := embed.get("timestamp")) is None:
        return
    try:
        kept["timestamp"] = datetime.fromisoformat(str(text)).isoformat()
    except ValueError:
        found.add((*path, "timestamp"), "DATE_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")
