"""The application's commands over REST: global ones, and those of single guilds."""

from __future__ import annotations

from collections import deque
from typing import Any

from tests.loopback.discord.asked import Answer, Asked
from tests.loopback.discord.commands import (
    MOST_COMMANDS,
    complain_about_command,
    complain_about_names,
    same,
)
from tests.loopback.discord.refusals import Complaints, Path, Refused
from tests.loopback.discord.world import APP, BOT_USER, World

CREATES_A_DAY = 200
DAY_S = 86_400
GLOBAL = ""

JSON = dict[str, Any]


class Registered:
    """Each method answers the operation of its name. `commands` holds the commands by scope and id: guild or GLOBAL."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commands: dict[str, dict[str, JSON]] = {}
        self._creates: dict[str, deque[float]] = {}

    def in_force(self, guild: str | None, name: str) -> JSON:
        """The command of this name that people see there; a guild's own comes before a global one.

        Raises:
            KeyError: there is none.
        """
        for scope in (guild or GLOBAL, GLOBAL):
            for command in self.commands.get(scope, {}).values():
                if command["name"] == name and command["type"] == 1:
                    return command
        raise KeyError(f"the app has no command /{name} here")

    def names(self, guild: str | None = None) -> tuple[str, ...]:
        """The names of all commands of a guild, or of the global ones."""
        return tuple(command["name"] for command in self.commands.get(guild or GLOBAL, {}).values())

    def get_commands(self, asked: Asked) -> Answer:
        return 200, list(self.commands.get(self._scope(asked), {}).values())

    def get_command(self, asked: Asked) -> Answer:
        return 200, self._one(asked)

    def put_commands(self, asked: Asked) -> Answer:
        """Replace all: known names keep their ids, new ones are created, the others are gone."""
        scope, found = self._scope(asked), Complaints()
        if not isinstance(asked.body, list):
            raise Refused(50109)
        if len(asked.body) > MOST_COMMANDS:
            raise Refused(30032)
        for index, command in enumerate(asked.body):
            complain_about_command(command, found, (index,))
        complain_about_names(asked.body, found)
        found.raise_if_any()
        before = {_key(command): command for command in self.commands.get(scope, {}).values()}
        self._count(scope, sum(_key(command) not in before for command in asked.body))
        kept = [self._kept(command, before.get(_key(command)), scope) for command in asked.body]
        self.commands[scope] = {command["id"]: command for command in kept}
        return 200, kept

    def create_command(self, asked: Asked) -> Answer:
        """One more; one of the same name is replaced."""
        scope = self._scope(asked)
        _check(asked.body)
        known = self.commands.setdefault(scope, {})
        before = next((command for command in known.values() if _key(command) == _key(asked.body)), None)
        if before is None and len(known) >= MOST_COMMANDS:
            raise Refused(30032)
        self._count(scope, before is None)
        command = self._kept(asked.body, before, scope)
        known[command["id"]] = command
        return 200 if before else 201, command

    def edit_command(self, asked: Asked) -> Answer:
        scope, before = self._scope(asked), self._one(asked)
        wanted = {**before, **(asked.body if isinstance(asked.body, dict) else {})}
        _check(wanted)
        command = self._kept(wanted, before, scope)
        self.commands[scope][command["id"]] = command
        return 200, command

    def delete_command(self, asked: Asked) -> Answer:
        del self.commands[self._scope(asked)][self._one(asked)["id"]]
        return 204, None

    def _scope(self, asked: Asked) -> str:
        if asked.ids["application"] != APP:
            raise Refused(20012)
        guild = asked.ids.get("guild", GLOBAL)
        if guild and (guild not in self.world.guilds or BOT_USER not in self.world.guilds[guild].members):
            raise Refused(50001)
        return guild

    def _one(self, asked: Asked) -> JSON:
        command = self.commands.get(self._scope(asked), {}).get(asked.ids["command"])
        if command is None:
            raise Refused(10063)
        return command

    def _count(self, scope: str, new: int) -> None:
        """Count creations; only so many a day are allowed."""
        now = self.world.now()
        made = self._creates.setdefault(scope, deque())
        while made and made[0] <= now - DAY_S:
            made.popleft()
        if new and len(made) + new > CREATES_A_DAY:
            raise Refused(30034)
        made.extend([now] * new)

    def _kept(self, wanted: JSON, before: JSON | None, scope: str) -> JSON:
        """A command as Discord keeps and shows it: what is not so is left out."""
        kind = wanted.get("type", 1)
        kept: JSON = {
            "type": kind, "name": wanted["name"], "description": wanted.get("description") or "",
            "name_localizations": wanted.get("name_localizations"), "nsfw": bool(wanted.get("nsfw")),
            "description_localizations": wanted.get("description_localizations"),
            "default_member_permissions": wanted.get("default_member_permissions"),
            "integration_types": wanted.get("integration_types") or [0], "application_id": APP,
            **({"guild_id": scope} if scope else {"contexts": wanted.get("contexts"), "dm_permission": True}),
            **({"options": list(map(_option, wanted["options"]))} if wanted.get("options") else {}),
        }  # fmt: skip
        if before is not None and same(kept, before):
            return before
        number = self.world.snowflake()
        return {"id": before["id"] if before else number, "version": number, **kept}


def _option(option: JSON) -> JSON:
    kept = {name: value for name, value in option.items() if value not in (None, False)}
    if "options" in kept:
        kept["options"] = list(map(_option, kept["options"]))
    return kept


def _key(command: JSON) -> tuple[int, str]:
    return command.get("type", 1), str(command.get("name"))


def _check(command: Any, path: Path = ()) -> None:
    found = Complaints()
    complain_about_command(command, found, path)
    found.raise_if_any()
