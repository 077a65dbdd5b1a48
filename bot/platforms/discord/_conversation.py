"""What people do with buttons, menus, windows and slash commands, and what they are shown for it."""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot.models import MessageRef, Reply, Request, TopicsOffer, Vote, VoteSource
from bot.platforms._core.titles import quoted_title
from bot.platforms.discord._answers import Answers, Audience, InteractionAudience, patiently
from bot.platforms.discord._api import PLATFORM
from bot.platforms.discord._channels import Spot, spot_of
from bot.platforms.discord._custom_ids import FORM, START, VOTES, asked
from bot.platforms.discord._files import text_file
from bot.platforms.discord._guilds import SharedChannels, places_beside
from bot.platforms.discord._permissions import LABELS, OPTIONAL, missing
from bot.platforms.discord._replies import MOST_FORM, about_paper, argument_in, contents, topics_window
from bot.platforms.discord._text import unescaped
from bot.platforms.discord._vote_order import VoteOrder
from bot.ports import Inbox
from bot.rendering import vote_confirmation

logger = logging.getLogger(__name__)

Pressed = discord.Interaction[Any]


class Conversation:
    """Everything that a person starts and alone gets the answer to."""

    def __init__(self, inbox: Inbox, shared: SharedChannels, vote_order: VoteOrder) -> None:
        self._inbox = inbox
        self._answers = Answers(inbox)
        self._shared = shared
        self._vote_order = vote_order

    async def pressed(self, interaction: Pressed, custom_id: str) -> None:
        """A button of a post or of an answer."""
        kind = custom_id.partition("|")[0]
        wanted = asked(custom_id)
        if kind in VOTES:
            audience = InteractionAudience(interaction)
            await self._answers.safely(audience, "a vote", self._vote(audience, interaction, VOTES[kind]))
        elif kind == START:
            await self.start(interaction)
        elif wanted is not None:
            argument = argument_in(interaction.message) if wanted.in_footer and interaction.message else wanted.argument
            turns_page = wanted.page > 1 or wanted.name == "ask"
            audience = InteractionAudience(interaction, in_place=turns_page and _is_private(interaction))
            await self.ask(
                interaction,
                wanted.name,
                argument,
                audience=audience,
                arxiv_id=wanted.arxiv_id,
                page=wanted.page,
            )

    async def picked(self, interaction: Pressed, custom_id: str, arxiv_id: str, label: str) -> None:
        """A paper was picked from the menu of an answer."""
        audience = InteractionAudience(interaction)
        shown = audience.show([about_paper(arxiv_id, label, custom_id)])
        await self._answers.safely(audience, "a menu", shown)

    async def ask(
        self, interaction: Pressed, name: str, argument: str = "", *, audience: Audience | None = None, **more: Any
    ) -> None:
        """Answer a request of this name and argument; `more` are fields of Request."""
        audience = audience or InteractionAudience(interaction)
        await self._answers.safely(audience, name, self._ask(audience, interaction, name, argument, **more))

    async def _ask(self, audience: Audience, interaction: Pressed, name: str, argument: str, **more: Any) -> None:
        request = await self.request(audience, interaction, name, argument, **more)
        await self._answers.all_of(audience, request)

    async def request(
        self, audience: Audience, interaction: Pressed, name: str, argument: str = "", **more: Any
    ) -> Request:
        """The request that somebody makes by an interaction."""
        person = str(interaction.user.id)
        beside = places_beside(interaction.user)
        if beside is None:
            looking = self._shared.places_of(person, interaction.client.guilds)
            beside = await patiently(audience, looking)
        channel_id = where(interaction).channel_id
        return Request(PLATFORM, channel_id, person, name, argument, form_room=MOST_FORM, beside=beside, **more)

    def typing(self, interaction: Pressed, name: str) -> Request:
        """Who types an option of this command, and where; in a direct message no channel is looked for."""
        beside = places_beside(interaction.user) or ()
        return Request(PLATFORM, where(interaction).channel_id, str(interaction.user.id), name, beside=beside)

    async def say(self, interaction: Pressed, reply: Reply) -> None:
        """Show an answer that needs nobody to be asked."""
        audience = InteractionAudience(interaction)
        await self._answers.safely(audience, "an answer", audience.show(contents(reply)))

    async def _vote(self, audience: Audience, interaction: Pressed, emoji: str) -> None:
        message = interaction.message
        if message is None:
            return
        at, order = self._vote_order.stamp()
        spot = where(interaction)
        vote = Vote(
            event_id=f"{PLATFORM}:{interaction.id}",
            ref=MessageRef(PLATFORM, spot.channel_id, str(message.id), spot.thread),
            person=str(interaction.user.id),
            emoji=emoji,
            added=True,
            at=at,
            order=order,
            source=VoteSource.BUTTON,
        )
        outcome = await patiently(audience, self._inbox.press(vote))
        words = vote_confirmation(outcome, emoji, quoted_title(unescaped(message.content))) or "That is known already."
        await audience.show(contents(Reply(title=words)))

    async def start(self, interaction: Pressed, attachment: discord.Attachment | None = None) -> None:
        """Somebody wants to start this channel: with a file of topics, or by writing them into a window."""
        audience = InteractionAudience(interaction)
        if interaction.guild is None:
            where_to = Reply("I post in the channels of a server.", ("Go to one of them and use /papers start there.",))
            await self.say(interaction, where_to)
        elif lacking := _lacking(interaction):
            allow = "Please allow me in this channel's settings, under Permissions:"
            await self.say(interaction, Reply("I may not post here yet.", (allow, ", ".join(lacking))))
        elif attachment is None:
            await self._answers.safely(audience, "starting", audience.open(topics_window()))
        else:
            await self._answers.safely(audience, "starting", self._start_from(audience, interaction, attachment))

    async def _start_from(self, audience: Audience, interaction: Pressed, attachment: discord.Attachment) -> None:
        text = await patiently(audience, text_file([attachment]))
        if text is None:
            await audience.show(contents(Reply("I cannot read that file.", ("A short text file is what I can read.",))))
        else:
            await self._offer(audience, interaction, text)

    async def _offer(self, audience: Audience, interaction: Pressed, text: str | bytes) -> None:
        offer = TopicsOffer(PLATFORM, where(interaction).channel_id, str(interaction.user.id), text, on_purpose=True)
        reply = await patiently(audience, self._inbox.topics_offered(offer))
        known = Reply("This channel has its topics already.", ("/papers topics show tells them.",))
        await audience.show(contents(reply or known))

    async def sent(self, interaction: Pressed) -> None:
        """Somebody sent a window. What it is about stands in it."""
        content: Any = interaction.data or {}
        kind, _, about = str(content.get("custom_id", "")).partition("|")
        audience = InteractionAudience(interaction)
        text = written_in(content)
        if kind == START:
            await self._answers.safely(audience, "starting", self._offer(audience, interaction, text))
        elif kind == FORM:
            name, _, argument = about.partition("|")
            await self.ask(interaction, name, argument, audience=audience, text=text)
        else:
            logger.warning("a window was sent that nobody knows")


def where(interaction: Pressed) -> Spot:
    """Where an interaction happens."""
    return spot_of(interaction.channel, interaction.channel_id)


def written_in(content: Any) -> str:
    """What was written into a window that has one text, in whatever Discord wraps it."""
    if isinstance(content, dict):
        if isinstance(value := content.get("value"), str):
            return value
        inside = content.get("components") or content.get("component") or ()
        return written_in(inside)
    return next(filter(None, map(written_in, content)), "")


def _lacking(interaction: Pressed) -> list[str]:
    """What the bot needs and may not do where somebody wants to start it."""
    return [LABELS[name] for name in missing(interaction.app_permissions) if name not in OPTIONAL]


def _is_private(interaction: Pressed) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral
