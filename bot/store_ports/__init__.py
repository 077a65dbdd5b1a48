"""What Paperlark asks of its database, subject by subject. All SQL lives behind this, in `bot/store/`.

Every method is one transaction: it happens wholly or not at all, and is on disk when it returns. All raise StoreError.
"""

from bot.store_ports.costs import Budget, CallIntent, CallResult, CostStore, LlmCall, Spending
from bot.store_ports.feedback import FeedbackStore, PersonalVote, StoredVote, Weights, WeightStore
from bot.store_ports.ledger import CandidateRecord, DigestKind, DigestPlan, DigestRecord, Intent, LedgerStore
from bot.store_ports.papers import ListingRecord, ListingStore, PaperStore, ScoreStore
from bot.store_ports.search import Found, LiveSearch, SearchResult, SearchStore
from bot.store_ports.store import LockStore, Store
from bot.store_ports.topics import (
    ChannelRecord,
    ChannelState,
    ChannelStore,
    OrderStore,
    Pause,
    StandingRule,
    TopicStore,
    TopicsVersion,
)

__all__ = [
    "Budget",
    "CallIntent",
    "CallResult",
    "CandidateRecord",
    "ChannelRecord",
    "ChannelState",
    "ChannelStore",
    "CostStore",
    "DigestKind",
    "DigestPlan",
    "DigestRecord",
    "FeedbackStore",
    "Found",
    "Intent",
    "LedgerStore",
    "ListingRecord",
    "ListingStore",
    "LiveSearch",
    "LlmCall",
    "LockStore",
    "OrderStore",
    "PaperStore",
    "Pause",
    "PersonalVote",
    "ScoreStore",
    "SearchResult",
    "SearchStore",
    "Spending",
    "StandingRule",
    "Store",
    "StoredVote",
    "TopicStore",
    "TopicsVersion",
    "WeightStore",
    "Weights",
]
