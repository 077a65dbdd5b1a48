"""What messages and windows may hold."""

from __future__ import annotations

import json
from typing import Any

from tests.loopback.slack.blockkit import complaints_about, complaints_about_view, is_too_long, units

MOST_TEXT = 40_000


class Refused(Exception):
    """ok: false with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def content(arguments: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    text = str(arguments.get("text") or "")
    blocks = arguments.get("blocks") or []
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError as error:
            raise Refused("invalid_blocks_format") from error
    if not text and not blocks:
        raise Refused("no_text")
    if units(text) > MOST_TEXT:
        text = text[:MOST_TEXT]
    if found := complaints_about(blocks):
        raise Refused("invalid_blocks", errors=found, response_metadata={"messages": found})
    if is_too_long(blocks):
        raise Refused("msg_blocks_too_long")
    return text, blocks


def metadata_of(arguments: dict[str, Any]) -> dict[str, Any] | None:
    metadata = arguments.get("metadata")
    if metadata is None:
        return None
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > 8000:
        raise Refused("metadata_too_large")
    return dict(metadata)


def view_of(arguments: dict[str, Any]) -> dict[str, Any]:
    view = arguments.get("view")
    if isinstance(view, str):
        view = json.loads(view)
    if found := complaints_about_view(view):
        raise Refused("invalid_arguments", response_metadata={"messages": found})
    assert isinstance(view, dict)
    return view


def truth(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}
