"""Where in a text the answer stands, when a model thinks aloud before it: tags, channels, closed or not."""

from __future__ import annotations

import re

_CHANNEL = re.compile(r"<\|channel\|>\s{0,3}(\w{1,20})[^<]{0,80}<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")
_STRIPPED_FINAL = "assistantfinal"
_NAMES = r"(?:seed:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|internal)"
_OPENED = re.compile(
    rf"<\s?{_NAMES}\s?>|◁think▷|\[THINK\]|<\|begin_of_thought\|>|<\|channel\|>\s?analysis", re.IGNORECASE
)
_CLOSED = re.compile(
    rf"<\s?/\s?\|?{_NAMES}\|?\s?>|◁/think▷|\[/THINK\]|<\|end_of_thought\|>|<\|/think\|>", re.IGNORECASE
)


def answers_in(text: str) -> tuple[str, ...]:
    """The parts of a text that may be the answer, the likeliest first; the whole text is the last of them."""
    parts = [_final_channel(text), _after_stripped(text), _after_thoughts(text), text]
    return tuple(dict.fromkeys(part for part in parts if part and part.strip()))


def is_still_thinking(text: str) -> bool:
    """Whether a text begins with thoughts that it never closes."""
    return bool(_OPENED.match(text.lstrip()[:40])) and not _CLOSED.search(text)


def _final_channel(text: str) -> str:
    """What gpt-oss says in its last "final" channel."""
    channels = list(_CHANNEL.finditer(text))
    finals = [channel for channel in channels if channel[1] == "final"]
    if not finals:
        return ""
    rest = text[finals[-1].end() :]
    end = _CHANNEL_END.search(rest)
    return rest[: end.start()] if end else rest


def _after_stripped(text: str) -> str:
    """The same where a server took the marks out and left the words: "analysis…assistantfinal…"."""
    if not text.lstrip().startswith("analysis"):
        return ""
    _, found, rest = text.rpartition(_STRIPPED_FINAL)
    return rest if found else ""


def _after_thoughts(text: str) -> str:
    """What follows the last mark that closes thoughts."""
    end = 0
    for closed in _CLOSED.finditer(text):
        end = closed.end()
    return text[end:] if end else ""
