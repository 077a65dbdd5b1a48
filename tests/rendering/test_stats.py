"""The stats as a reader meets them: words and a picture."""

from __future__ import annotations

import struct
from datetime import date, timedelta

import pytest

from bot.models import TrackRecord, Week
from bot.rendering import stats_chart, stats_reply
from bot.topics import parse_topics

TOPICS = parse_topics("1. KV-cache compression\n2. Medical imaging\n")


def weeks(count):
    return tuple(Week(date(2025, 3, 3) + timedelta(weeks=n), 40, n, 25, 0.5, 0.25) for n in range(count))


def text(record, **given):
    values = {"more": (), "less": (), "learned_weight": 0.0, "guard": "", **given}
    reply = stats_reply("lab", TOPICS, record, **values)
    return "\n".join((reply.title, *reply.lines))


def test_a_new_channel_is_told_that_topics_decide():
    """Before the first vote nothing is claimed."""
    said = text(TrackRecord((), (), 0, 0))
    assert "your topics alone decide" in said
    assert "precision" not in said


def test_beliefs_weight_topics_and_weeks_are_in_words():
    """A reader can tell what the bot wants more of, and whether that has helped."""
    record = TrackRecord(weeks(2), ((1, 7),), 9, 3)
    said = text(record, more=("kv cache", "pruning"), less=("medical",), learned_weight=0.6, guard="guard: all well")
    assert "more: kv cache, pruning · less: medical" in said
    assert "votes decide 60% of the order" in said
    assert "topic 1 (KV-cache compression) 7" in said
    assert "precision 50%, topics alone 25%" in said
    assert "guard: all well" in said
    assert "indication" in said


def test_lists_are_told_with_what_they_count_as():
    """Before the first vote a list decides alone, later together with the votes."""
    told = "your list awesome-things: 46 papers, closer to the topics than 90% of other papers; counts as 8.7 likes"
    before = text(TrackRecord((), (), 0, 0), more=("pruning",), learned_weight=0.6, lists=(told,))
    assert told in before
    assert "no votes yet; lists decide 60% of the order" in before
    assert "votes and lists decide 60%" in text(TrackRecord((), (), 3, 0), learned_weight=0.6, lists=(told,))


def test_only_the_newest_weeks_are_listed():
    """The answer stays short after years."""
    said = text(TrackRecord(weeks(60), (), 1, 0))
    assert said.count("week of") == 8


@pytest.mark.parametrize("count", [0, 1, 3, 200])
def test_the_chart_is_a_picture_a_chat_can_show(count):
    """A PNG between 600 and 1,200 pixels wide, whatever the history."""
    content = stats_chart("lab", TrackRecord(weeks(count), (), 0, 0))
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert 600 <= width <= 1200
    assert 300 <= height <= 900
    assert len(content) < 200_000
