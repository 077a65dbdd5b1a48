"""What Paperlark asks of its database, subject by subject. All SQL lives behind this, in `bot/store/`.

Every method is one transaction: it happens wholly or not at all, and is on disk when it returns. All raise StoreError.
"""

from bot.store_ports.costs import Budget, CallIntent, CallResult, CostStore, LlmCall, Spending
from bot.store_ports.feedback import FeedbackStore, PersonalVote, StoredVote, Weights, WeightStore
from bot.store_ports.inspection import DatabaseState
from bot.store_ports.ledger import CandidateRecord, DigestKind, DigestPlan, DigestRecord, Intent, LedgerStore
from bot.store_ports.library import ImportedList, LibraryStore, ListChange, ListEntry, ListUse, TopicBranch
from bot.store_ports.operation import (
    Alarm,
    AlarmStore,
    CopyStore,
    Figures,
    FoundDigest,
    FoundPost,
    MorningReport,
    OperationStore,
)
from bot.store_ports.papers import ListingRecord, ListingStore, PaperStore, ScoreStore
from bot.store_ports.privacy import Holdings, PrivacyStore
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
    "Alarm",
    "AlarmStore",
    "Budget",
    "CallIntent",
    "CallResult",
    "CandidateRecord",
    "ChannelRecord",
    "ChannelState",
    "ChannelStore",
    "CopyStore",
    "CostStore",
    "DatabaseState",
    "DigestKind",
    "DigestPlan",
    "DigestRecord",
    "FeedbackStore",
    "Figures",
    "Found",
    "FoundDigest",
    "FoundPost",
    "Holdings",
    "ImportedList",
    "Intent",
    "LedgerStore",
    "LibraryStore",
    "ListChange",
    "ListEntry",
    "ListUse",
    "ListingRecord",
    "ListingStore",
    "LiveSearch",
    "LlmCall",
    "LockStore",
    "MorningReport",
    "OperationStore",
    "OrderStore",
    "PaperStore",
    "Pause",
    "PersonalVote",
    "PrivacyStore",
    "ScoreStore",
    "SearchResult",
    "SearchStore",
    "Spending",
    "StandingRule",
    "Store",
    "StoredVote",
    "TopicBranch",
    "TopicStore",
    "TopicsVersion",
    "WeightStore",
    "Weights",
]
