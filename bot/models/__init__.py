"""The nouns of Paperlark: frozen values that every part speaks in."""

from bot.models.digests import Digest, Totals
from bot.models.feedback import CurrentVote, FeedbackEvent, Impression, Vote, VoteOutcome, VoteSource
from bot.models.health import Finding, PlatformStatus, Severity
from bot.models.messages import MessageRef, PaperCard, Post, PostKey, PostRole, PostState, RecentMessage, Reply, Request
from bot.models.papers import AnnounceType, Background, Listing, ListingEntry, ListingState, Paper
from bot.models.ranking import Contribution, Ranked, Score, TokenCost
from bot.models.topics import Topic, Topics

__all__ = [
    "AnnounceType",
    "Background",
    "Contribution",
    "CurrentVote",
    "Digest",
    "FeedbackEvent",
    "Finding",
    "Impression",
    "Listing",
    "ListingEntry",
    "ListingState",
    "MessageRef",
    "Paper",
    "PaperCard",
    "PlatformStatus",
    "Post",
    "PostKey",
    "PostRole",
    "PostState",
    "Ranked",
    "RecentMessage",
    "Reply",
    "Request",
    "Score",
    "Severity",
    "TokenCost",
    "Topic",
    "Topics",
    "Totals",
    "Vote",
    "VoteOutcome",
    "VoteSource",
]
