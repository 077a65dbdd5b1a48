"""Make backups each night, raise alarms, and answer for the health of the resident."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.app.backups import nightly_backup
from bot.app.resident._work import Work
from bot.errors import StoreError
from bot.models import Figures
from bot.ops.health import Answers, Check, LoopMeter, health_server
from bot.ops.metrics import Snapshot, metrics_page
from bot.redaction import redacted
from bot.schedule import last_due, last_night
from bot.store.backups.listing import Backup, backups_in
from bot.store.file import companions
from handlers.alarms import Alarms, Health

logger = logging.getLogger(__name__)

_BACKUP = "backup"
_PATIENCE_S = 5.0  # a probe that takes longer is an answer too
_LISTING_PATIENCE = timedelta(hours=6)  # after the time a listing should be complete
_FRESH_S = 10.0  # whoever asks more often gets the same figures again


class Upkeep:
    """Makes nightly backups, raises alarms and answers the health endpoints."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._started_at = work.env.clock.now()
        self._alarms = Alarms(self._started_at, last_due)
        self._meter = LoopMeter(work.env.clock.monotonic)
        self._backing_up = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._backup_failure = ""
        self._figures = (float("-inf"), Figures())
        self._database = (float("-inf"), Check(ok=True))

    def appoint(self) -> None:
        """Put backups and looks for trouble into the schedule, as the settings have them now."""
        settings, schedule = self._work.env.settings, self._work.schedule
        if settings.backup.enabled:
            schedule.nightly(_BACKUP, settings.backup.time, settings.channel_defaults.zone, self.back_up)
        else:
            schedule.forget(_BACKUP)
            self._backup_failure = ""
        schedule.every("alarms", settings.alarms.check_s * settings.timing.scale, self.look)

    async def back_up(self) -> None:
        """Make a backup unless there is one since the newest night; a failure is remembered for the alarms."""
        async with self._backing_up:
            try:
                if await asyncio.to_thread(self._is_owed):
                    now = self._work.env.clock.now()
                    stopping = self._work.stopping.is_set
                    await asyncio.to_thread(nightly_backup, self._work.env.settings, now, stopping)
            except StoreError as error:
                if self._work.stopping.is_set():
                    return
                logger.warning("the backup failed: %s", error)
                self._backup_failure = str(error)
            else:
                self._backup_failure = ""

    def _is_owed(self) -> bool:
        env = self._work.env
        backup = env.settings.backup
        if not backup.enabled:
            return False
        night = last_night(backup.time, env.settings.channel_defaults.zone, env.clock.now())
        made = backups_in(env.settings.backups)
        return not made or made[-1].made_at < night

    async def look(self) -> None:
        """Look for trouble and tell of it."""
        async with self._looking:
            free_bytes = await asyncio.to_thread(_free_bytes, self._work.env.settings.data_dir)
            health = Health(
                free_mb=free_bytes / 2**20 if free_bytes is not None else None,
                backup_failure=self._backup_failure,
                refusals=dict(self._work.refusals),
            )
            await self._alarms.look(self._work.env, health)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[int | None]:
        """Answer questions about health within the context, if the settings want it; yields the port."""
        health = self._work.env.settings.health
        if not health.enabled:
            yield None
            return
        async with health_server(
            health.host, health.port, Answers(self._meter, self.checks, self.metrics), health.names
        ) as port:
            yield port

    async def checks(self) -> Mapping[str, Check]:
        """What the bot needs to do its work: the database, a listing, every platform."""
        env = self._work.env
        checks = {"database": await self._probe(), "listing": await self._listing()}
        for name, platform in env.platforms.items():
            status = platform.status()
            detail = self._work.refusals.get(name) or status.detail
            checks[f"platform {name}"] = Check(status.connected, redacted(detail))
        return checks

    async def _probe(self) -> Check:
        env = self._work.env
        measured, known = self._database
        if env.clock.monotonic() - measured < _FRESH_S:
            return known
        try:
            await asyncio.wait_for(asyncio.shield(env.store.operation.probe()), _PATIENCE_S)
        except StoreError as error:
            check = Check(ok=False, detail=str(error))
        except TimeoutError:
            check = Check(ok=False, detail=f"no write within {_PATIENCE_S:g} s")
        else:
            check = Check(ok=not env.store.operation.failure, detail=env.store.operation.failure or "writable")
        self._database = (env.clock.monotonic(), check)
        return check

    async def _listing(self) -> Check:
        env = self._work.env
        if not env.settings.channels:
            return Check(ok=True, detail="no channel is started yet")
        expected = env.source.newest_day(env.clock.now() - _LISTING_PATIENCE)
        try:
            newest = (await self._counted()).newest_listing
        except StoreError as error:
            return Check(ok=False, detail=str(error))
        if newest is None:
            return Check(ok=False, detail="none is known yet")
        late = f", but that of {expected} should be" if newest < expected else ""
        return Check(newest >= expected, f"{newest} is known{late}")

    async def metrics(self) -> bytes:
        """The page for Prometheus; figures that cannot be read are left out."""
        env = self._work.env
        try:
            figures = await self._counted()
            stored = tuple(await env.store.alarms.up())
        except StoreError as error:
            logger.debug("nothing can be counted: %s", error)
            figures, stored = Figures(), ()
        size, free, backups = await asyncio.to_thread(self._on_disk)
        snapshot = Snapshot(
            figures=figures,
            connected={name: platform.status().connected for name, platform in env.platforms.items()},
            loop_lag_s=self._meter.newest_s,
            longest_lag_s=self._meter.longest_s,
            database_bytes=size,
            disk_free_bytes=free,
            last_backup=backups[-1].made_at if backups else None,
            alarms=tuple(dict.fromkeys((*stored, *self._alarms.known))),
            started_at=self._started_at,
        )
        return metrics_page(snapshot)

    async def _counted(self) -> Figures:
        env = self._work.env
        measured, known = self._figures
        if env.clock.monotonic() - measured >= _FRESH_S:
            known = await env.store.operation.figures()
            self._figures = (env.clock.monotonic(), known)
        return known

    def _on_disk(self) -> tuple[int | None, int | None, tuple[Backup, ...]]:
        settings = self._work.env.settings
        return _size_of(settings.database), _free_bytes(settings.data_dir), backups_in(settings.backups)


def _size_of(database: Path) -> int | None:
    try:
        return sum(path.stat().st_size for path in (database, *companions(database)) if path.exists())
    except OSError:
        return None


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
