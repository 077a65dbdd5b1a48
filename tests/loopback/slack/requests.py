"""How a request's arguments and token are read, and the answer that asks to wait."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


async def arguments_of(request: web.Request) -> dict[str, Any]:
    """Query parameters, form and JSON body together, as Slack takes them."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.text()
        arguments |= json.loads(body) if body else {}
    elif request.can_read_body:
        arguments |= dict(await request.post())
    return arguments


def token_of(request: web.Request, arguments: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    in_body = request.content_type != "application/json" and arguments.pop("token", "")
    return header.removeprefix("Bearer ").strip() or str(in_body or "")


def asked_to_wait(seconds: float) -> web.Response:
    headers = {"Retry-After": f"{max(1, round(seconds))}"}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
