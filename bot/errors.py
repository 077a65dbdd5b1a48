"""Every error Paperlark raises on purpose.

PaperlarkError
├── SettingsError            the configuration is wrong; holds every mistake found
├── UsageError               a command was called wrongly
├── SourceError              papers could not be read
│   ├── SourceUnavailable    no answer, or "later": worth trying again (may carry Retry-After)
│   ├── BadSourceAnswer      an answer came that cannot be true: HTML, cut off, empty although not
│   └── QueryRejected        the source understood the request and refuses it; never tried again
├── ScorerError              papers could not be scored
├── EmbedderError            texts could not be turned into vectors
├── AnswerError              a question could not be answered in words
├── PlatformError            a chat platform did not do what was asked
│   ├── ChannelClosed        certainly not posted: the channel takes nothing until a person opens it again
│   ├── PostRefused          certainly not posted: this message can never be posted
│   ├── PostDelayed          certainly not posted, try again (may carry Retry-After)
│   ├── PostUncertain        may or may not have been posted: recovery must look
│   ├── HistoryHidden        the channel's messages may not be read: nothing found proves nothing
│   └── TokenRefused         the platform does not take the bot's token: only a person can put that right
├── StoreError               the database
│   ├── StoreBusy            somebody else holds it for too long
│   ├── StoreReadOnly        it cannot be written
│   ├── StoreFull            the disk is full
│   ├── StoreGone            the file was removed or replaced while in use, or is missing
│   ├── StoreCorrupt         it is not a sound SQLite database
│   └── StoreTooNew          it was written by a newer Paperlark
├── ChannelGone              the bot does not serve this channel, or not any more
├── OutputError              a file could not be written
├── LockHeld                 another process runs this bot
├── DigestFileError          a file is not a digest
├── LibraryError             a file holds nothing that can be imported
├── ReplayDataError          the papers or readers of a replay cannot be read
└── PromptError              a prompt file lacks a variable or names an unknown one
"""

from __future__ import annotations

from collections.abc import Sequence


class PaperlarkError(Exception):
    """Something failed that a person can understand and act on."""


class SettingsError(PaperlarkError):
    """The configuration is wrong.

    `mistakes` holds one line for each: the key, its value (never a secret's) and what is allowed.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        noun = "mistake" if len(self.mistakes) == 1 else "mistakes"
        lines = "".join(f"\n  - {mistake}" for mistake in self.mistakes)
        super().__init__(f"{len(self.mistakes)} {noun} in the settings:{lines}")


class UsageError(PaperlarkError):
    """A command was called in a way it does not allow."""


class SourceError(PaperlarkError):
    """Papers could not be read from their source."""


class SourceUnavailable(SourceError):
    """The source gave no usable answer; the same request may work later.

    `retry_after_s` is what the source asked for, in seconds, or None.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BadSourceAnswer(SourceError):
    """The source answered with something that cannot be true; the same request may work later."""


class QueryRejected(SourceError):
    """The source understood the request and refuses it; repeating it is useless."""


class ScorerError(PaperlarkError):
    """Papers could not be scored."""


class EmbedderError(PaperlarkError):
    """Texts could not be turned into vectors."""


class AnswerError(PaperlarkError):
    """A question could not be answered in words; the papers found still stand."""


class PlatformError(PaperlarkError):
    """A chat platform did not do what was asked."""


class ChannelClosed(PlatformError):
    """The channel takes no message: it is archived, deleted, or the bot is out of it or lacks a right or a token.

    Nothing was posted. Every message for the channel is sound and worth keeping until a person opens it again.
    """


class PostRefused(PlatformError):
    """The platform can never take this message: nothing was posted, and trying again will not help.

    It says nothing about the channel's other messages.
    """


class PostDelayed(PlatformError):
    """The message was certainly not posted, but may be later.

    `retry_after_s` is what the platform asked for, in seconds, or None.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PostUncertain(PlatformError):
    """Nobody knows whether the message was posted; it must be looked for before it is sent again."""


class HistoryHidden(PlatformError):
    """The bot may not read a channel's messages, so that it can find none there whether or not they exist.

    `missing` names the right or scope that is missing.
    """

    def __init__(self, message: str, missing: str) -> None:
        super().__init__(message)
        self.missing = missing


class TokenRefused(PlatformError):
    """The platform does not take the bot's token: only a person can put that right."""


class StoreError(PaperlarkError):
    """The database did not do what was asked."""


class StoreBusy(StoreError):
    """Another process held the database for longer than the busy timeout."""


class StoreReadOnly(StoreError):
    """The database cannot be written."""


class StoreFull(StoreError):
    """The disk holding the database is full."""


class StoreGone(StoreError):
    """The database file was removed or replaced while the bot was using it, or is missing beside its backups."""


class StoreCorrupt(StoreError):
    """The file is not a sound SQLite database."""


class StoreTooNew(StoreError):
    """The database was written by a newer version of Paperlark."""


class ChannelGone(PaperlarkError):
    """The bot does not serve this channel, or not any more: what was under way for it is off."""


class OutputError(PaperlarkError):
    """A file that was asked for could not be written."""


class LockHeld(PaperlarkError):
    """Another process is running this bot on the same database."""


class DigestFileError(PaperlarkError):
    """A file is not a digest in a form Paperlark knows."""


class LibraryError(PaperlarkError):
    """A file cannot be read, or holds no paper that can be imported."""


class ReplayDataError(PaperlarkError):
    """The papers or the readers of a replay cannot be read."""


class PromptError(PaperlarkError):
    """A prompt file lacks a variable or names one nobody fills."""


_MOST_WORDS = 120


def reason_of(error: BaseException) -> str:
    """Say in few words why something failed, for a reader; an error nobody foresaw is named by its kind."""
    said = " ".join(str(error).split())[:_MOST_WORDS]
    if isinstance(error, PaperlarkError):
        return said
    return f"an unexpected {type(error).__name__}{f': {said}' if said else ''}"
