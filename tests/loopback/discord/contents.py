"""What a message may hold, whoever sends it along which way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.loopback.discord.components import read_components
from tests.loopback.discord.embeds import read_embeds
from tests.loopback.discord.refusals import Complaints, Path, Refused, as_snowflake, units
from tests.loopback.discord.world import COMPONENTS_V2, EPHEMERAL, SILENT, SUPPRESS_EMBEDS

MOST_CONTENT = 2000
MOST_NONCE = 25
MOST_FILE = 10 * 1024 * 1024
KNOWN = {
    "content", "embeds", "components", "flags", "allowed_mentions", "attachments", "tts", "nonce", "enforce_nonce",
    "message_reference", "sticker_ids", "poll",
}  # fmt: skip

JSON = dict[str, Any]
_USER, _ROLE, _EVERYONE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>"), re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class AllowedMentions:
    """Whom a message may alert. None in a set means everybody of that kind."""

    everyone: bool = True
    users: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    replied_user: bool = True
    is_given: bool = False

    def user(self, one: str) -> bool:
        return self.users is None or one in self.users

    def role(self, one: str) -> bool:
        return self.roles is None or one in self.roles


@dataclass(slots=True)
class Content:
    """What stands in a body; `given` names the fields that were in it."""

    text: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    flags: int = 0
    allowed: AllowedMentions = field(default_factory=AllowedMentions)
    attachments: list[JSON] = field(default_factory=list)
    given: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


def read_content(body: Any, files: Mapping[str, Any], flags_allowed: int, path: Path = ()) -> Content:
    """Check a message's body.

    Raises:
        Refused: with everything that is wrong with it.
    """
    if not isinstance(body, dict):
        raise Refused(50109)
    found = Complaints()
    text = body.get("content")
    text = text.strip() if isinstance(text, str) else text
    found.text((*path, "content"), text, 0, MOST_CONTENT, needed=False)
    flags = _flags(body.get("flags"), found, path, flags_allowed)
    layout = bool(flags & COMPONENTS_V2)
    if layout and (text or body.get("embeds")):
        found.add(
            (*path, "content" if text else "embeds"),
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )
    content = Content(
        text=text or "",
        embeds=read_embeds(body.get("embeds"), found, (*path, "embeds")),
        components=read_components(body.get("components"), found, (*path, "components"), layout=layout),
        flags=flags,
        allowed=_allowed(body.get("allowed_mentions"), found, (*path, "allowed_mentions")),
        attachments=_attachments(body.get("attachments"), files, found, (*path, "attachments")),
        given=frozenset(body),
        unknown=frozenset(set(body) - KNOWN),
    )
    found.raise_if_any()
    return content


def check_nonce(body: Mapping[str, Any], found: Complaints) -> None:
    nonce = body.get("nonce")
    if nonce is None:
        return
    if isinstance(nonce, bool) or not isinstance(nonce, (str, int)):
        found.add(("nonce",), "UNION_TYPE_CONVERT", "Could not interpret value as nonce.")
    elif units(str(nonce)) > MOST_NONCE:
        found.add(("nonce",), "NONCE_TYPE_TOO_LONG", f"Must be {MOST_NONCE} or fewer in length.")


def _flags(value: Any, found: Complaints, path: Path, allowed: int) -> int:
    flags = value or 0
    if not isinstance(flags, int) or flags & ~(allowed | EPHEMERAL | SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2):
        found.add((*path, "flags"), "BASE_TYPE_BAD_FLAGS", "Unknown or forbidden flags.")
        return 0
    return flags & allowed


def _allowed(value: Any, found: Complaints, path: Path) -> AllowedMentions:
    if value is None:
        return AllowedMentions()
    if not isinstance(value, dict):
        found.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return AllowedMentions()
    parse = value.get("parse") or []
    if set(parse) - {"roles", "users", "everyone"}:
        found.choices((*path, "parse"), ("users", "everyone", "roles"))
    for kind in ("users", "roles"):
        listed = value.get(kind) or []
        found.at_most((*path, kind), listed, 100)
        if kind in parse and listed:
            found.add(
                path,
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
    return AllowedMentions(
        everyone="everyone" in parse,
        users=None if "users" in parse else frozenset(map(str, value.get("users") or [])),
        roles=None if "roles" in parse else frozenset(map(str, value.get("roles") or [])),
        replied_user=bool(value.get("replied_user")),
        is_given=True,
    )


def _attachments(value: Any, files: Mapping[str, Any], found: Complaints, path: Path) -> list[JSON]:
    """The listed attachments: new ones name their file by number, kept ones by snowflake."""
    listed = value or []
    if not found.at_most(path, listed, 10):
        return []
    for index, one in enumerate(listed):
        number = str(one.get("id"))
        if f"files[{number}]" not in files and as_snowflake(number) is None:
            found.snowflake((*path, index, "id"), number)
    return [dict(one) for one in listed]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Whom a text names, whether or not they hear of it."""

    users: tuple[str, ...]
    roles: tuple[str, ...]
    everyone: tuple[str, ...]


def mentioned_in(text: str, components: Sequence[JSON] = ()) -> Mentioned:
    """Whom a message's own text names. Code does not, a backslash does not help, and embeds never alert anybody."""
    texts = [text, *_texts(components)]
    bare = "\n".join(re.sub(r"```.*?```|`[^`\n]*`", " ", one, flags=re.DOTALL) for one in texts)
    return Mentioned(
        tuple(dict.fromkeys(_USER.findall(bare))),
        tuple(dict.fromkeys(_ROLE.findall(bare))),
        tuple(dict.fromkeys(_EVERYONE.findall(bare))),
    )


def _texts(components: Sequence[JSON]) -> Iterator[str]:
    for component in components:
        if component.get("type") == 10:
            yield str(component.get("content", ""))
        yield from _texts(component.get("components", ()))
