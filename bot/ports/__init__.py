"""The outside world on a few pages: what Paperlark asks of sources, scorers, embedders and chats."""

from bot.ports.chats import ChatPlatform, Inbox, KnowsManagers, KnowsMembers
from bot.ports.scoring import (
    Answer,
    Answerer,
    CascadeOrder,
    Embedder,
    Keep,
    Scorer,
    ScoringJob,
    ScoringResult,
    keep_nothing,
)
from bot.ports.sources import KnowsItself, Progress, Source, SourceState, Throttle, no_progress

__all__ = [
    "Answer", "Answerer", "CascadeOrder", "ChatPlatform", "Embedder", "Inbox", "Keep", "KnowsItself", "KnowsManagers",
    "KnowsMembers",
    "Progress", "Scorer", "ScoringJob", "ScoringResult", "Source", "SourceState", "Throttle", "keep_nothing",
    "no_progress",
]  # fmt: skip
