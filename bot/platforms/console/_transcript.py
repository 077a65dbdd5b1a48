"""What was posted in the terminal and voted on there: in memory, and in a file that survives the process."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any

from bot.errors import PlatformError
from bot.models import MessageRef, PostRole

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands in the terminal. `key` is the text of its PostKey."""

    ref: MessageRef
    key: str
    posted_at: datetime
    title: str = ""
    arxiv_id: str = ""


@dataclass(frozen=True, slots=True)
class StandingVote:
    """One emoji that somebody has on one message now."""

    message: str
    person: str
    emoji: str


class Transcript:
    """The terminal's memory. Every change is one line of JSON, in the file before the call returns.

    Several processes may share a file: `turn` locks it and catches up with what others wrote. A line that cannot be
    read, such as one cut off by a crash, is skipped and logged.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: RawIOBase | None = None
        self._offset = 0
        self._messages: dict[str, Message] = {}
        self._votes: dict[StandingVote, None] = {}
        self._papers = 0
        self._others = 0
        self.newest_order = 0.0

    @property
    def messages(self) -> Mapping[str, Message]:
        """The messages not deleted, by id, oldest first."""
        return self._messages

    @property
    def votes(self) -> tuple[StandingVote, ...]:
        """The votes that stand, in the order they were given."""
        return tuple(self._votes)

    @property
    def is_begun(self) -> bool:
        """Whether there is a file yet, or something in its way."""
        path = self._path
        return path is None or path.exists() or any(parent.is_file() for parent in path.parents)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the file alone, with everything that others wrote known.

        Raises:
            PlatformError: the file cannot be opened or read.
        """
        if self._path is None or self._file is not None:
            yield
            return
        with self._opened(self._path) as file:
            self._file = file
            try:
                yield
            finally:
                self._file = None

    @contextmanager
    def _opened(self, path: Path) -> Iterator[RawIOBase]:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("ab+", buffering=0)  # a buffer would fail once more, on closing
        except OSError as error:
            raise _unusable(path, error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._catch_up(file)
            except OSError as error:
                raise _unusable(path, error) from error
            yield file

    def next_id(self, role: PostRole) -> str:
        """The id of the next message: a paper's is its number, which is never given again."""
        return str(self._papers + 1) if role is PostRole.PAPER else f"{role}-{self._others + 1}"

    def posted(self, message: Message) -> None:
        """Remember a new message, or another form of a known one."""
        self._record(
            {
                "event": "posted",
                "message": message.ref.message,
                "platform": message.ref.platform,
                "channel_id": message.ref.channel_id,
                "thread": message.ref.thread,
                "key": message.key,
                "at": message.posted_at.isoformat(),
                "title": message.title,
                "arxiv_id": message.arxiv_id,
            }
        )

    def deleted(self, message: str) -> None:
        """Forget a message and its votes."""
        self._record({"event": "deleted", "message": message})

    def voted(self, vote: StandingVote, *, added: bool, order: float) -> None:
        """Remember that a vote was given or taken back."""
        self._record(
            {
                "event": "voted",
                "message": vote.message,
                "person": vote.person,
                "emoji": vote.emoji,
                "added": added,
                "order": order,
            }
        )

    def _record(self, entry: Mapping[str, Any]) -> None:
        with self.turn():
            if self._file is not None:
                try:
                    _append(self._file, json.dumps(entry, ensure_ascii=True).encode() + b"\n")
                except OSError as error:
                    raise _unusable(self._path, error) from error
                self._offset = self._file.tell()
            self._apply(entry)

    def _catch_up(self, file: RawIOBase) -> None:
        size = file.seek(0, os.SEEK_END)
        if size < self._offset:  # somebody replaced the file: what it says is added to what is known
            self._offset = 0
        file.seek(self._offset)
        unread = file.read()
        if unread and not unread.endswith(b"\n"):  # cut off by a crash: the next line must not be lost with it
            _append(file, b"\n")
        for line in unread.splitlines():
            self._read(line)
        self._offset = file.seek(0, os.SEEK_END)

    def _read(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            self._apply(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            logger.warning("A line of %s cannot be read and is skipped: %r", self._path, error)

    def _apply(self, entry: Mapping[str, Any]) -> None:
        match entry["event"]:
            case "posted":
                self._apply_posted(entry)
            case "deleted":
                self._messages.pop(entry["message"], None)
                self._votes = {vote: None for vote in self._votes if vote.message != entry["message"]}
            case "voted":
                vote = StandingVote(str(entry["message"]), str(entry["person"]), str(entry["emoji"]))
                self.newest_order = max(self.newest_order, float(entry["order"]))
                self._votes.pop(vote, None)
                if entry["added"] and vote.message in self._messages:
                    self._votes[vote] = None
            case event:
                raise ValueError(f"unknown event {event!r}")

    def _apply_posted(self, entry: Mapping[str, Any]) -> None:
        channel_id = entry.get("channel_id") or entry["place"]  # as it was called before
        ref = MessageRef(str(entry["platform"]), str(channel_id), str(entry["message"]), entry["thread"])
        message = Message(
            ref, str(entry["key"]), datetime.fromisoformat(entry["at"]), str(entry["title"]), str(entry["arxiv_id"])
        )
        if message.posted_at.tzinfo is None:
            raise ValueError(f"a time without zone: {entry['at']!r}")
        if known := self._messages.get(ref.message):
            message = replace(message, posted_at=known.posted_at)
        elif ref.message.isdecimal():
            self._papers = max(self._papers, int(ref.message))
        else:
            self._others = max(self._others, int(ref.message.rpartition("-")[2]))
        self._messages[ref.message] = message


def _append(file: RawIOBase, line: bytes) -> None:
    if file.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _unusable(path: Path | None, error: OSError) -> PlatformError:
    return PlatformError(
        f"the terminal's transcript {path} cannot be used ({error.strerror or error}): "
        "make it writable or move data_dir"
    )
