"""Papers and digests in a reader's words: pure text, not yet escaped for any platform."""

from bot.rendering._answers import CARD_BUTTONS, HitList, found_reply, live_reply
from bot.rendering._bibtex import bibtex
from bot.rendering._cards import (
    card_lines,
    card_text,
    more_posts,
    paper_card,
    paper_post,
    paper_posts,
    plain_card,
    plain_post,
)
from bot.rendering._chart import stats_chart
from bot.rendering._header import header_post, note_post, notice_post
from bot.rendering._remarks import (
    arxiv_unreachable,
    budget_reached,
    late_papers,
    left_to_local,
    llm_failed,
    llm_left_out,
    no_announcement,
    nothing_relevant,
    scored_again,
)
from bot.rendering._replies import abstract_reply, help_reply, similar_reply, why_reply
from bot.rendering._stats import stats_reply
from bot.rendering._words import long_date, topic_label, topic_name

__all__ = [
    "CARD_BUTTONS",
    "HitList",
    "abstract_reply",
    "arxiv_unreachable",
    "bibtex",
    "budget_reached",
    "card_lines",
    "card_text",
    "found_reply",
    "header_post",
    "help_reply",
    "late_papers",
    "left_to_local",
    "live_reply",
    "llm_failed",
    "llm_left_out",
    "long_date",
    "more_posts",
    "no_announcement",
    "note_post",
    "nothing_relevant",
    "notice_post",
    "paper_card",
    "paper_post",
    "paper_posts",
    "plain_card",
    "plain_post",
    "scored_again",
    "similar_reply",
    "stats_chart",
    "stats_reply",
    "topic_label",
    "topic_name",
    "why_reply",
]
