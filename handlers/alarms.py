"""Somebody is told when the bot needs a person, once; and once that all is well again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import PlatformError, StoreError
from bot.models import Alarm
from bot.redaction import redacted
from bot.rendering import alarm_text, relief_text
from bot.settings import ChannelSettings
from handlers.environment import Environment
from handlers.morning.outcome import judge_morning, left_of

logger = logging.getLogger(__name__)

LastDue = Callable[[ChannelSettings, datetime], datetime]
"""When a channel's newest morning was due."""

_MORNINGS = "mornings"
_PUT_OFF = "put off"
_AT_ONCE = timedelta(0)
_AGAIN = 1.1  # so much more must be free before the alarm is over: it shall not come and go


@dataclass(frozen=True, slots=True)
class Health:
    """What only the running process knows.

    `free_mb` is the free space where the database is (None: unknown), `backup_failure` why the last backup failed.
    `refusals` say by platform why it does not take the bot's token.
    """

    free_mb: float | None = None
    backup_failure: str = ""
    refusals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Concern:
    """Something that is wrong now, and how long it may be before somebody is told."""

    name: str
    text: str
    patience: timedelta = _AT_ONCE
    channel: str = ""


class Alarms:
    """Looks for trouble. What is up and who was told is in the database, and in memory where that is the trouble.

    `last_due` tells a channel's newest morning. Between telling and writing down that somebody was told a kill makes
    the next start tell again: better twice than never.
    """

    def __init__(self, started_at: datetime, last_due: LastDue) -> None:
        self._started_at = started_at
        self._last_due = last_due
        self._up: dict[str, Alarm] = {}
        self._unheard: set[str] = set()

    @property
    def known(self) -> tuple[str, ...]:
        """The alarms that were up at the last look, also while the database cannot say so."""
        return tuple(self._up)

    async def look(self, env: Environment, health: Health) -> None:
        """Judge the newest mornings, see what is wrong, tell what has to be told. Repeating it tells nothing new."""
        tight = _AGAIN if "disk" in self._up else 1.0
        concerns = [
            *await self._channels(env),
            *_platforms(env, health.refusals),
            *await _database(env),
            *_machine(env, health, tight),
        ]
        for concern in concerns:
            await self._raise(env, concern)
        gone = set(await self._names(env)) - {concern.name for concern in concerns}
        for name in sorted(gone):
            await self._relieve(env, name)

    async def _channels(self, env: Environment) -> list[_Concern]:
        """The channels whose newest mornings were all bad, and those where an older digest is not complete."""
        concerns: list[_Concern | None] = []
        for key in env.settings.channels:
            try:
                concerns += [await self._mornings(env, key), await _put_off(env, key)]
            except StoreError as error:
                logger.warning("the mornings of %s cannot be judged: %s", key, error)
                concerns += [self._still(_MORNINGS, key), self._still(_PUT_OFF, key)]
        return [concern for concern in concerns if concern is not None]

    async def _mornings(self, env: Environment, key: str) -> _Concern | None:
        await self._judge(env, key)
        wanted = env.settings.alarms.mornings
        reports = await env.store.alarms.reports(key, wanted)
        if len(reports) < wanted or not all(report.trouble for report in reports):
            return None
        count = "The last morning" if wanted == 1 else f"The last {wanted} mornings"
        text = f"{count} of {key} went wrong. {_sentence(reports[0].trouble)} `paperlark doctor` looks further."
        return _Concern(f"{_MORNINGS} {key}", text, channel=key)

    async def _judge(self, env: Environment, key: str) -> None:
        """Write down how the newest morning went, once its time of grace is over; a bad one may still become good."""
        now = env.clock.now()
        due = self._last_due(env.channel(key), now)
        if now < max(due, self._started_at) + timedelta(seconds=env.settings.alarms.grace_s):
            return
        known = next(iter(await env.store.alarms.reports(key, 1)), None)
        if known is not None and known.due == due and not known.trouble:
            return
        if due < self._started_at and not await env.store.ledger.digests(key, 1):
            return  # a new channel waits for its first set time
        report = await judge_morning(env, key, due)
        if report is not None and report != known:
            await env.store.alarms.report(replace(report, trouble=redacted(report.trouble)), now)
            if report.trouble:
                logger.warning("the morning of %s due at %s went wrong: %s", key, due, report.trouble)

    def _still(self, kind: str, key: str) -> _Concern | None:
        """What was wrong when it was last looked: while nothing can be read it is not over."""
        alarm = self._up.get(f"{kind} {key}")
        return _Concern(alarm.name, alarm.text, channel=key) if alarm else None

    async def _names(self, env: Environment) -> Sequence[str]:
        """The alarms that are up."""
        try:
            self._up = {**await env.store.alarms.up(), **self._up}
        except StoreError as error:
            logger.debug("alarms cannot be read: %s", error)
        return tuple(self._up)

    async def _raise(self, env: Environment, concern: _Concern) -> None:
        now = env.clock.now()
        before = self._up.get(concern.name)
        stored: datetime | None = None
        try:
            alarm = await env.store.alarms.raise_(concern.name, concern.text, now)
            stored = alarm.told_at
        except StoreError:
            alarm = before or Alarm(concern.name, now, concern.text)
        if before is not None:
            alarm = replace(alarm, since=min(alarm.since, before.since), told_at=alarm.told_at or before.told_at)
        if before is None:
            logger.warning("trouble: %s", concern.text)
        if (
            alarm.told_at is None
            and now - alarm.since >= concern.patience
            and await self._tell(env, concern.name, concern.channel, alarm_text(concern.text))
        ):
            alarm = replace(alarm, told_at=now)
        self._up[concern.name] = alarm
        if alarm.told_at is not None and alarm.told_at != stored:
            try:
                await env.store.alarms.told(concern.name, alarm.told_at)
            except StoreError as error:
                logger.debug("it cannot be written down that somebody was told: %s", error)

    async def _relieve(self, env: Environment, name: str) -> None:
        """It is over: whoever was told of it hears that too."""
        alarm = self._up[name]
        channel = next((name.removeprefix(f"{kind} ") for kind in (_MORNINGS, _PUT_OFF) if name.startswith(kind)), "")
        if alarm.told_at is not None and (not channel or channel in env.settings.channels):
            text = relief_text(alarm.text, alarm.since, env.settings.channel_defaults.zone)
            if not await self._tell(env, name, channel, text):
                return
        try:
            await env.store.alarms.clear(name)
        except StoreError as error:
            logger.warning("the alarm %s cannot be taken down: %s", name, error)
            return
        del self._up[name]
        self._unheard.discard(name)
        logger.info("over: %s", alarm.text)

    async def _tell(self, env: Environment, name: str, channel: str, text: str) -> bool:
        """Tell the first owner who can be reached; False if there is none, which the log says once."""
        for platform_name, person in _owners(env, channel):
            platform = env.platforms.get(platform_name)
            if platform is None:
                continue
            try:
                await platform.notify(person, text)
            except PlatformError as error:
                logger.debug("an owner on %s cannot be told: %s", platform_name, error)
            else:
                return True
        if name not in self._unheard:
            self._unheard.add(name)
            logger.error("nobody can be told, see owner and [alarms] in the settings: %s", text)
        return False


async def _put_off(env: Environment, key: str) -> _Concern | None:
    """An older digest is not complete while newer ones come."""
    newest = await env.store.ledger.next_number(key) - 1
    older = next((number for number in await env.store.ledger.unfinished(key) if number < newest), None)
    if older is None:
        return None
    text = f"Digest {older} of {key} is not complete. {_sentence(await left_of(env, key, older))}"
    return _Concern(f"{_PUT_OFF} {key}", text, timedelta(seconds=env.settings.alarms.grace_s), key)


def _platforms(env: Environment, refusals: Mapping[str, str]) -> Iterator[_Concern]:
    """The chats that are away; a terminal nobody sits at is none."""
    hours = env.settings.alarms.disconnected_h
    for name, platform in env.platforms.items():
        if name in refusals:
            yield _Concern(f"token {name}", redacted(f"{name} does not let me in: {_ended(refusals[name])}"))
            continue
        status = platform.status()
        if status.is_missed and not status.connected:
            detail = f" ({status.detail})" if status.detail else ""
            text = redacted(f"{name} has been away for more than {hours:g} hours{detail}.")
            yield _Concern(f"away {name}", text, timedelta(hours=hours))


async def _database(env: Environment) -> Sequence[_Concern]:
    try:
        await env.store.operation.probe()
    except StoreError as error:
        logger.debug("the database takes no writes: %s", error)
    trouble = env.store.operation.failure
    return (_Concern("database", f"The database is in trouble: {_ended(trouble)}"),) if trouble else ()


def _machine(env: Environment, health: Health, tight: float) -> Iterator[_Concern]:
    least = env.settings.alarms.disk_mb
    if health.free_mb is not None and health.free_mb < least * tight:
        text = f"Only little space is left where the database is: less than {least:,} MB. Free some."
        yield _Concern("disk", text)
    if health.backup_failure:
        yield _Concern("backup", f"The nightly backup fails: {_ended(redacted(health.backup_failure))}")


def _owners(env: Environment, channel: str) -> Sequence[tuple[str, str]]:
    """Platform and id of each, in the order they are tried: the channel's own, those of all, other channels'."""
    channels = env.settings.channels
    of_channels = {key: (str(one.platform), one.owner) for key, one in channels.items() if one.owner}
    of_all = [(owner.platform, owner.id) for owner in env.settings.alarms.owners]
    first = [of_channels[channel]] if channel in of_channels else []
    return tuple(dict.fromkeys([*first, *of_all, *of_channels.values()]))


def _sentence(clause: str) -> str:
    text = _ended(clause)
    return f"{text[:1].upper()}{text[1:]}"


def _ended(clause: str) -> str:
    """With a full stop, and otherwise as it is: it may begin with a path."""
    text = clause.strip()
    return f"{text}{'' if text.endswith(('.', '!')) else '.'}"
