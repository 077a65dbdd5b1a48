"""A loopback Discord as a room: the real discord.py talks to it over real sockets."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from bot.platforms.discord._custom_ids import key_of
from bot.platforms.discord._permissions import NEEDED
from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.emoji import key_of as emoji_key
from tests.loopback.discord.faults import Fault as DiscordFault
from tests.loopback.discord.payloads import made_at
from tests.loopback.discord.routes import ROUTES
from tests.loopback.discord.world import DEFAULT, Message, Reaction
from tests.loopback.faulty import ChatMessage, Fault
from tests.prove.rooms import PEOPLE, Address, Stored
from tests.prove.rooms.hosting import Host

PACE = 0.01  # Discord's limits, shortened; the three seconds for an answer are whole
_KINDS = {
    Fault.DELAYED: "429",
    Fault.UNREACHABLE: "broken",
    Fault.BROKEN: "broken",  # after a 500 discord.py itself repeats the request
    Fault.BROKEN_STORED: "500-done",
    Fault.LOST: "lost",
    Fault.SILENT: "broken",
    Fault.LATE: "late",
}
_POST = "create_message"
_NAME = "discord "
_OTHERS = (
    "get_messages", "get_reactions", "get_me", "get_gateway", "start_thread_from_message", "delete_message", "get_commands",
)  # fmt: skip
_OPERATIONS = {operation for _, _, operation in ROUTES}


class DiscordRoom:
    """`Room` on a server of its own."""

    def __init__(self, shift_s: float, channel_id: str = "reading") -> None:
        self._host = Host()
        self.discord = LoopbackDiscord(now=lambda: time.time() + shift_s, pace=PACE)
        self._host.run(self.discord.start())
        world = self.discord.world
        self._people = {name: world.add_person(name) for name in PEOPLE}
        guild = world.add_guild(
            "Reading group", world.add_person("olga"), list(self._people.values()), bot_permissions=NEEDED.value
        )
        self._place = world.add_channel(guild, channel_id)
        self.address = Address("discord", self.discord.api_url, self._place, "discord")
        self.on_stored: Stored = lambda message: None
        world.on_posted = self._posted
        self._messages: dict[str, ChatMessage] = {}
        self._landed: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._host.run(self.discord.stop())
        self._host.stop()

    @property
    def _faults(self) -> list[DiscordFault]:
        return self.discord._rest.faults

    def begin(self) -> None:
        """Faults count from their making."""

    def fault(self, post: int, fault: Fault) -> None:
        # Where an earlier fault strikes, the later ones do not count.
        earlier = sum(known.operation == _POST for known in self._faults)
        options: dict[str, Any] = {"seconds": None if fault is Fault.LATE else 0.05}
        self._host.call(self.discord.fault, _KINDS[fault], after=post - 1 - earlier, **options)

    def calm(self) -> None:
        self._host.call(self._faults.clear)

    def can_kill(self, what: str) -> bool:
        return what.startswith(_NAME) and what.removeprefix(_NAME) in _OPERATIONS

    def kill_during(self, what: str, number: int, kill: Callable[[], None]) -> None:
        fault = DiscordFault("lost", what.removeprefix(_NAME), after=number - 1, then=kill)
        self._host.call(self._faults.insert, 0, fault)

    def messages(self) -> Sequence[ChatMessage]:
        for message in self._messages.values():
            message.is_deleted = message.message not in self.discord.world.channels[message.channel_id].messages
        return list(self._messages.values())

    def _posted(self, message: Message) -> None:
        if not message.is_bots or message.only_for is not None or message.type != DEFAULT:
            return
        moment = datetime.fromtimestamp(made_at(message.id), UTC)
        thread = message.channel if message.channel != self._place else None
        shown = ChatMessage(message.id, message.channel, thread, _key(message.components), message.text, moment)
        self._messages[message.id] = shown
        self.on_stored(shown)

    def react(self, message: str, person: str, emoji: str, *, missed: bool) -> str:
        user, channel = self._people[person], self._messages[message].channel_id
        if missed:
            there = self.discord.world.channels[channel].messages[message]
            there.reactions.setdefault(emoji_key(emoji), Reaction(emoji)).users.append(user)
        else:
            self._host.call(self.discord.people.react, user, channel, message, emoji)
        return user

    def unreact(self, message: str, person: str, emoji: str) -> str:
        user = self._people[person]
        self._host.call(self.discord.people.unreact, user, self._messages[message].channel_id, message, emoji)
        return user

    def ask(self, person: str, text: str) -> str:
        user = self._people[person]
        self._host.call(self.discord.people.slash, user, self._place, "papers ask", text=text)
        return user

    def press(self, message: str, person: str, emoji: str) -> str:
        channel = self._messages[message].channel_id
        self._host.call(self.discord.people.press, self._people[person], channel, message, emoji)
        return self._people[person]

    def settling(self) -> Callable[[], bool]:
        return self._host.begin(self.discord.people.settle()).done

    def told(self, person: str) -> Sequence[str]:
        return self._host.call(self.discord.whispers, person)

    def is_late(self, key: str) -> bool:
        late = sum(call.fault == "late" and _key((call.body or {}).get("components")) == key for call in self._calls())
        return late > self._landed[key]

    def land(self) -> None:
        late = Counter(_key((call.body or {}).get("components")) for call in self._calls() if call.fault == "late")
        self._landed |= late
        self._host.loop.call_soon_threadsafe(self._land_now)

    def _land_now(self) -> None:
        # So late that Discord has forgotten the nonce of the repetition.
        self.discord.messages_api.nonce_s, kept = -1.0, self.discord.messages_api.nonce_s
        waiting, self.discord._rest._late = self.discord._rest._late, []
        for act in waiting:
            act()
        self.discord.messages_api.nonce_s = kept

    def trouble(self, rng: random.Random) -> str:
        kind = rng.choice(["500", "502", "broken", "slow", "429", "cut", "close", "reconnect", "invalid"])
        gateway = self.discord.gateway
        if kind == "cut":
            self._host.call(gateway.cut)
        elif kind == "close":
            self._host.run(gateway.close(rng.choice([1001, 4000])))
        elif kind == "reconnect":
            self._host.run(gateway.ask_to_reconnect())
        elif kind == "invalid":
            self._host.run(gateway.invalidate())
        else:
            operation = rng.choice(_OTHERS)
            self._host.call(self.discord.fault, kind, operation, times=rng.choice([1, 1, 2, 5]), seconds=0.3)
            return ""
        return f"socket: {kind}"

    def struck(self) -> Sequence[str]:
        return [f"{call.operation}: {call.fault}" for call in self.discord.journal.calls if call.fault]

    def _calls(self) -> list[Any]:
        return [call for call in self.discord.journal.calls if call.operation == _POST]

    def violations(self) -> Iterator[str]:
        yield from self.discord.journal.violations
        stored = Counter(message.key for message in self._messages.values())
        if repeated := sorted(key for key, count in stored.items() if count > 1 + self._landed[key]):
            yield f"sent again although it had been stored: {repeated}"


def _key(components: Any) -> str:
    return str(key_of({"components": components or []}) or "")
