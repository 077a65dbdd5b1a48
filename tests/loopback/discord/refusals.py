"""How Discord says no: a status, a JSON error code, and for bodies a tree of what is wrong where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# status and message of the JSON error codes in use
ERRORS: Mapping[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20012: (403, "You are not authorized to perform this action on this application"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30034: (400, "Max number of daily application command creates has been reached (200)"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete. Must provide at least 2 and at most 100 messages."),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
}

Path = tuple[str | int, ...]


class Refused(Exception):
    """An error answer. `code` is Discord's JSON error code; 0 means that only the status speaks."""

    def __init__(self, code: int, status: int = 0, message: str = "", errors: Mapping[str, Any] | None = None) -> None:
        known_status, known_message = ERRORS.get(code, (status, message))
        self.code = code
        self.status = status or known_status
        self.message = message or known_message
        self.errors = errors
        super().__init__(f"{self.status} {self.code} {self.message}")

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class Excused(Refused):
    """An error answer for which the app is not to blame."""


class Complaints:
    """Collects what is wrong with a body, each with the path to the place."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return bool(self._tree)

    def add(self, path: Path, code: str, message: str) -> None:
        """Complain about the value at `path`, a sequence of keys and places."""
        at = self._tree
        for step in path:
            at = at.setdefault(str(step), {})
        at.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def choices(self, path: Path, allowed: Iterable[Any]) -> None:
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(repr, allowed))}}}.")

    def snowflake(self, path: Path, value: Any) -> None:
        self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')

    def text(self, path: Path, value: Any, least: int, most: int, *, needed: bool = True) -> bool:
        """Whether a text is there and long enough and not too long; empty is the same as missing."""
        if value is None or value == "":
            if needed:
                self.required(path)
            return False
        if not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
            return False
        length = units(value)
        if not least <= length <= most:
            if least:
                self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            else:
                self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
            return False
        return True

    def at_most(self, path: Path, values: Any, most: int, least: int = 0) -> bool:
        """Whether it is a list of the right length."""
        if not isinstance(values, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return False
        if not least <= len(values) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            return False
        return True

    def raise_if_any(self) -> None:
        """Refuse the body if anything is wrong with it."""
        if self._tree:
            raise Refused(50035, errors=self._tree)


def units(text: str) -> int:
    """The length of a text in UTF-16 units, the strictest reading of Discord's limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def as_snowflake(value: Any) -> str | None:
    """An id as text, None if it is none."""
    text = str(value)
    return text if text.isdigit() and 0 < int(text) < 1 << 64 and not isinstance(value, bool) else None
