"""Slack's limits on blocks and views, as its documentation and its users' bug reports state them.

Characters are counted as UTF-16 units, the strictest reading there is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MOST_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_IN_ALL = 13_200

Complaints = Iterator[str]
Block = Mapping[str, Any]


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def complaints_about(blocks: Any, *, in_view: bool = False) -> list[str]:
    """Every reason to refuse these blocks, in the form of Slack's messages."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["[ERROR] must be an array of blocks [json-pointer:/blocks]"]
    most = MOST_VIEW_BLOCKS if in_view else MOST_BLOCKS
    found = [f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"] if len(blocks) > most else []
    for index, block in enumerate(blocks):
        found += [f"[ERROR] {what} [json-pointer:/blocks/{index}{where}]" for what, where in _block(block, in_view)]
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids):
        found.append("[ERROR] block_id must be unique [json-pointer:/blocks]")
    return found


def is_too_long(blocks: Sequence[Block]) -> bool:
    """Whether the undocumented limit on all blocks of a message together is passed."""
    return units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > MOST_IN_ALL


def complaints_about_view(view: Any) -> list[str]:
    """Every reason to refuse a modal."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        return ["[ERROR] unsupported view type [json-pointer:/view/type]"]
    found = []
    for name, most, needed in (("title", 24, True), ("close", 24, False), ("submit", 24, False)):
        if needed or name in view:
            found += [f"{what} [json-pointer:/view/{name}{where}]" for what, where in _plain(view.get(name), most)]
    for name, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if units(view.get(name, "")) > most:
            found.append(f"must be less than {most + 1} characters [json-pointer:/view/{name}]")
    has_input = any(block.get("type") == "input" for block in view.get("blocks", []))
    if has_input and "submit" not in view:
        found.append("a submit button is required with input blocks [json-pointer:/view]")
    return [*found, *complaints_about(view.get("blocks"), in_view=True)]


Problem = tuple[str, str]


def _block(block: Block, in_view: bool) -> Iterator[Problem]:
    kind = block.get("type")
    check = _KINDS.get(str(kind))
    if check is None or (kind == "input" and not in_view):
        yield f"unsupported type: {kind}", "/type"
        return
    block_id = block.get("block_id", "x")
    if not isinstance(block_id, str) or not 0 < units(block_id) <= 255:
        yield "must be between 1 and 255 characters", "/block_id"
    yield from check(block)


def _section(block: Block) -> Iterator[Problem]:
    fields = block.get("fields", [])
    if "text" in block:
        yield from _text(block["text"], 3000, "/text")
    elif not fields:
        yield "missing required field: text", ""
    yield from _at_most(fields, 10, "/fields", needed=False)
    for index, one in enumerate(fields):
        yield from _text(one, 2000, f"/fields/{index}")
    if "accessory" in block:
        yield from _button(block["accessory"], "/accessory")


def _header(block: Block) -> Iterator[Problem]:
    yield from ((what, f"/text{where}") for what, where in _plain(block.get("text"), 150))


def _divider(block: Block) -> Iterator[Problem]:
    if extra := set(block) - {"type", "block_id"}:
        yield f"no more fields are allowed: {sorted(extra)}", ""


def _context(block: Block) -> Iterator[Problem]:
    elements = block.get("elements", [])
    yield from _at_most(elements, 10, "/elements")
    for index, element in enumerate(elements):
        yield from _text(element, 3000, f"/elements/{index}")


def _actions(block: Block) -> Iterator[Problem]:
    elements = block.get("elements", [])
    yield from _at_most(elements, 25, "/elements")
    for index, element in enumerate(elements):
        yield from _button(element, f"/elements/{index}")
    actions = [element.get("action_id") for element in elements]
    if len(set(actions)) < len(actions):
        yield "action_id must be unique in a block", "/elements"


def _input(block: Block) -> Iterator[Problem]:
    yield from ((what, f"/label{where}") for what, where in _plain(block.get("label"), 2000))
    element = block.get("element", {})
    if element.get("type") != "plain_text_input":
        yield f"unsupported type: {element.get('type')}", "/element/type"
    if not 1 <= element.get("max_length", 3000) <= 3000 or units(element.get("initial_value", "")) > 3000:
        yield "must be less than 3001 characters", "/element"


def _rich_text(block: Block) -> Iterator[Problem]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "missing required field: elements", ""
        return
    for index, element in enumerate(elements):
        where = f"/elements/{index}"
        if element.get("type") not in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
            yield f"unsupported type: {element.get('type')}", where
        for leaf_place, leaf in enumerate(element.get("elements", ())):
            yield from _leaf(leaf, f"{where}/elements/{leaf_place}")


def _leaf(leaf: Block, where: str) -> Iterator[Problem]:
    allowed = {"text": {"text"}, "link": {"url"}, "emoji": {"name"}, "user": {"user_id"}, "broadcast": {"range"},
               "channel": {"channel_id"}}  # fmt: skip
    needed = allowed.get(str(leaf.get("type")))
    if needed is None:
        yield f"unsupported type: {leaf.get('type')}", where
        return
    for name in needed:
        if not isinstance(leaf.get(name), str) or not leaf[name]:
            yield "must be more than 0 characters", f"{where}/{name}"
    if set(leaf.get("style", ())) - {"bold", "italic", "strike", "code"}:
        yield "unknown style", f"{where}/style"
    if set(leaf) - {"type", "text", "url", "name", "user_id", "channel_id", "range", "style", "unsafe", "unicode"}:
        yield "unknown field", where
    if units(leaf.get("url", "")) > 3000:
        yield "must be less than 3001 characters", f"{where}/url"


def _button(element: Any, where: str) -> Iterator[Problem]:
    if not isinstance(element, dict) or element.get("type") != "button":
        yield "unsupported type", where
        return
    yield from ((what, f"{where}/text{more}") for what, more in _plain(element.get("text"), 75))
    for name, most in (("action_id", 255), ("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if units(element.get(name, "")) > most:
            yield f"must be less than {most + 1} characters", f"{where}/{name}"
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "unknown style", f"{where}/style"


def _at_most(items: Any, most: int, where: str, *, needed: bool = True) -> Iterator[Problem]:
    if not isinstance(items, list) or (needed and not items):
        yield "must be more than 0 items", where
    elif len(items) > most:
        yield f"no more than {most} items allowed", where


def _plain(value: Any, most: int) -> Iterator[Problem]:
    if not isinstance(value, dict) or value.get("type") != "plain_text":
        yield "must be a plain_text object", ""
    yield from _text(value, most, "")


def _text(value: Any, most: int, where: str) -> Iterator[Problem]:
    if not isinstance(value, dict) or value.get("type") not in {"plain_text", "mrkdwn"}:
        yield "must be a text object", where
        return
    allowed = {"type", "text"} | ({"emoji"} if value["type"] == "plain_text" else {"verbatim"})
    if set(value) - allowed:
        yield f"no more fields are allowed: {sorted(set(value) - allowed)}", where
    text = value.get("text")
    if not isinstance(text, str) or not text:
        yield "must be more than 0 characters", f"{where}/text"
    elif units(text) > most:
        yield f"must be less than {most + 1} characters", f"{where}/text"


_KINDS: Mapping[str, Callable[[Block], Iterator[Problem]]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
}
