"""The terminal's side of the chat port."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.errors import ChannelClosed, PlatformError, PostDelayed, PostUncertain
from bot.models import (
    Finding,
    MessageRef,
    PlatformStatus,
    Post,
    PostKey,
    PostRole,
    RecentMessage,
    Severity,
)
from bot.platforms.console._conversation import PLATFORM, Conversation
from bot.platforms.console._files import write_new
from bot.platforms.console._lines import LineReader, StdinLines
from bot.platforms.console._screen import Screen, standard_console
from bot.platforms.console._transcript import Message, Transcript
from bot.ports import Inbox

_AFTER_LINE_S = 0.02  # a line typed ahead is there at once and needs no prompt
_AFTER_POST_S = 0.3  # a digest is several posts: the prompt comes back after the last


class ConsolePlatform:
    """A terminal, or a pipe, as a place where readers are.

    `transcript` is a file that carries messages and votes over a restart and between processes; without it they live
    as long as the process, and message ids start at 1 again. `folder` takes uploaded files (default: the current one).
    `interactive` asks for prompts (default: if both ends are terminals); otherwise the lines read are echoed.
    With `outlives_input` the end of the input is no reason to leave: a service has none to begin with.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        screen: Console | None = None,
        lines: LineReader | None = None,
        transcript: Path | None = None,
        person: str = "you",
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        interactive: bool | None = None,
        folder: Path | None = None,
        outlives_input: bool = False,
    ) -> None:
        self._clock = clock
        self._screen = Screen(screen or standard_console())
        self._lines = lines or StdinLines()
        self._transcript = Transcript(transcript)
        self._person = person
        self._new_id = new_id
        self._interactive = self._screen.is_terminal and sys.stdin.isatty() if interactive is None else interactive
        self._folder = folder or Path()
        self._outlives_input = outlives_input
        self._status = PlatformStatus(connected=False, detail="not started", is_missed=False)
        self._waiting = False
        self._hinted = False
        self._prompting: asyncio.Task[None] | None = None
        self._open_threads: set[str] = set()

    @property
    def name(self) -> str:
        """Its name in settings and tables."""
        return PLATFORM

    async def run(self, inbox: Inbox) -> None:
        """Obey lines until `quit`, the end of the input or cancellation; `status().detail` tells which."""
        conversation = Conversation(
            inbox,
            screen=self._screen,
            transcript=self._transcript,
            clock=self._clock,
            person=self._person,
            new_id=self._new_id,
            keep_file=partial(self.upload, PLATFORM),
        )
        self._status = PlatformStatus(connected=True, detail="reading lines")
        ended = "cancelled"
        try:
            await inbox.reconnected(self.name)
            while (line := await self._next_line()) is not None:
                if not await conversation.obey(line):
                    ended = "left by quit"
                    return
            ended = "the input ended"
            if self._outlives_input:
                await asyncio.Event().wait()
        except BrokenPipeError:
            ended = "nobody reads the output"
        finally:
            self._forget_prompt()
            self._status = PlatformStatus(connected=False, detail=ended, is_missed=False)

    async def _next_line(self) -> str | None:
        self._waiting = True
        self._prompt_later(_AFTER_LINE_S)
        try:
            line = await self._lines()
        finally:
            self._waiting = False
            self._forget_prompt()
            self._screen.answered()
        if line and line.strip() and not self._interactive:
            self._screen.echo(line)
        return line

    def _prompt_later(self, pause_s: float = _AFTER_POST_S) -> None:
        """Show the prompt, or bring it back after the posts that wiped it, if somebody is waited for."""
        self._forget_prompt()
        if self._interactive and self._waiting:
            self._prompting = asyncio.create_task(self._prompt(pause_s))

    async def _prompt(self, pause_s: float) -> None:
        await self._clock.sleep(pause_s)
        papers = any(message.arxiv_id for message in self._transcript.messages.values())
        with contextlib.suppress(BrokenPipeError):  # the next post or answer meets it too, and tells
            self._screen.prompt(hint=papers and not self._hinted)
        self._hinted = self._hinted or papers

    def _forget_prompt(self) -> None:
        if self._prompting is not None:
            self._prompting.cancel()
            self._prompting = None

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        """Print a message and write it into the transcript.

        Raises:
            PostDelayed: the transcript cannot be opened; nothing was printed.
            ChannelClosed: nobody reads the output any more; what was to be printed is kept.
            PostUncertain: it was printed but could not be remembered.
        """
        shown = False
        try:
            with self._transcript.turn():
                message = self._message(channel_id, post, key, thread)
                self._show(post, message)
                shown = True
                self._transcript.posted(message)
        except OSError as error:
            raise ChannelClosed(f"the terminal took no output for {key}: {error.strerror or error}") from error
        except PlatformError as error:
            raise (PostUncertain if shown else PostDelayed)(str(error)) from error
        self._prompt_later()
        return message.ref

    def _message(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None) -> Message:
        ref = MessageRef(self.name, channel_id, self._transcript.next_id(key.role), thread.message if thread else None)
        arxiv_id = post.card.arxiv_id if post.card else ""
        title = post.card.title if post.card else post.title
        return Message(ref, str(key), self._clock.now(), title, arxiv_id)

    def _show(self, post: Post, message: Message) -> None:
        thread = message.ref.thread
        if post.role is PostRole.HEADER:
            self._hinted = False
        if thread is not None and thread not in self._open_threads:
            self._open_threads.add(thread)
            self._screen.more()
        self._screen.post(post, message.ref.message)

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        """Print the message again, as corrected: what a terminal has shown stays.

        Raises:
            PlatformError: there is no such message, or it cannot be remembered.
        """
        with self._transcript.turn():
            known = self._transcript.messages.get(ref.message)
            if known is None:
                raise PlatformError(f"message {ref.message} cannot be edited: it is not in the terminal")
            self._screen.post(post, ref.message, remark=f"corrected: {known.title}")
            title = post.card.title if post.card else post.title
            arxiv_id = post.card.arxiv_id if post.card else ""
            self._transcript.posted(Message(known.ref, str(key), known.posted_at, title, arxiv_id))
        self._prompt_later()

    async def delete(self, ref: MessageRef) -> None:
        """Say that the message is gone, and forget it; a message already gone is no error."""
        with self._transcript.turn():
            known = self._transcript.messages.get(ref.message)
            if known is not None:
                self._transcript.deleted(ref.message)
                self._screen.say(f"removed: {known.title}")
        self._prompt_later()

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """The messages that carry `key`, oldest first: outside of threads, or in one if it is given."""
        return tuple(
            message.ref
            for message in self._messages(channel_id, since)
            if message.key == str(key) and message.ref.thread == (thread.message if thread else None)
        )

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """The messages since then with the votes that stand, oldest first."""
        messages = self._messages(channel_id, since)
        reactions: dict[str, dict[str, tuple[str, ...]]] = {message.ref.message: {} for message in messages}
        for vote in self._transcript.votes:
            if vote.message in reactions:
                people = reactions[vote.message].get(vote.emoji, ())
                reactions[vote.message][vote.emoji] = (*people, vote.person)
        return tuple(
            RecentMessage(message.ref, message.key, message.posted_at, reactions[message.ref.message], message.title)
            for message in messages
        )

    def _messages(self, channel_id: str, since: datetime) -> list[Message]:
        with self._transcript.turn():
            return [
                message
                for message in self._transcript.messages.values()
                if message.ref.channel_id == channel_id and message.posted_at >= since
            ]

    async def notify(self, target: str, text: str) -> None:
        """Print a line; whoever it is for sits here."""
        del target
        self._screen.say(text, "bold")
        self._prompt_later()

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        """Write a file into the folder, never over another one, and say where it is.

        Raises:
            PlatformError: it cannot be written.
        """
        del channel_id, thread
        try:
            path = await asyncio.to_thread(write_new, self._folder, filename, content)
        except OSError as error:
            raise PlatformError(
                f"{filename!r} cannot be written into {self._folder}: {error.strerror or error}"
            ) from error
        self._screen.say(f"file saved: {path} ({len(content):,} bytes)", "bold")
        self._prompt_later()

    async def check(self) -> tuple[Finding, ...]:
        """How the terminal looks to the bot, and whether the transcript can be used."""
        look = f"{self._screen.columns} columns" if self._screen.is_terminal else "no terminal: plain lines"
        findings = [Finding(Severity.OK, "terminal", look)]
        if "utf" not in self._screen.encoding.lower():
            findings.append(
                Finding(
                    Severity.WARNING,
                    "terminal",
                    f"the encoding {self._screen.encoding} lacks most characters",
                    "set LANG=C.UTF-8 or PYTHONIOENCODING=utf-8",
                )
            )
        if not self._transcript.is_begun:  # a look makes no file
            return (*findings, Finding(Severity.OK, "transcript", "nothing was posted yet"))
        try:
            with self._transcript.turn():
                findings.append(Finding(Severity.OK, "transcript", f"{len(self._transcript.messages)} messages known"))
        except PlatformError as error:
            findings.append(Finding(Severity.PROBLEM, "transcript", str(error), "make the file writable"))
        return tuple(findings)

    def status(self) -> PlatformStatus:
        """Whether lines are being read, or how that ended."""
        return self._status
