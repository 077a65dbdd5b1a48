"""What the simulated Discord holds: people, guilds, roles, channels, threads, messages, reactions, files.

All ids are snowflakes as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from tests.loopback.discord.rights import EVERYTHING, USUAL, bits, combined

EPOCH_MS = 1_420_070_400_000
MOST_BACK_MS = 1000  # clocks are put right by less
APP = "1100000000000000001"
BOT_USER = APP  # modern applications and their bots share the id

TEXT, DIRECT, CATEGORY, PUBLIC_THREAD = 0, 1, 4, 11
DEFAULT, REPLY, THREAD_CREATED, COMMAND_ANSWER, THREAD_STARTER = 0, 19, 18, 20, 21
EPHEMERAL, COMPONENTS_V2, SUPPRESS_EMBEDS, HAS_THREAD, LOADING = 1 << 6, 1 << 15, 1 << 2, 1 << 5, 1 << 7
SILENT = 1 << 12


@dataclass(slots=True)
class Person:
    """Somebody on Discord; another app's bot is one as well."""

    id: str
    name: str
    is_bot: bool = False
    takes_direct_messages: bool = True
    locale: str = "en-GB"


@dataclass(slots=True)
class Role:
    id: str
    name: str
    permissions: int
    position: int = 1
    is_managed: bool = False
    is_mentionable: bool = False


@dataclass(slots=True)
class Reaction:
    """Who put this emoji there; `emoji` as Discord names it ("👍", or "name:id" of a guild's own)."""

    emoji: str
    users: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """A message in a channel or thread, or one that only `only_for` sees."""

    id: str
    channel: str
    author: str
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[str, Reaction] = field(default_factory=dict)
    flags: int = 0
    type: int = DEFAULT
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    mention_roles: tuple[str, ...] = ()
    mention_everyone: bool = False
    pings: tuple[str, ...] = ()  # whom it alerted, as readers would name them
    edited_at: float | None = None
    only_for: str | None = None
    interaction: dict[str, Any] | None = None
    nonce: str | int | None = None

    @property
    def is_bots(self) -> bool:
        """Whether the app wrote it."""
        return self.author == BOT_USER

    @property
    def custom_ids(self) -> tuple[str, ...]:
        """The custom ids of its buttons and menus, in order."""
        return tuple(part["custom_id"] for part in parts(self.components) if "custom_id" in part)

    @property
    def text(self) -> str:
        """Content and embeds as one raw text, to look things up in."""
        found = [self.content]
        for embed in self.embeds:
            found += [embed.get("title", ""), embed.get("description", "")]
            found += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", ())]
            found.append(embed.get("footer", {}).get("text", ""))
        found += [part["content"] for part in parts(self.components) if part.get("type") == 10]
        return "\n".join(text for text in found if text)


def parts(components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All components, containers before what they hold."""
    for component in components:
        yield component
        yield from parts(component.get("components", ()))
        if isinstance(component.get("accessory"), dict):
            yield from parts([component["accessory"]])
        if isinstance(component.get("component"), dict):
            yield from parts([component["component"]])


@dataclass(slots=True)
class Channel:
    """A channel, a thread (then `parent` is its channel) or a direct conversation with the app."""

    id: str
    name: str
    guild: str | None
    type: int = TEXT
    parent: str | None = None
    owner: str | None = None
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)  # role or person -> allow, deny
    messages: dict[str, Message] = field(default_factory=dict)
    recipient: str | None = None
    is_archived: bool = False
    is_locked: bool = False
    archive_minutes: int = 4320
    archived_at: float = 0.0
    created_at: float = 0.0
    active_at: float = 0.0
    members: list[str] = field(default_factory=list)
    total_sent: int = 0
    position: int = 0

    @property
    def is_thread(self) -> bool:
        return self.type == PUBLIC_THREAD

    @property
    def is_direct(self) -> bool:
        return self.type == DIRECT

    def public(self) -> list[Message]:
        """The messages everybody sees, oldest first."""
        return [self.messages[key] for key in sorted(self.messages, key=int) if self.messages[key].only_for is None]


@dataclass(slots=True)
class Guild:
    id: str
    name: str
    owner: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)  # person -> ids of roles
    joined_at: dict[str, float] = field(default_factory=dict)
    channels: list[str] = field(default_factory=list)
    is_available: bool = True


class World:
    """All of it. `now` gives seconds since the epoch; ids are times and never repeat.

    `on_posted` is called with each message right after it was put where it belongs.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._last = 0
        self._count = 0
        self.people: dict[str, Person] = {BOT_USER: Person(BOT_USER, "paperlark", is_bot=True)}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.shown: list[Message] = []
        self.on_posted: Callable[[Message], None] = lambda message: None

    def now(self) -> float:
        return self._now()

    def snowflake(self) -> str:
        """A new id: the time now in Discord's form, always later than the one before.

        Raises:
            RuntimeError: time went back, so that no id could say when it was made.
        """
        self._count += 1
        stamp = (round(self._now() * 1000) - EPOCH_MS) << 22 | self._count & 0xFFF
        if (self._last >> 22) - (stamp >> 22) > MOST_BACK_MS:
            raise RuntimeError("the world's time went back: set it before anything is made, and then only forward")
        self._last = max(self._last + 1, stamp)
        return str(self._last)

    def add_person(self, name: str, **more: Any) -> str:
        person = Person(self.snowflake(), name, **more)
        self.people[person.id] = person
        return person.id

    def add_guild(
        self,
        name: str,
        owner: str,
        members: Sequence[str] = (),
        *,
        with_bot: bool = True,
        bot_permissions: Iterable[str] | int = 0,
        everyone: Iterable[str] | int = USUAL,
    ) -> str:
        """A guild with its owner and members; the bot's own role has `bot_permissions` beside those of @everyone."""
        guild = Guild(self.snowflake(), name, owner)
        guild.roles[guild.id] = Role(guild.id, "@everyone", bits(everyone), position=0)
        self.guilds[guild.id] = guild
        for person in (owner, *members):
            self.join(guild.id, person)
        if with_bot:
            self.join_bot(guild.id, bot_permissions)
        return guild.id

    def join(self, guild: str, person: str, roles: Sequence[str] = ()) -> None:
        self.guilds[guild].members[person] = list(roles)
        self.guilds[guild].joined_at[person] = self.now()

    def join_bot(self, guild: str, permissions: Iterable[str] | int = 0) -> None:
        """The bot, with the role that its invitation makes."""
        role = self.add_role(guild, "paperlark", permissions, is_managed=True)
        self.join(guild, BOT_USER, [role])

    def add_role(self, guild: str, name: str, permissions: Iterable[str] | int = 0, **more: Any) -> str:
        found = self.guilds[guild].roles
        role = Role(self.snowflake(), name, bits(permissions), position=len(found), **more)
        found[role.id] = role
        return role.id

    def add_channel(self, guild: str, name: str, *, kind: int = TEXT, private: bool = False) -> str:
        """A text channel; a private one hides from @everyone, the bot included."""
        found = self.guilds[guild]
        channel = Channel(self.snowflake(), name, guild, kind, position=len(found.channels), created_at=self.now())
        if private:
            channel.overwrites[guild] = (0, bits(["VIEW_CHANNEL"]))
        self.channels[channel.id] = channel
        found.channels.append(channel.id)
        return channel.id

    def direct_channel(self, person: str) -> Channel:
        """The direct conversation between the app and a person."""
        for channel in self.channels.values():
            if channel.is_direct and channel.recipient == person:
                return channel
        channel = Channel(self.snowflake(), self.people[person].name, None, DIRECT, recipient=person)
        self.channels[channel.id] = channel
        return channel

    def threads_of(self, channel: str) -> list[Channel]:
        return [one for one in self.channels.values() if one.is_thread and one.parent == channel]

    def put(self, message: Message) -> Message:
        """Put a message where it belongs, and remember that readers have seen it."""
        channel = self.channels[message.channel]
        channel.messages[message.id] = message
        channel.active_at = self.now()
        channel.total_sent += 1
        self.remember(message)
        self.on_posted(message)
        return message

    def remember(self, message: Message) -> None:
        """Keep what readers see of a message now."""
        self.shown.append(replace(message))

    def permissions(self, person: str, channel: Channel) -> int:
        """What a person may do in a channel; a thread has its channel's permissions."""
        if channel.guild is None:
            alone = person in {BOT_USER, channel.recipient}
            return EVERYTHING & ~bits(["MENTION_EVERYONE", "MANAGE_MESSAGES"]) if alone else 0
        guild = self.guilds[channel.guild]
        if person not in guild.members:
            return 0
        if guild.owner == person:
            return EVERYTHING
        home = self.channels[channel.parent] if channel.is_thread and channel.parent else channel
        roles = guild.members[person]
        base = guild.roles[guild.id].permissions
        for role in roles:
            base |= guild.roles[role].permissions
        overwrites = home.overwrites
        of_roles = [overwrites[role] for role in roles if role in overwrites]
        together = (reduce(or_, (allow for allow, _ in of_roles), 0), reduce(or_, (deny for _, deny in of_roles), 0))
        return combined(base, [overwrites.get(guild.id, (0, 0)), together, overwrites.get(person, (0, 0))])

    def may(self, person: str, channel: Channel, *names: str) -> bool:
        """Whether a person has all these permissions in a channel."""
        needed = bits(names)
        return self.permissions(person, channel) & needed == needed

    def sees(self, person: str, channel: Channel) -> bool:
        return self.may(person, channel, "VIEW_CHANNEL")
