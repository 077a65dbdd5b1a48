"""One spelling for every emoji, whatever platform reported it and however a person typed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# What a person may type without colons and surely means as an emoji; any other name could be the word of a question.
EVERYDAY = frozenset(
    {
        "thumbsup", "thumbsdown", "heart", "star", "sparkles", "fire", "rocket", "tada", "clap", "pray", "muscle",
        "wave", "trophy", "gem", "bulb", "brain", "eyes", "bookmark", "pushpin", "books", "memo", "x", "thinking",
        "confused", "unamused", "sleeping", "zzz", "smile", "joy", "sob", "cry", "rage", "poop", "hankey", "question",
        "exclamation", "warning", "bird",
    }
)  # fmt: skip
# What other chats and people say where Slack has another name.
_ALSO = {"thumbs_up": "👍", "thumbs_down": "👎", "red_heart": "❤️", "<3": "❤️", "thinking": "🤔"}
_TABLE = "emoji_names.tsv"

_SELECTORS = re.compile("[\ufe0e\ufe0f]")
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_SLACK_TONE = re.compile(r"::?skin-tone-\d+(?:-\d+)?:?$")
_DISCORD_CUSTOM = re.compile(r"<a?:(?P<name>\w+):\d+>")
_COLONS = re.compile(r":(?P<name>[^\s:]+):")
_WORD = re.compile(r"[A-Za-z][\w'-]*")
_NAME = re.compile(r"[\w+'-]+")
_NOT_IN_NAMES = re.compile(r"[\s:\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_PICTURE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_LONGEST_NAME = 100
_LONGEST_PICTURE = 16  # a family of four with skin tones has 11 code points


def _bare(text: str) -> str:
    return _SKIN_TONES.sub("", _SELECTORS.sub("", text))


@cache
def slack_names() -> Mapping[str, str]:
    """Every short name of Slack's, aliases included, and the picture it stands for."""
    lines = files("bot").joinpath(_TABLE).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return MappingProxyType({name: picture for picture, names in pairs for name in names.split(" ")})


@cache
def _canonical() -> Mapping[str, str]:
    # Both "❤" and "❤️" are sent in the wild: the keyboard's form wins, so that a table typed by hand agrees with it.
    return {_bare(picture): picture for picture in slack_names().values()}


_JOINERS = "\u200d\ufe0f\ufe0e"  # not printable by themselves, and part of many emoji


def _joins(char: str) -> bool:
    """Selectors, joiners, and the tags that make up the flags of regions."""
    return char in _JOINERS or "\U000e0020" <= char <= "\U000e007f"


def normalise(reported: str) -> str:
    """The one spelling of an emoji: Unicode without skin tone, or `:name:` for a custom one.

    Takes what platforms report ("+1", "+1::skin-tone-2", ":thumbsup:", "<:party:123>", "👍🏽") and never fails.
    Applying it twice changes nothing; an empty text stays empty.
    """
    text = _visible(reported)
    if match := _DISCORD_CUSTOM.fullmatch(text):
        text = f":{match['name'][:_LONGEST_NAME]}:"  # one that is named as a known one means the same
    if known := _known(text):
        return known
    named = _custom(text)  # with what does not belong into a name left out, it may be a known one
    return _known(named) or named


def typed(text: str) -> str | None:
    """The emoji a person typed, in the spelling of `normalise`; None where it is none.

    A bare word counts only if it is an everyday name; any other name needs its colons, and so does 💯, since a bare 100
    is a number.
    """
    text = _visible(text)
    if text.isdecimal() or (_WORD.fullmatch(text) and text.lower() not in EVERYDAY | _ALSO.keys()):
        return None
    if known := _known(text):
        return known
    named = _COLONS.fullmatch(text)
    return _custom(named["name"]) if named and _NAME.fullmatch(named["name"]) else None


def _visible(text: str) -> str:
    # Python calls the pictures of a Unicode newer than its own unprintable.
    return "".join(char for char in text if char.isprintable() or _joins(char) or _PICTURE.match(char)).strip()


def _known(text: str) -> str | None:
    """The canonical Unicode of a picture or of a well-known name; None for anything else."""
    name = _SLACK_TONE.sub("", text)
    if match := _COLONS.fullmatch(name):
        name = match["name"]
    name = name.strip(":").lower()
    if picture := slack_names().get(name) or _ALSO.get(name):
        return picture
    bare = _bare(text)
    if picture := _canonical().get(bare):
        return picture
    return bare if len(bare) <= _LONGEST_PICTURE and _is_picture(bare) else None


def _is_picture(text: str) -> bool:
    keycap = text.endswith("\u20e3")
    return bool(_PICTURE.search(text)) and (keycap or not any(char.isalnum() or char.isspace() for char in text))


def _custom(text: str) -> str:
    name = _NOT_IN_NAMES.sub("", _SLACK_TONE.sub("", _bare(text)))[:_LONGEST_NAME]
    return f":{name}:" if name else ""
