"""One person's lines, obeyed: votes and questions go to the inbox, answers to the screen."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.errors import PaperlarkError
from bot.models import OPPOSITE, Button, Reply, Request, Vote, VoteOutcome
from bot.platforms.console._commands import HELP, Mistake, PaperCommand, PlainCommand, SpokenLine, VoteCommand, parse
from bot.platforms.console._screen import Screen
from bot.platforms.console._transcript import Message, StandingVote, Transcript
from bot.ports import Inbox
from bot.rendering import NOT_COUNTED
from bot.text import cut

logger = logging.getLogger(__name__)

PLATFORM = "console"
_TICK_S = 1e-6  # sets apart two votes of the same instant


class Conversation:
    """What the person at the terminal asks of the bot."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        screen: Screen,
        transcript: Transcript,
        clock: Clock,
        person: str,
        new_id: Callable[[], str],
        keep_file: Callable[[str, bytes], Awaitable[None]],
    ) -> None:
        self._inbox = inbox
        self._screen = screen
        self._transcript = transcript
        self._clock = clock
        self._person = person
        self._new_id = new_id
        self._keep_file = keep_file
        self._buttons: dict[str, Button] = {}  # of the newest answer, by what one types to press them

    async def obey(self, line: str) -> bool:
        """Do what the line says; False if the person leaves. A failure is told on the screen, not raised.

        Raises:
            BrokenPipeError: nobody reads the screen any more.
        """
        try:
            return await self._obey(line)
        except BrokenPipeError:  # nobody is left to be told anything
            raise
        except PaperlarkError as error:
            self._screen.say(f"that did not work: {error}", "red")
        except Exception:  # the edge: one bad answer must not end the conversation
            logger.exception("A line typed in the terminal could not be obeyed")
            self._screen.say("that did not work, through a fault in the bot; its log says more", "red")
        return True

    async def _obey(self, line: str) -> bool:
        if button := self._buttons.get(line.strip().lower()):
            await self._ask(self._request_of(button.name, button.argument, button.arxiv_id, page=button.page))
            return True
        with self._transcript.turn():  # papers another process posted can be named too
            command = parse(line)
        match command:
            case Mistake(message):
                self._screen.say(message, "red")
            case VoteCommand(emoji, papers):
                await self._vote(emoji, papers)
            case PaperCommand(name, papers):
                await self._ask_about(name, papers)
            case SpokenLine(text):
                await self._ask(self._request_of("papers", text))
            case PlainCommand("undo"):
                await self._undo()
            case PlainCommand("help"):
                self._screen.commands(HELP)
                await self._request("help")
            case PlainCommand("quit"):
                return False
            case PlainCommand(name):
                await self._request(name)
        return True

    async def _ask_about(self, name: str, papers: tuple[str, ...]) -> None:
        for paper in papers:
            if "." in paper or "/" in paper:
                await self._request(name, arxiv_id=paper)
            elif message := self._paper(paper):
                await self._request(name, message=message, arxiv_id=message.arxiv_id)

    async def _request(self, name: str, *, message: Message | None = None, arxiv_id: str | None = None) -> None:
        await self._ask(self._request_of(name, arxiv_id=arxiv_id, channel_id=message.ref.channel_id if message else ""))

    def _request_of(
        self, name: str, argument: str = "", arxiv_id: str | None = None, *, channel_id: str = "", page: int = 1
    ) -> Request:
        return Request(PLATFORM, channel_id or self._place(), self._person, name, argument, arxiv_id, page)

    async def _ask(self, request: Request) -> None:
        answered = False
        async for reply in self._inbox.request(request):
            await self._show(reply)
            answered = True
        if not answered and request.name not in {"next", "help"}:
            self._screen.say(f"{request.name}: no answer")

    async def _show(self, reply: Reply) -> None:
        """Print an answer; what replaces the one before is printed without what that one has shown."""
        self._screen.reply(Reply(reply.title, reply.lines, buttons=reply.buttons) if reply.replaces else reply)
        self._buttons = {button.label.lower(): button for button in reply.buttons}
        if reply.attachment is not None:
            await self._keep_file(reply.attachment.filename, reply.attachment.content)

    def _place(self) -> str:
        """Where the newest message stands: what is asked without naming a paper is asked there."""
        messages = tuple(self._transcript.messages.values())
        return messages[-1].ref.channel_id if messages else "terminal"

    def _paper(self, name: str) -> Message | None:
        """The posted paper with this number or arxiv_id; None, and said so, if there is none."""
        papers = [message for message in self._transcript.messages.values() if message.arxiv_id]
        for message in reversed(papers):
            if name in (message.ref.message, message.arxiv_id):
                return message
        there = (
            f"the papers here are {papers[0].ref.message} to {papers[-1].ref.message}" if papers else "none is posted"
        )
        self._screen.say(f"there is no paper {name}: {there}", "red")
        return None

    async def _vote(self, emoji: str, names: tuple[str, ...]) -> None:
        messages = [message for name in names if (message := self._paper(name))]
        if len(messages) < len(names):
            if messages:
                self._screen.say("no vote was counted: put the numbers right and send the line again", "red")
            return
        for message in messages:
            vote = StandingVote(message.ref.message, self._person, emoji)
            if vote in self._transcript.votes:
                self._screen.say(f"{emoji} for {_named(message)} stands already")
            else:
                await self._send(vote, message, added=True)

    async def _undo(self) -> None:
        mine = [vote for vote in self._transcript.votes if vote.person == self._person]
        if not mine:
            self._screen.say("there is no vote of yours to take back")
            return
        await self._send(mine[-1], self._transcript.messages[mine[-1].message], added=False)

    async def _send(self, vote: StandingVote, message: Message, *, added: bool) -> None:
        """Change the reaction first, as on every platform, then report it; a failed report takes it back."""
        now = self._clock.now()
        order = max(now.timestamp(), self._transcript.newest_order + _TICK_S)
        self._transcript.voted(vote, added=added, order=order)
        try:
            outcome = await self._inbox.vote(
                Vote(self._new_id(), message.ref, vote.person, vote.emoji, added, now, order)
            )
        except Exception:  # not on cancellation: then the vote may have been stored, and it was meant
            self._transcript.voted(vote, added=not added, order=order)
            raise
        self._confirm(vote, message, outcome, added=added)

    def _confirm(self, vote: StandingVote, message: Message, outcome: VoteOutcome, *, added: bool) -> None:
        if outcome is VoteOutcome.FOREIGN:
            self._screen.say(f"{_named(message)} is not known to the bot any more: not counted", "red")
            return
        if outcome is VoteOutcome.OPTED_OUT:
            self._screen.say(NOT_COUNTED, "red")
            return
        if not added:
            self._screen.say(f"taken back: {vote.emoji} for {_named(message)}", "green")
            return
        opposite = StandingVote(vote.message, vote.person, OPPOSITE.get(vote.emoji, ""))
        also = f" (your {opposite.emoji} stands too; undo takes one back)" if opposite in self._transcript.votes else ""
        self._screen.say(f"{vote.emoji} counted for {_named(message)}{also}", "green")


def _named(message: Message) -> str:
    return f"{message.ref.message}: {cut(message.title, 60)}"
