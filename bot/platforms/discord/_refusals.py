"""What Discord's statuses and error codes mean for the call they answer, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.platforms._core.calls import Outcome

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, MISSING_ACCESS, MISSING_PERMISSIONS = "10003", "10008", "50001", "50013"
THREAD_EXISTS, THREAD_ARCHIVED = "160004", "50083"
TOKEN_REFUSED = 401
_TOO_LARGE = 413
# Slow mode and the limits of a channel or server, a switched-off feature, an overloaded resource.
_LATER = frozenset({"20016", "20022", "20028", "20029", "40006", "40333", "130000"})
# The message itself is at fault (its form, its size, words that the server's moderation takes out), or is not there.
_REFUSED = frozenset(
    {"50035", "50006", "50109", "50046", "50005", "30046", "40005", "200000", "200001", "240000", UNKNOWN_MESSAGE}
)
# Why no thread can be made or written in, while the channel itself takes messages: no right to it, a kind of channel
# without threads, too many of them, a locked one.
NO_THREADS = frozenset({MISSING_ACCESS, MISSING_PERMISSIONS, "50024", "160005", "160006", "160007"})

REMEDIES: Mapping[str, str] = {
    UNKNOWN_CHANNEL: "check the channel's id: switch on Developer Mode, right-click the channel, Copy Channel ID",
    MISSING_ACCESS: "let the bot in: the channel's settings, Permissions, add its role with View Channel",
    MISSING_PERMISSIONS: "the channel's settings, Permissions: allow the bot what `paperlark doctor` names",
    "50007": "the person takes no messages from bots",
    "40058": "choose a text or announcement channel: a forum takes no plain messages",
    "401": "reset the token at discord.com/developers/applications, Bot, put it into DISCORD_TOKEN and restart",
}


def outcome_of(status: int, code: str) -> Outcome:
    """What a failed call has done, by HTTP's status (0: no answer) and Discord's code ("": none).

    A code that nobody has listed counts as a closed door: what waits behind it is kept, and a person is told. An answer
    without a code is a gateway's or a proxy's, and passes.
    """
    if code in _LATER or status == 429:
        return Outcome.LATER
    if not status or status >= 500:
        return Outcome.UNKNOWN
    if code in _REFUSED or status == _TOO_LARGE:
        return Outcome.REFUSED
    return Outcome.CLOSED if code or status == TOKEN_REFUSED else Outcome.LATER
