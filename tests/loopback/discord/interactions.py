"""Interactions: what people ask of the app, and its answers within three seconds and fifteen minutes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.loopback.discord.asked import Answer, Asked
from tests.loopback.discord.commands import complain_about_choices
from tests.loopback.discord.components import read_modal
from tests.loopback.discord.contents import Content, read_content
from tests.loopback.discord.posting import Posting
from tests.loopback.discord.refusals import Complaints, Excused, Refused, as_snowflake
from tests.loopback.discord.sessions import Delivery
from tests.loopback.discord.world import (
    APP,
    BOT_USER,
    COMMAND_ANSWER,
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    REPLY,
    SILENT,
    SUPPRESS_EMBEDS,
    Channel,
    Message,
)

ANSWER_S = 3.0
TOKEN_S = 900.0

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMISSION = 2, 3, 4, 5
SAY, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

JSON = dict[str, Any]


@dataclass(eq=False)
class Interaction:
    """One thing that a person asked, and how it was answered.

    `choices` are those of an autocompletion, `messages` what was shown in answer, `modal` the window it opened.
    """

    id: str
    token: str
    kind: int
    user: str
    channel: str
    made: tuple[float, float]  # the world's time, and ticks
    message: Message | None = None  # whose button was pressed
    option_kind: int = 0
    delivery: Delivery | None = None
    is_live: bool = True
    answer: int | None = None
    messages: list[Message] = field(default_factory=list)
    original: Message | None = None
    choices: list[JSON] = field(default_factory=list)
    modal: JSON | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_answered(self) -> bool:
        return self.answer is not None

    @property
    def is_thinking(self) -> bool:
        """Whether the person still sees that the app is thinking."""
        return self.original is not None and bool(self.original.flags & LOADING)


@dataclass(eq=False)
class Window:
    """A modal as somebody sees it; `interaction` opened it."""

    id: str
    user: str
    modal: JSON
    interaction: Interaction

    @property
    def title(self) -> str:
        return str(self.modal["title"])

    @property
    def fields(self) -> dict[str, JSON]:
        """Its text inputs and menus by custom id."""
        inside = [
            one
            for part in self.modal["components"]
            for one in (part.get("components") or ([part["component"]] if "component" in part else []))
        ]
        return {one["custom_id"]: one for one in inside if "custom_id" in one}


class Interactions:
    """Each method answers the operation of its name. `windows` are the open modals by id."""

    def __init__(self, posting: Posting, ticks: Callable[[], float]) -> None:
        self.posting = posting
        self.world = posting.world
        self.payloads = posting.events.payloads
        self.journal = posting.journal
        self.answer_s = ANSWER_S
        self.by_token: dict[str, Interaction] = {}
        self.windows: dict[str, Window] = {}
        self._ticks = ticks

    def open(self, kind: int, user: str, channel: str, **more: Any) -> Interaction:
        """A new interaction, not yet told to the app."""
        made = (self.world.now(), self._ticks())
        interaction = Interaction(self.world.snowflake(), uuid.uuid4().hex * 4, kind, user, channel, made, **more)
        self.by_token[interaction.token] = interaction
        return interaction

    def age_s(self, interaction: Interaction) -> float:
        """How old an interaction is by the clock that has moved more."""
        return max(self.world.now() - interaction.made[0], self._ticks() - interaction.made[1])

    # The first answer

    def answer_interaction(self, asked: Asked) -> Answer:
        interaction = self.by_token.get(asked.ids["token"])
        if interaction is None or interaction.id != asked.ids["interaction"]:
            raise Refused(10062)
        if self.age_s(interaction) > self.answer_s:
            raise (Refused if interaction.is_live else Excused)(10062)
        if interaction.is_answered:
            raise Refused(40060)
        body = asked.body if isinstance(asked.body, dict) else {}
        kind: Any = body.get("type")
        if kind not in _ANSWERS[interaction.kind] or (interaction.message is None and kind in {UPDATE, DEFER_UPDATE}):
            found = Complaints()
            found.choices(("type",), _ANSWERS[interaction.kind])
            found.raise_if_any()
        data = body.get("data")
        _ACTS[kind](self, interaction, data if isinstance(data, dict) else {}, asked)
        interaction.answer = kind
        interaction.done.set()
        if asked.query.get("with_response") not in {"1", "true", "True"}:
            return 204, None
        return 200, self._callback(interaction, kind)

    def _say(self, interaction: Interaction, data: JSON, asked: Asked) -> None:
        content = read_content(data, asked.files, _SAYING, ("data",))
        interaction.original = self._create(interaction, content, asked, bool(content.flags & EPHEMERAL))

    def _defer(self, interaction: Interaction, data: JSON, _asked: Asked) -> None:
        hidden = int(data.get("flags") or 0) & EPHEMERAL
        message = Message(
            self.world.snowflake(), interaction.channel, BOT_USER, flags=LOADING | hidden,
            only_for=interaction.user if hidden else None, **self._about(interaction),
        )  # fmt: skip
        self.world.channels[interaction.channel].messages[message.id] = message
        self.posting.events.message("MESSAGE_CREATE", message)
        interaction.original = message
        interaction.messages.append(message)

    def _defer_update(self, interaction: Interaction, _data: JSON, _asked: Asked) -> None:
        interaction.original = interaction.message

    def _update(self, interaction: Interaction, data: JSON, asked: Asked) -> None:
        assert interaction.message is not None
        self._change(interaction, interaction.message, data, asked, ("data",))
        interaction.original = interaction.message

    def _choose(self, interaction: Interaction, data: JSON, _asked: Asked) -> None:
        found = Complaints()
        complain_about_choices(data.get("choices"), interaction.option_kind, found, ("data", "choices"))
        found.raise_if_any()
        interaction.choices = list(data["choices"])

    def _open_modal(self, interaction: Interaction, data: JSON, _asked: Asked) -> None:
        interaction.modal = read_modal(data)
        window = Window(self.world.snowflake(), interaction.user, interaction.modal, interaction)
        self.windows[window.id] = window

    def _callback(self, interaction: Interaction, kind: int) -> JSON:
        shown: JSON = {"id": interaction.id, "type": interaction.kind}
        message = interaction.original
        if message is not None:
            shown |= {
                "response_message_id": message.id, "response_message_loading": bool(message.flags & LOADING),
                "response_message_ephemeral": message.only_for is not None,
            }  # fmt: skip
        resource: JSON = {"type": kind}
        if message is not None and kind in {SAY, UPDATE}:
            resource["message"] = self._shown(message)
        return {"interaction": shown, "resource": resource} if kind not in {CHOICES, MODAL} else {"interaction": shown}

    # What follows

    def create_follow_up(self, asked: Asked) -> Answer:
        interaction = self._known(asked)
        if interaction.answer in {None, CHOICES}:
            raise Refused(10015)
        body = asked.body if isinstance(asked.body, dict) else {}
        if interaction.is_thinking:
            assert interaction.original is not None
            message = self._change(interaction, interaction.original, {**body, "flags": 0}, asked)
        else:
            content = read_content(body, asked.files, _SAYING)
            message = self._create(interaction, content, asked, bool(content.flags & EPHEMERAL))
        if asked.query.get("wait") not in {"1", "true", "True"}:
            return 204, None
        return 200, self._shown(message)

    def get_response(self, asked: Asked) -> Answer:
        return 200, self._shown(self._response(asked)[1])

    def edit_response(self, asked: Asked) -> Answer:
        interaction, message = self._response(asked)
        body = asked.body if isinstance(asked.body, dict) else {}
        return 200, self._shown(self._change(interaction, message, body, asked))

    def delete_response(self, asked: Asked) -> Answer:
        interaction, message = self._response(asked)
        self.world.channels[message.channel].messages.pop(message.id, None)
        interaction.messages = [one for one in interaction.messages if one is not message]
        if message.only_for is None:
            self.posting.events.deleted(message)
        return 204, None

    def _known(self, asked: Asked) -> Interaction:
        interaction = self.by_token.get(asked.ids["token"])
        if interaction is None or asked.ids["application"] != APP:
            raise Refused(10015)
        if self.age_s(interaction) > TOKEN_S:
            raise Refused(50027)
        return interaction

    def _response(self, asked: Asked) -> tuple[Interaction, Message]:
        interaction = self._known(asked)
        if not interaction.is_answered:
            raise Refused(10015)
        wanted = asked.ids["message"]
        if wanted == "@original":
            message = interaction.original
        else:
            number = as_snowflake(wanted)
            candidates = [*interaction.messages, *([interaction.message] if interaction.message else [])]
            message = next((one for one in candidates if one.id == number), None)
        if message is None or message.id not in self.world.channels[message.channel].messages:
            raise Refused(10008)
        return interaction, message

    def _create(self, interaction: Interaction, content: Content, asked: Asked, hidden: bool) -> Message:
        channel: Channel = self.world.channels[interaction.channel]
        message = self.posting.create(
            channel, content, asked.files, only_for=interaction.user if hidden else None, **self._about(interaction)
        )
        interaction.messages.append(message)
        return message

    def _change(
        self, interaction: Interaction, message: Message, body: JSON, asked: Asked, path: tuple[str, ...] = ()
    ) -> Message:
        flags = int(body.get("flags") or 0) & ~EPHEMERAL | message.flags & COMPONENTS_V2
        content = read_content({**body, "flags": flags}, asked.files, SUPPRESS_EMBEDS | COMPONENTS_V2, path)
        changed = self.posting.update(message, content, asked.files)
        if message is not interaction.message and message not in interaction.messages:
            interaction.messages.append(message)
        return changed

    def _about(self, interaction: Interaction) -> JSON:
        """What is the same for all messages that answer an interaction."""
        kind = COMMAND_ANSWER if interaction.kind == COMMAND else REPLY if interaction.message else 0
        metadata = {
            "id": interaction.id, "type": interaction.kind, "user": self.payloads.user(interaction.user),
            "authorizing_integration_owners": {"0": self.world.channels[interaction.channel].guild or "0"},
        }  # fmt: skip
        reply_to = interaction.message.id if interaction.message else None
        return {"type": kind, "interaction": metadata, "reply_to": reply_to}

    def _shown(self, message: Message) -> JSON:
        return self.payloads.message(message)


_SAYING = EPHEMERAL | SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2
_ANSWERS = {
    COMMAND: (SAY, DEFER, MODAL),
    COMPONENT: (SAY, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    SUBMISSION: (SAY, DEFER, DEFER_UPDATE, UPDATE),
}
_ACTS: dict[int, Callable[[Any, Interaction, JSON, Asked], None]] = {
    SAY: Interactions._say, DEFER: Interactions._defer, DEFER_UPDATE: Interactions._defer_update,
    UPDATE: Interactions._update, CHOICES: Interactions._choose, MODAL: Interactions._open_modal,
}  # fmt: skip
