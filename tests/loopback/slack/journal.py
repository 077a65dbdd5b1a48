"""What the app did, and what of it was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API and how it was answered: "ok" or Slack's error, and the fault that struck it."""

    at: float
    method: str
    arguments: Mapping[str, Any]
    outcome: str
    fault: str = ""


@dataclass(slots=True)
class Journal:
    """Everything the app did. `remarks` are (kind, text); kind "violation" is what a right app never does."""

    calls: list[Call] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def note(self, kind: str, text: str) -> None:
        self.remarks.append((kind, text))

    @property
    def violations(self) -> list[str]:
        refused = [
            f"{c.method}: {c.outcome}" for c in self.calls if c.outcome != "ok" and not c.fault and c.outcome in _WRONG
        ]
        return refused + [text for kind, text in self.remarks if kind in {"violation", "late", "ack"}]

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    def counts(self) -> Counter[str]:
        return Counter(call.method for call in self.calls)


# What a well-made app is never answered, whatever people do.
_WRONG = {
    "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "no_text", "invalid_arguments", "unknown_method", "ratelimited",
    "missing_scope", "invalid_metadata_format", "expired_trigger_id", "invalid_trigger_id", "already_reacted",
}  # fmt: skip
