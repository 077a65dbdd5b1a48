"""What clients send over the gateway: heartbeats, IDENTIFY, RESUME and the rest, and what Discord makes of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from aiohttp import WSMessage, WSMsgType

from tests.loopback.discord.intents import ALL, flags_of, needed_for, privileged_in
from tests.loopback.discord.journal import Journal
from tests.loopback.discord.payloads import Payloads
from tests.loopback.discord.sessions import HEARTBEAT, JSON, Connection, Session, signal
from tests.loopback.discord.world import APP, BOT_USER

IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS, INVALID, ACK = 2, 3, 4, 6, 8, 9, 11
SENDS_A_MINUTE = 120
MOST_PAYLOAD = 4096
RESUMABLE_S = 180.0

# Close codes
UNKNOWN_OPCODE, DECODE, NOT_AUTHENTICATED, BAD_TOKEN, ALREADY, BAD_SEQUENCE = 4001, 4002, 4003, 4004, 4005, 4007
TOO_FAST, TIMED_OUT, BAD_SHARD, BAD_VERSION, BAD_INTENTS, FORBIDDEN_INTENTS = 4008, 4009, 4010, 4012, 4013, 4014


class Closed(Exception):
    """The connection must be closed with this code."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class Conversation:
    """Hears what clients send. `ticks` are seconds that only grow; `privileged` names the intents that are allowed."""

    def __init__(
        self,
        payloads: Payloads,
        journal: Journal,
        *,
        ticks: Callable[[], float],
        token: Callable[[], str],
        url: Callable[[], str],
        privileged: set[str],
        heartbeat_s: float,
        identify_gap_s: float,
    ) -> None:
        self.payloads = payloads
        self.privileged = privileged
        self.heartbeat_s = heartbeat_s
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self._world = payloads.world
        self._journal = journal
        self._ticks = ticks
        self._token = token
        self._url = url
        self._identify_gap_s = identify_gap_s
        self._identified_at = float("-inf")
        self._open: dict[int, Connection] = {}
        self._count = 0
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._sending: asyncio.Queue[tuple[Connection, JSON]] = asyncio.Queue()

    async def _receive(self, connection: Connection, message: WSMessage) -> None:
        if message.type is WSMsgType.ERROR:
            return
        if len(message.data) > MOST_PAYLOAD:
            raise Closed(DECODE, "a payload of more than 4096 bytes")
        ticks = self._ticks()
        if connection.beats_asked and _is_beat(message.data):
            connection.beats_asked -= 1  # this one was asked for
        else:
            connection.sends = [at for at in connection.sends if at > ticks - 60.0] + [ticks]
        if len(connection.sends) > SENDS_A_MINUTE:
            raise Closed(TOO_FAST, f"more than {SENDS_A_MINUTE} sends in a minute")
        try:
            payload = json.loads(message.data)
            code, body = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Closed(DECODE, f"a payload that cannot be read: {error!r}") from error
        handler = self._handlers.get(code)
        if handler is None:
            raise Closed(UNKNOWN_OPCODE, f"opcode {code}")
        if connection.session is None and code not in {HEARTBEAT, IDENTIFY, RESUME}:
            raise Closed(NOT_AUTHENTICATED, f"opcode {code} before IDENTIFY")
        await handler(self, connection, body)

    async def _heartbeat(self, connection: Connection, number: Any) -> None:
        if number is not None and not isinstance(number, int):
            raise Closed(DECODE, f"a heartbeat of {number!r}")
        connection.beat_at = self._ticks()
        if connection.session is not None and number:
            if number > len(connection.session.events):
                raise Closed(BAD_SEQUENCE, f"a heartbeat with sequence {number}, which was never sent")
            connection.session.hear(number)
        await connection.send(signal(ACK))

    async def _identify(self, connection: Connection, body: Any) -> None:
        if connection.session is not None:
            raise Closed(ALREADY, "IDENTIFY twice")
        if not isinstance(body, dict) or not isinstance(body.get("properties"), dict):
            raise Closed(DECODE, "IDENTIFY without properties")
        self._check_token(body)
        intents = body.get("intents")
        if not isinstance(intents, int) or isinstance(intents, bool) or intents & ~ALL:
            raise Closed(BAD_INTENTS, f"intents {intents!r}")
        if refused := privileged_in(intents) - self.privileged:
            raise Closed(FORBIDDEN_INTENTS, f"intents not allowed: {', '.join(sorted(refused))}")
        if body.get("shard", [0, 1]) != [0, 1]:
            raise Closed(BAD_SHARD, f"shard {body['shard']}")
        if self._ticks() - self._identified_at < self._identify_gap_s:
            await connection.send(signal(INVALID, False))
            return
        self._identified_at = self._ticks()
        self.identified += 1
        session = Session(uuid.uuid4().hex, intents, connection)
        self.sessions[session.id] = session
        connection.session = session
        self._journal.note("gateway", f"IDENTIFY {connection.number}")
        self._greet(session)
        await self._flush(connection, 0)
        self._changed.set()

    def _greet(self, session: Session) -> None:
        """READY with its guilds not there yet, and then each guild."""
        guilds = [guild for guild in self._world.guilds.values() if BOT_USER in guild.members]
        ready = {
            "v": 10, "user": {**self.payloads.user(BOT_USER), "verified": True, "mfa_enabled": False, "email": None},
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds], "session_id": session.id,
            "resume_gateway_url": self._url(), "shard": [0, 1], "session_type": "normal", "private_channels": [],
            "application": {"id": APP, "flags": flags_of(self.privileged)}, "relationships": [], "_trace": [],
            "geo_ordered_rtc_regions": [], "guild_join_requests": [], "presences": [], "user_settings": {}, "auth": {},
        }  # fmt: skip
        session.add("READY", ready)
        if session.intents & needed_for("GUILD_CREATE", direct=False):
            for guild in guilds:
                if guild.is_available:
                    session.add("GUILD_CREATE", {**self.payloads.guild_create(guild), "unavailable": False})

    async def _resume(self, connection: Connection, body: Any) -> None:
        if connection.session is not None:
            raise Closed(ALREADY, "RESUME on an identified connection")
        if not isinstance(body, dict):
            raise Closed(DECODE, "RESUME without a body")
        self._check_token(body)
        self._forget_old()
        session = self.sessions.get(str(body.get("session_id")))
        if session is None:
            self._journal.note("gateway", f"RESUME {connection.number} refused")
            await connection.send(signal(INVALID, False))
            return
        number = body.get("seq")
        if not isinstance(number, int) or not 0 <= number <= len(session.events):
            raise Closed(BAD_SEQUENCE, f"RESUME with sequence {number!r}")
        if session.connection is not None:
            self._leave(session.connection)
        session.connection, connection.session = connection, session
        self._journal.note("gateway", f"RESUME {connection.number} from {number}")
        session.add("RESUMED", {"_trace": []})
        await self._flush(connection, number)
        session.hear(number)
        self._changed.set()

    async def _flush(self, connection: Connection, number: int) -> None:
        """Send what the session holds beyond a number, in order; what comes meanwhile follows."""
        assert connection.session is not None
        for event in connection.session.events[number:]:
            self._sending.put_nowait((connection, event))

    def _check_token(self, body: JSON) -> None:
        if str(body.get("token", "")).removeprefix("Bot ") != self._token():
            raise Closed(BAD_TOKEN, "authentication failed")

    async def _presence(self, connection: Connection, body: Any) -> None:
        if not isinstance(body, dict) or body.get("status") not in {"online", "dnd", "idle", "invisible", "offline"}:
            raise Closed(DECODE, "a presence that cannot be read")

    async def _voice(self, connection: Connection, body: Any) -> None:
        self._journal.note("violation", "it joined a voice channel")

    async def _members(self, connection: Connection, body: Any) -> None:
        """REQUEST GUILD MEMBERS, as one chunk."""
        assert connection.session is not None
        guild = self._world.guilds.get(str(body.get("guild_id")))
        wanted = body.get("user_ids")
        wanted = [wanted] if isinstance(wanted, (str, int)) else wanted
        if guild is None or (not wanted and body.get("query") is None):
            raise Closed(DECODE, "a request for members that cannot be read")
        if not wanted and not body["query"] and "guild_members" not in privileged_in(connection.session.intents):
            raise Closed(FORBIDDEN_INTENTS, "all members without the intent guild_members")
        people = [
            one for one in guild.members
            if (one in {str(w) for w in wanted} if wanted else self._world.people[one].name.startswith(body["query"]))
        ]  # fmt: skip
        chunk = {
            "guild_id": guild.id, "members": [self.payloads.member(guild, one) for one in people], "chunk_index": 0,
            "chunk_count": 1, "not_found": [str(w) for w in wanted or () if str(w) not in guild.members],
            **({"nonce": body["nonce"]} if body.get("nonce") else {}),
        }  # fmt: skip
        connection.session.add("GUILD_MEMBERS_CHUNK", chunk)
        self._sending.put_nowait((connection, connection.session.events[-1]))

    _handlers: ClassVar[dict[int, Callable[[Any, Connection, Any], Awaitable[None]]]] = {
        HEARTBEAT: _heartbeat, IDENTIFY: _identify, RESUME: _resume, PRESENCE: _presence, VOICE: _voice,
        MEMBERS: _members,
    }  # fmt: skip

    # Who is there

    def _leave(self, connection: Connection) -> None:
        """The connection counts no more; its session may be resumed."""
        if self._open.pop(connection.number, None) is None:
            return
        if connection.session is not None and connection.session.connection is connection:
            connection.session.connection = None
            connection.session.left_at = self._ticks()
        self._changed.set()

    def _drop(self, session: Session) -> None:
        """A session cannot be resumed any more."""
        self.sessions.pop(session.id, None)
        session.end()

    def _forget_old(self) -> None:
        ticks = self._ticks()
        for session in list(self.sessions.values()):
            if session.connection is None and ticks - session.left_at > RESUMABLE_S:
                self._drop(session)


def _is_beat(data: Any) -> bool:
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        return bool(json.loads(data).get("op") == HEARTBEAT)
    return False
