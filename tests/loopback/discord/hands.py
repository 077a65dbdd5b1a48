"""What whoever works by hand can read and do: /_transcript, /_journal and /_do/ACT."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from tests.loopback.discord.transcript import transcript

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord

ACTS = (
    "say", "tell", "rewrite", "delete", "react", "unreact", "clear", "press", "pick", "slash", "complete", "submit",
    "close", "invite", "kick", "lose", "restore", "make_channel", "drop_channel", "permit",
)  # fmt: skip


def route(app: web.Application, discord: LoopbackDiscord) -> None:
    """Add the paths."""

    def shown() -> str:
        return transcript(discord.world, discord.interactions.windows.values(), ids=True)

    async def show_transcript(_request: web.Request) -> web.Response:
        return web.Response(text=shown())

    async def show_journal(_request: web.Request) -> web.Response:
        journal = discord.journal
        return web.json_response(
            {
                "calls": [asdict(call) for call in journal.calls],
                "remarks": journal.remarks,
                "violations": journal.violations,
            }
        )

    async def act(request: web.Request) -> web.Response:
        """`POST /_do/react` with a JSON object of arguments, by the names that `People` uses."""
        name = request.match_info["act"]
        if name not in ACTS:
            return web.Response(status=404, text=f"no such act: {name}; there are {', '.join(ACTS)}\n")
        try:
            getattr(discord.people, name)(**await request.json())
        except (KeyError, TypeError, ValueError) as error:
            return web.Response(status=400, text=f"{name}: {error!r}\n")
        await discord.people.settle()
        return web.Response(text=shown())

    app.router.add_get("/_transcript", show_transcript)
    app.router.add_get("/_journal", show_journal)
    app.router.add_post("/_do/{act}", act)
