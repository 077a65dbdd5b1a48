"""Discord's limits on buttons, menus, modals and the newer layout components."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from tests.loopback.discord.emoji import is_emoji
from tests.loopback.discord.refusals import Complaints, Path, units
from tests.loopback.discord.world import parts

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, SEPARATOR, CONTAINER, LABEL = 1, 2, 3, 4, 9, 10, 14, 17, 18
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6
MOST_V2, MOST_V2_TEXT = 40, 4000

JSON = dict[str, Any]


def read_components(value: Any, found: Complaints, path: Path, *, layout: bool) -> list[JSON]:
    """The components of a message as Discord keeps them; `layout` if the message is made of them (Components V2)."""
    if value is None:
        return []
    if not found.at_most(path, value, MOST_V2 if layout else 5):
        return []
    for index, component in enumerate(value):
        _one(component, found, (*path, index), _TOP_LAYOUT if layout else (ROW,))
    everything = [part for part in parts(value) if isinstance(part, dict)]
    _unique(everything, found, path)
    if layout and len(everything) > MOST_V2:
        found.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MOST_V2} in length.")
    if layout and sum(units(str(part.get("content", ""))) for part in everything) > MOST_V2_TEXT:
        found.add(path, "COMPONENT_MAX_TEXT_SIZE", f"The text of all components exceeds {MOST_V2_TEXT}.")
    numbers = count(1)
    return [_numbered(component, numbers) for component in value if isinstance(component, dict)]


def read_modal(modal: Any) -> JSON:
    """A modal that an app wants to open.

    Raises:
        Refused: it is not one.
    """
    found = Complaints()
    modal = modal if isinstance(modal, dict) else {}
    found.text(("data", "title"), modal.get("title"), 1, 45)
    found.text(("data", "custom_id"), modal.get("custom_id"), 1, 100)
    components = modal.get("components")
    if components is None:
        found.required(("data", "components"))
    elif found.at_most(("data", "components"), components, 5, 1):
        for index, component in enumerate(components):
            _one(component, found, ("data", "components", index), (ROW, LABEL, TEXT), in_modal=True)
        _unique([part for part in parts(components) if isinstance(part, dict)], found, ("data", "components"))
    found.raise_if_any()
    return modal


_TOP_LAYOUT = (ROW, SECTION, TEXT, 12, 13, SEPARATOR, CONTAINER)


def _one(component: Any, found: Complaints, path: Path, allowed: tuple[int, ...], *, in_modal: bool = False) -> None:
    kind = component.get("type") if isinstance(component, dict) else None
    if kind not in allowed:
        found.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {allowed}.')
        return
    if in_modal and kind == ROW:
        _modal_row(component, found, path)
    else:
        _KINDS[kind](component, found, path)


def _row(row: JSON, found: Complaints, path: Path) -> None:
    inside = row.get("components")
    if not found.at_most((*path, "components"), inside, 5, 1):
        return
    assert isinstance(inside, list)
    for index, component in enumerate(inside):
        _one(component, found, (*path, "components", index), (BUTTON, *SELECTS))
    if any(one.get("type") in SELECTS for one in inside if isinstance(one, dict)) and len(inside) > 1:
        found.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A menu takes a whole row.")


def _button(button: JSON, found: Complaints, path: Path) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        found.choices((*path, "style"), range(1, 7))
    label = button.get("label")
    found.text((*path, "label"), label, 0, 80, needed=False)
    if style != PREMIUM and not label and not button.get("emoji"):
        found.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji.")
    if style == LINK:
        found.text((*path, "url"), button.get("url"), 1, 512)
        if not str(button.get("url", "https://")).startswith(("http://", "https://", "discord://")):
            found.add((*path, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme is not supported.")
        if "custom_id" in button:
            found.add(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A link button cannot have a custom id.")
    elif style != PREMIUM:
        found.text((*path, "custom_id"), button.get("custom_id"), 1, 100)
        if button.get("url"):
            found.add(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "Only a link button has a URL.")
    _emoji(button.get("emoji"), found, (*path, "emoji"))


def _select(menu: JSON, found: Complaints, path: Path) -> None:
    found.text((*path, "custom_id"), menu.get("custom_id"), 1, 100)
    found.text((*path, "placeholder"), menu.get("placeholder"), 0, 150, needed=False)
    options = menu.get("options")
    if menu["type"] == SELECT and found.at_most((*path, "options"), options, 25, 1):
        assert isinstance(options, list)
        for index, option in enumerate(options):
            here = (*path, "options", index)
            found.text((*here, "label"), option.get("label"), 1, 100)
            found.text((*here, "value"), option.get("value"), 1, 100)
            found.text((*here, "description"), option.get("description"), 0, 100, needed=False)
            _emoji(option.get("emoji"), found, (*here, "emoji"))
        values = [option.get("value") for option in options]
        for index, value in enumerate(values):
            if value in values[:index]:
                found.add(
                    (*path, "options", index, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
    for name, least, usual in (("min_values", 0, 1), ("max_values", 1, 1)):
        if not least <= int(menu.get(name, usual)) <= 25:
            found.add((*path, name), "NUMBER_TYPE_MAX", "int value should be less than or equal to 25.")


def _modal_row(row: JSON, found: Complaints, path: Path) -> None:
    inside = row.get("components")
    if found.at_most((*path, "components"), inside, 1, 1):
        assert isinstance(inside, list)
        _one(inside[0], found, (*path, "components", 0), (INPUT,))
        if inside[0].get("type") == INPUT:
            found.text((*path, "components", 0, "label"), inside[0].get("label"), 1, 45)


def _label(label: JSON, found: Complaints, path: Path) -> None:
    found.text((*path, "label"), label.get("label"), 1, 45)
    found.text((*path, "description"), label.get("description"), 0, 100, needed=False)
    _one(label.get("component"), found, (*path, "component"), (INPUT, *SELECTS))


def _input(field: JSON, found: Complaints, path: Path) -> None:
    found.text((*path, "custom_id"), field.get("custom_id"), 1, 100)
    if field.get("style") not in {1, 2}:
        found.choices((*path, "style"), (1, 2))
    found.text((*path, "value"), field.get("value"), 0, 4000, needed=False)
    found.text((*path, "placeholder"), field.get("placeholder"), 0, 100, needed=False)
    least, most = int(field.get("min_length") or 0), int(field.get("max_length") or 4000)
    if not 0 <= least <= 4000:
        found.add((*path, "min_length"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000.")
    if not 1 <= most <= 4000 or most < least:
        found.add((*path, "max_length"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000.")
    if units(str(field.get("value") or "")) > most:
        found.add((*path, "value"), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _text(text: JSON, found: Complaints, path: Path) -> None:
    found.text((*path, "content"), text.get("content"), 1, MOST_V2_TEXT)


def _section(section: JSON, found: Complaints, path: Path) -> None:
    inside = section.get("components")
    if found.at_most((*path, "components"), inside, 3, 1):
        assert isinstance(inside, list)
        for index, component in enumerate(inside):
            _one(component, found, (*path, "components", index), (TEXT,))
    _one(section.get("accessory"), found, (*path, "accessory"), (BUTTON, 11))


def _container(container: JSON, found: Complaints, path: Path) -> None:
    inside = container.get("components")
    if found.at_most((*path, "components"), inside, MOST_V2, 1):
        assert isinstance(inside, list)
        for index, component in enumerate(inside):
            _one(component, found, (*path, "components", index), _TOP_LAYOUT[:-1])


def _anything(component: JSON, found: Complaints, path: Path) -> None:
    """Media and separators: nothing that a bot for texts gets wrong."""


def _emoji(emoji: Any, found: Complaints, path: Path) -> None:
    if emoji is None:
        return
    name, number = emoji.get("name"), emoji.get("id")
    if not number and not is_emoji(str(name)):
        found.add((*path, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")


def _unique(everything: list[JSON], found: Complaints, path: Path) -> None:
    seen: set[str] = set()
    for part in everything:
        if (custom_id := part.get("custom_id")) in seen:
            found.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id cannot be duplicated: {custom_id}")
        if custom_id is not None:
            seen.add(custom_id)


def _numbered(component: JSON, numbers: Iterator[int]) -> JSON:
    """Discord gives every component a number of its own."""
    kept = {"id": next(numbers), **component}
    if "components" in kept:
        kept["components"] = [_numbered(one, numbers) for one in kept["components"]]
    return kept


_KINDS: Mapping[int, Callable[[JSON, Complaints, Path], None]] = {
    ROW: _row, BUTTON: _button, INPUT: _input, SECTION: _section, TEXT: _text, 11: _anything, 12: _anything,
    13: _anything, SEPARATOR: _anything, CONTAINER: _container, LABEL: _label, **dict.fromkeys(SELECTS, _select),
}  # fmt: skip
