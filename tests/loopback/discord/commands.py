"""Discord's rules for application commands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.loopback.discord.refusals import Complaints, Path, units

MOST_COMMANDS = 100
MOST_OPTIONS = 25
MOST_CHARACTERS = 8000
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
NESTED = (SUBCOMMAND, GROUP)

JSON = dict[str, Any]
_NAME = re.compile(r"[-_'\w]{1,32}")


def complain_about_command(command: Any, found: Complaints, path: Path = ()) -> None:
    """Add everything that is wrong with one command's definition."""
    if not isinstance(command, dict):
        found.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    kind = command.get("type", 1)
    if kind not in {1, 2, 3}:
        found.choices((*path, "type"), (1, 2, 3))
    if kind == 1:
        _name(command.get("name"), found, (*path, "name"), "APPLICATION_COMMAND_INVALID_NAME")
        found.text((*path, "description"), command.get("description"), 1, 100)
        _options(command.get("options"), found, (*path, "options"), depth=0)
        if characters_of(command) > MOST_CHARACTERS:
            found.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_CHARACTERS})")
    else:
        found.text((*path, "name"), command.get("name"), 1, 32)
        if command.get("description"):
            found.add((*path, "description"), "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", "Not allowed here.")
    permissions = command.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdigit():
        found.add((*path, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Not a number.")


def complain_about_names(commands: list[Any], found: Complaints) -> None:
    """Names are unique for each type."""
    seen = set()
    for index, command in enumerate(commands):
        if not isinstance(command, dict):
            continue
        name = (command.get("type", 1), command.get("name"))
        if name in seen:
            found.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(name)


def characters_of(command: Mapping[str, Any]) -> int:
    """What counts towards the size of a command: names, descriptions and values, options included."""
    total = sum(units(str(command.get(name) or "")) for name in ("name", "description"))
    total += sum(units(str(choice["name"])) + units(str(choice["value"])) for choice in command.get("choices") or ())
    return total + sum(characters_of(option) for option in command.get("options") or ())


def _name(name: Any, found: Complaints, path: Path, code: str) -> None:
    if not found.text(path, name, 1, 32):
        return
    if not _NAME.fullmatch(name) or name != name.lower():
        found.add(path, code, "Command name is invalid")


def _options(options: Any, found: Complaints, path: Path, depth: int) -> None:
    if options is None:
        return
    if not found.at_most(path, options, MOST_OPTIONS):
        return
    nested = [option.get("type") in NESTED for option in options if isinstance(option, dict)]
    if any(nested) and not all(nested):
        found.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and option types cannot be mixed")
    names, was_optional = set(), False
    for index, option in enumerate(options):
        here = (*path, index)
        _option(option, found, here, depth)
        if option.get("name") in names:
            found.add(here, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(option.get("name"))
        if option.get("required") and was_optional:
            found.add(
                here,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        was_optional = was_optional or not option.get("required", False)


def _option(option: JSON, found: Complaints, path: Path, depth: int) -> None:
    kind = option.get("type")
    _name(option.get("name"), found, (*path, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID")
    found.text((*path, "description"), option.get("description"), 1, 100)
    if kind not in range(1, 12):
        found.choices((*path, "type"), range(1, 12))
    elif kind in NESTED:
        # A group holds subcommands, a subcommand holds options, and nothing goes deeper.
        if depth == 2 or (kind == GROUP and depth == 1):
            found.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is invalid")
        elif kind == GROUP and any(one.get("type") != SUBCOMMAND for one in option.get("options") or [{}]):
            found.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds sub-commands.")
        else:
            _options(option.get("options"), found, (*path, "options"), depth=1 if kind == GROUP else 2)
        if option.get("required"):
            found.add((*path, "required"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Not for sub-commands.")
    else:
        _value_option(option, found, path)


def _value_option(option: JSON, found: Complaints, path: Path) -> None:
    kind, choices = option["type"], option.get("choices")
    if option.get("options"):
        found.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only sub-commands have options.")
    if choices:
        complain_about_choices(choices, kind, found, (*path, "choices"))
    if option.get("autocomplete") and (choices or kind not in {STRING, INTEGER, NUMBER}):
        found.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Not with choices or of this type."
        )
    for name, least in (("min_length", 0), ("max_length", 1)):
        if name in option and (kind != STRING or not least <= option[name] <= 6000):
            found.add((*path, name), "NUMBER_TYPE_MAX", "int value should be less than or equal to 6000.")


def complain_about_choices(choices: Any, kind: int, found: Complaints, path: Path) -> None:
    """Add what is wrong with the choices of an option, or with the answer to an autocompletion."""
    if not found.at_most(path, choices, MOST_OPTIONS):
        return
    for index, choice in enumerate(choices):
        found.text((*path, index, "name"), choice.get("name"), 1, 100)
        value = choice.get("value")
        if kind == STRING:
            found.text((*path, index, "value"), value, 1, 100)
        elif isinstance(value, bool) or not isinstance(value, int if kind == INTEGER else (int, float)):
            found.add((*path, index, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two definitions are the same to Discord, ids and version apart."""
    names = {"name", "description", "options", "type", "default_member_permissions", "contexts", "nsfw"}
    return json.dumps({n: one.get(n) for n in names}, sort_keys=True) == json.dumps(
        {n: other.get(n) for n in names}, sort_keys=True
    )


def leaf_of(command: Mapping[str, Any], words: list[str]) -> Mapping[str, Any]:
    """The subcommand that these words name, or the command itself.

    Raises:
        KeyError: there is no such subcommand, or the words name a group.
    """
    here = command
    for word in words:
        nested = [one for one in here.get("options") or () if one["type"] in NESTED and one["name"] == word]
        if not nested:
            raise KeyError(f"no /{command['name']} {' '.join(words)}")
        here = nested[0]
    if any(one["type"] in NESTED for one in here.get("options") or ()):
        raise KeyError(f"/{command['name']} {' '.join(words)} is a group")
    return here
