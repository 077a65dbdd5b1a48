"""The nouns of Paperlark: frozen values that every part speaks in."""

from bot.models.digests import Digest, Totals
from bot.models.feedback import (
    CurrentVote,
    FeedbackEvent,
    ImportedLike,
    Impression,
    Vote,
    VoteOutcome,
    VoteSource,
)
from bot.models.health import Finding, PlatformStatus, Severity
from bot.models.messages import (
    HOW_TO_START,
    Attachment,
    Button,
    Form,
    MessageRef,
    PaperCard,
    Post,
    PostKey,
    PostRole,
    PostState,
    RecentMessage,
    Reply,
    Request,
    TopicsOffer,
)
from bot.models.papers import AnnounceType, Background, Listing, ListingEntry, ListingState, Paper
from bot.models.questions import CommandLine, Question
from bot.models.ranking import Contribution, Ranked, Score, TokenCost
from bot.models.topics import Topic, Topics
from bot.models.track_record import TrackRecord, Week

__all__ = [
    "HOW_TO_START",
    "AnnounceType",
    "Attachment",
    "Background",
    "Button",
    "CommandLine",
    "Contribution",
    "CurrentVote",
    "Digest",
    "FeedbackEvent",
    "Finding",
    "Form",
    "ImportedLike",
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
    "Question",
    "Ranked",
    "RecentMessage",
    "Reply",
    "Request",
    "Score",
    "Severity",
    "TokenCost",
    "Topic",
    "Topics",
    "TopicsOffer",
    "Totals",
    "TrackRecord",
    "Vote",
    "VoteOutcome",
    "VoteSource",
    "Week",
]
