"""Put papers and digests into a reader's words: pure text, not yet escaped for any platform."""

from bot.rendering._alarms import alarm_text, relief_text
from bot.rendering._answers import CARD_BUTTONS, HitList, found_reply, live_reply
from bot.rendering._bibtex import bibtex, bibtex_file
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
from bot.rendering._header import Subject, header_post, note_post, notice_post, subject_of_title
from bot.rendering._privacy import NOT_COUNTED, backups_line, forgotten_line, holdings_line
from bot.rendering._remarks import (
    arxiv_unreachable,
    budget_reached,
    corrected,
    feed_misdated,
    feed_repeats,
    index_unasked,
    is_disagreement,
    late_papers,
    left_to_local,
    llm_failed,
    llm_has_failed,
    llm_left_out,
    no_announcement,
    nothing_relevant,
    papers_missed,
    promises_rest,
    rest_follows,
    scored_again,
    witnesses_disagree,
)
from bot.rendering._replies import abstract_reply, help_reply, similar_reply, why_reply
from bot.rendering._stats import stats_reply
from bot.rendering._votes import vote_confirmation
from bot.rendering._weekly import most_liked_post
from bot.rendering._words import counted, long_date, topic_label, topic_name

__all__ = [
    "CARD_BUTTONS",
    "NOT_COUNTED",
    "HitList",
    "Subject",
    "abstract_reply",
    "alarm_text",
    "arxiv_unreachable",
    "backups_line",
    "bibtex",
    "bibtex_file",
    "budget_reached",
    "card_lines",
    "card_text",
    "corrected",
    "counted",
    "feed_misdated",
    "feed_repeats",
    "forgotten_line",
    "found_reply",
    "header_post",
    "help_reply",
    "holdings_line",
    "index_unasked",
    "is_disagreement",
    "late_papers",
    "left_to_local",
    "live_reply",
    "llm_failed",
    "llm_has_failed",
    "llm_left_out",
    "long_date",
    "more_posts",
    "most_liked_post",
    "no_announcement",
    "note_post",
    "nothing_relevant",
    "notice_post",
    "paper_card",
    "paper_post",
    "paper_posts",
    "papers_missed",
    "plain_card",
    "plain_post",
    "promises_rest",
    "relief_text",
    "rest_follows",
    "scored_again",
    "similar_reply",
    "stats_chart",
    "stats_reply",
    "subject_of_title",
    "topic_label",
    "topic_name",
    "vote_confirmation",
    "why_reply",
    "witnesses_disagree",
]
