"""A loopback Slack as a room: the real SDK talks to it over real sockets."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from tests.loopback.faulty import ChatMessage, Fault
from tests.loopback.slack import LoopbackSlack
from tests.loopback.slack.faults import Fault as SlackFault
from tests.loopback.slack.workspace import BOT_USER, Message
from tests.prove.rooms import PEOPLE, Address, Stored
from tests.prove.rooms.hosting import Host

PACE = 0.01  # Slack's limits, with the bot's pauses shortened by a little less
_ACK_S = 3.0  # what a real bot has, whatever else is shortened
_KINDS = {
    Fault.DELAYED: "429",
    Fault.UNREACHABLE: "broken",
    Fault.BROKEN: "500",
    Fault.BROKEN_STORED: "500-done",
    Fault.LOST: "lost",
    Fault.SILENT: "broken",
    Fault.LATE: "late",
}
_EMOJI = {"👍": "+1", "👎": "-1", "🎉": "tada"}
_POST = "chat.postMessage"
_NAME = "slack "
_OTHERS = (
    "conversations.history", "conversations.replies", "users.info", "users.conversations", "apps.connections.open",
    "auth.test", "chat.delete",
)  # fmt: skip


class SlackRoom:
    """`Room` in a workspace of its own."""

    def __init__(self, shift_s: float, channel_id: str = "reading") -> None:
        self._host = Host()
        self.slack = LoopbackSlack(now=lambda: time.time() + shift_s, pace=PACE)
        self.slack.sockets.ack_s = _ACK_S
        self._host.run(self.slack.start())
        workspace = self.slack.workspace
        self._people = {name: workspace.add_person(name) for name in PEOPLE}
        self._place = workspace.add_channel(channel_id, self._people["ann"], [*self._people.values(), BOT_USER])
        self.address = Address("slack", self.slack.api_url, self._place, "slack")
        self.on_stored: Stored = lambda message: None
        workspace.on_posted = self._posted
        self._messages: dict[str, ChatMessage] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._host.run(self.slack.stop())
        self._host.stop()

    def begin(self) -> None:
        """Faults count from their making."""

    def fault(self, post: int, fault: Fault) -> None:
        # Where an earlier fault strikes, the later ones do not count.
        earlier = sum(known.method == _POST for known in self.slack._faults)
        options: dict[str, Any] = {"seconds": None} if fault is Fault.LATE else {}
        self._host.call(self.slack.fault, _KINDS[fault], after=post - 1 - earlier, **options)

    def calm(self) -> None:
        self._host.call(self.slack.calm)

    def can_kill(self, what: str) -> bool:
        return what.startswith(_NAME) and "." in what

    def kill_during(self, what: str, number: int, kill: Callable[[], None]) -> None:
        fault = SlackFault("lost", what.removeprefix(_NAME), after=number - 1, then=kill)
        self._host.call(self.slack._faults.insert, 0, fault)

    def messages(self) -> Sequence[ChatMessage]:
        there = self.slack.workspace.channels[self._place].messages
        for ts, message in self._messages.items():
            message.is_deleted = ts not in there
        return list(self._messages.values())

    def _posted(self, channel_id: str, message: Message) -> None:
        if message.user != BOT_USER or message.only_for is not None:
            return
        moment = datetime.fromtimestamp(float(message.ts), UTC)
        shown = ChatMessage(message.ts, channel_id, message.thread_ts, _key(message.metadata), message.text, moment)
        self._messages[message.ts] = shown
        self.on_stored(shown)

    def react(self, message: str, person: str, emoji: str, *, missed: bool) -> str:
        user, name = self._people[person], _EMOJI[emoji]
        if missed:
            there = self.slack.workspace.channels[self._place].messages[message]
            there.reactions.setdefault(name, []).append(user)
        else:
            self._host.call(self.slack.people.react, user, self._place, message, name)
        return user

    def unreact(self, message: str, person: str, emoji: str) -> str:
        user = self._people[person]
        self._host.call(self.slack.people.unreact, user, self._place, message, _EMOJI[emoji])
        return user

    def ask(self, person: str, text: str) -> str:
        user = self._people[person]
        self._host.call(self.slack.people.slash, user, self._place, "/papers", text)
        return user

    def press(self, message: str, person: str, emoji: str) -> str:
        self._host.call(self.slack.people.press, self._people[person], self._place, message, emoji)
        return self._people[person]

    def settling(self) -> Callable[[], bool]:
        return self._host.begin(self.slack.people.settle()).done

    def told(self, person: str) -> Sequence[str]:
        return self._host.call(self.slack.whispers, person)

    def is_late(self, key: str) -> bool:
        return any(_key(arguments.get("metadata")) == key for _, _, arguments in self.slack.postponed)

    def land(self) -> None:
        self._host.call(self.slack.land)

    def trouble(self, rng: random.Random) -> str:
        kind = rng.choice(["500", "broken", "slow", "429", "html", "cut", "refresh"])
        if kind == "cut":
            self._host.call(self.slack.sockets.cut)
        elif kind == "refresh":
            self._host.call(lambda: self.slack.sockets.refresh() if self.slack.sockets.open else None)
        else:
            method = rng.choice(_OTHERS)
            self._host.call(self.slack.fault, kind, method, times=rng.choice([1, 1, 2, 5]), seconds=0.3)
            return ""
        return f"socket: {kind}"

    def struck(self) -> Sequence[str]:
        return [f"{call.method}: {call.fault}" for call in self.slack.journal.calls if call.fault]

    def violations(self) -> Iterator[str]:
        yield from self.slack.journal.violations
        posts = [call for call in self.slack.journal.calls if call.method == _POST and call.outcome == "ok"]
        late = Counter(_key(call.arguments.get("metadata")) for call in posts if call.fault == "late")
        stored = Counter(_key(call.arguments.get("metadata")) for call in posts)
        if repeated := sorted(key for key, count in stored.items() if count > 1 + late[key]):
            yield f"sent again although it had been stored: {repeated}"


def _key(metadata: Any) -> str:
    return str(((metadata or {}).get("event_payload") or {}).get("key", ""))
