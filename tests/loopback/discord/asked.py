"""One call of the REST API, read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from tests.loopback.discord.posting import Files
from tests.loopback.discord.refusals import Complaints, Refused, as_snowflake

Answer = tuple[int, Any]
"""Status and JSON of an answer; 204 goes without."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`ids` holds the ids in the path by name; `body` is None without one."""

    operation: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: Files
    token: str

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        """A number in the query.

        Raises:
            Refused: it is none, or out of range.
        """
        found, text = Complaints(), self.query.get(name, str(usual))
        if not text.lstrip("-").isdigit():
            found.add((name,), "NUMBER_TYPE_COERCE", f'Value "{text}" is not int.')
        elif int(text) < least:
            found.add((name,), "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif int(text) > most:
            found.add((name,), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        found.raise_if_any()
        return int(text)

    def snowflake(self, name: str) -> int | None:
        """An id in the query, None if it is not there.

        Raises:
            Refused: it is none.
        """
        if (text := self.query.get(name)) is None:
            return None
        found = Complaints()
        if as_snowflake(text) is None and text != "0":
            found.snowflake((name,), text)
        found.raise_if_any()
        return int(text)


async def read(request: web.Request, operation: str) -> Asked:
    """Read a request, JSON or multipart with `payload_json`.

    Raises:
        Refused: the body cannot be read, or an id in the path is none.
    """
    files: dict[str, tuple[str, bytes]] = {}
    body: Any = None
    if request.content_type.startswith("multipart/"):
        body, files = await _multipart(request)
    elif request.can_read_body and (text := await request.text()):
        if request.content_type != "application/json":
            message = "Expected \"Content-Type\" header to be one of {'application/json'}."
            raise Refused(50035, errors={"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": message}]})
        body = _decoded(text)
    ids = dict(request.match_info)
    found = Complaints()
    for name in ("channel", "guild", "message", "user", "application", "interaction", "command"):
        if name in ids and ids[name] not in {"@me", "@original"} and as_snowflake(ids[name]) is None:
            found.snowflake((f"{name}_id",), ids[name])
    found.raise_if_any()
    token = request.headers.get("Authorization", "")
    return Asked(operation, ids, dict(request.query), body, files, token)


async def _multipart(request: web.Request) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    files: dict[str, tuple[str, bytes]] = {}
    body: Any = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "payload_json":
            body = _decoded(await part.text())
        elif part.name is not None:
            files[part.name] = (part.filename or "unknown", bytes(await part.read()))
    return body, files


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused(50109) from error
