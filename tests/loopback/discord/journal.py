"""What the app did, and what of it was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the REST API and how it was answered: "ok" or status, code and message; and the fault that struck it.

    `ids` holds the ids in the path by name ("channel", "message", …).
    """

    at: float
    operation: str
    path: str
    ids: Mapping[str, str]
    body: Any
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
        """What a right app never does, whatever people do."""
        refused = [
            f"{call.operation}: {call.outcome}"
            for call in self.calls
            if not call.fault and call.outcome.startswith(_WRONG)
        ]
        return refused + [text for kind, text in self.remarks if kind == "violation"]

    def of_kind(self, kind: str) -> list[str]:
        """The remarks of one kind."""
        return [text for found, text in self.remarks if found == kind]

    def count(self, operation: str) -> int:
        return sum(call.operation == operation for call in self.calls)

    def counts(self) -> Counter[str]:
        return Counter(call.operation for call in self.calls)


# Answers to mistakes of the app itself: unknown routes, bad bodies, spent or unknown interactions, too many commands.
_WRONG = (
    "404 0 ", "405 ", "400 0 ", "400 50035 ", "400 50006 ", "400 50109 ", "400 40060 ", "404 10062 ", "404 10015 ",
    "401 50027 ", "400 30034 ", "400 30032 ", "400 10014 ", "413 ", "400 50016 ", "404 10002 ", "404 10063 ",
    "403 20012 ", "403 50005 ", "400 50041 ",
)  # fmt: skip
