"""Examine an installation for `paperlark doctor`, with whatever of it is sound."""

from __future__ import annotations

import asyncio
import pyexpat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from bot.app.wiring import clock_of, embedder_of, llm_options, platform_names, source_parts, unknown_names
from bot.clock import Clock, SystemClock
from bot.errors import PaperlarkError, SettingsError, StoreReadOnly
from bot.models import ChannelState, DatabaseState, Finding, Paper, Severity
from bot.ops import doctor
from bot.platforms import PLATFORMS
from bot.ports import KnowsItself, SourceState
from bot.scorers import check_llm
from bot.scorers.options import budget_of, in_words
from bot.settings import DEFAULT_FILE, ChannelSettings, ScorerName, Settings
from bot.settings.salvage import salvaged_settings
from bot.sources import SOURCES
from bot.store import Store
from bot.store.backups.listing import backups_in
from bot.store.file import inspect_database
from bot.store.run_lock import holder_of
from bot.topics import parse_topics

_SAMPLED = (date(2025, 5, 1), date(2025, 5, 31))  # the days of the papers that come with Paperlark
_HERE = SystemClock()  # never moved, unlike the one that the settings ask for


async def examine_everything(config: Path | None, *, with_batch: bool = False) -> tuple[tuple[Finding, ...], bool]:
    """What there is to say about this installation, and whether the settings are right. Changes nothing of it."""
    settings, mistakes = salvaged_settings(config)
    patient = _Patient(settings, (*mistakes, *unknown_names(settings)), config, with_batch=with_batch)
    with patient.opened():
        await patient.take_up_channels()
        findings = await doctor.examine(patient.checks())
    return findings, not patient.mistakes


@dataclass(slots=True)
class _Patient:
    """What is examined. `store` is None where the database cannot be used, and then `failure` says why."""

    settings: Settings
    mistakes: tuple[str, ...]
    config: Path | None
    with_batch: bool = False
    clock: Clock = _HERE
    state: DatabaseState | None = None
    store: Store | None = None
    failure: PaperlarkError | None = None
    started: Mapping[str, ChannelSettings] = field(default_factory=dict)  # in chat
    examined: asyncio.Future[SourceState] | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Use the database if it is sound and of today's schema, and one in a temporary folder if there is none."""
        try:
            self.clock = clock_of(self.settings)
        except SettingsError as error:
            self.mistakes += error.mistakes
        with ExitStack() as kept:
            try:
                path = self.settings.database
                self.state = inspect_database(path, self.settings.backups)
                if self.state is None:
                    path = Path(kept.enter_context(_temporary_folder())) / path.name
                if self.state is None or (self.state.is_writable and not self.state.pending):
                    self.store = store = Store(path)
                    kept.callback(store.close)
            except PaperlarkError as error:
                self.failure = error
            yield

    async def take_up_channels(self) -> None:
        """Learn which channels were started in chat."""
        known = {(channel.platform, channel.id) for channel in self.settings.channels.values()}
        try:
            records = await self.store.channels.all() if self.store else ()
        except PaperlarkError as error:
            self.failure = error
            return
        self.started = {
            record.key: self.settings.channel_defaults.model_copy(
                update={"platform": record.platform, "id": record.channel_id}
            )
            for record in records
            if record.state is ChannelState.ACTIVE and (record.platform, record.channel_id) not in known
        }

    @property
    def everywhere(self) -> Settings:
        """The settings with every channel."""
        return self.settings.model_copy(update={"channels": {**self.started, **self.settings.channels}})

    def checks(self) -> dict[str, doctor.Check]:
        """Every check, in the order of the report."""
        self.examined = asyncio.ensure_future(self._ask_source())
        chats = {name: partial(self._platform, name) for name in self._chats()}
        return {
            "settings": self._settings,
            "topics": self._topics,
            **chats,
            self.settings.source: self._source,
            "llm": self._llm,
            "budget": self._budget,
            "embedder": self._embedder,
            "database": self._database,
            "backup": self._backup,
            "disk": self._disk,
            "files": self._files,
            "clock": self._clock,
            "lock": self._lock,
        }

    async def _settings(self) -> Iterable[Finding]:
        file = self.config or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
        return doctor.settings_findings(self.settings, self.mistakes, file, len(self.started))

    async def _topics(self) -> Iterable[Finding]:
        findings: list[Finding] = []
        files: dict[Path, list[str]] = {}
        for key, channel in self.settings.channels.items():
            files.setdefault(channel.topics, []).append(key)
        for path, keys in files.items():
            text = await asyncio.to_thread(_read, path)
            name = f"{path} ({', '.join(keys)})"
            findings += doctor.topics_findings(name, text, f"look at it with `paperlark topics check {path}`")
        for key in self.started:
            version = await self.store.topics.current(key) if self.store else None
            raw = version.raw if version else ""
            findings += doctor.topics_findings(key, raw, "look at them in the channel: /papers topics")
        return findings

    def _chats(self) -> Sequence[str]:
        return [name for name in sorted(platform_names(self.everywhere)) if name in PLATFORMS]

    async def _platform(self, name: str) -> Iterable[Finding]:
        return await PLATFORMS[name](self.everywhere, self.clock).check()

    async def _ask_source(self) -> SourceState:
        name = self.settings.source
        if name not in SOURCES:
            return SourceState(())  # told as a mistake of the settings
        if self.store is None:
            remedy = "do first what is said of the database: the turns at a source are taken in it"
            return SourceState((Finding(Severity.WARNING, name, "was not asked", remedy),))
        once = self.settings.arxiv.model_copy(update={"attempts": 1})
        settings = self.settings.model_copy(update={"arxiv": once})
        source = SOURCES[name](source_parts(settings, self.store.locks, self.clock))
        if not isinstance(source, KnowsItself):
            return SourceState((Finding(Severity.OK, name, "no network is needed"),))
        channels = [*self.everywhere.channels.values(), self.settings.channel_defaults]
        return await source.examine(channels[0].categories)

    async def _source(self) -> Iterable[Finding]:
        return [*((await self.examined).findings if self.examined else ()), *await self._listings()]

    async def _listings(self) -> Iterable[Finding]:
        """What the last week's listings left to say."""
        if self.store is None:
            return ()
        today = self.clock.now().date()
        channels = [*self.everywhere.channels.values(), self.settings.channel_defaults]
        categories = sorted({name for channel in channels for name in channel.categories})
        source = self.settings.source
        records = await self.store.listings.records(source, categories, today - timedelta(days=7), today)
        return doctor.listing_findings(source, records)

    async def _llm(self) -> Iterable[Finding]:
        settings = self.settings
        if settings.scorer_in_force is not ScorerName.LLM:
            return (Finding(Severity.OK, "llm", "none is used: papers are scored locally"),)
        if self.store is None:
            remedy = "do first what is said of the database: nobody knows else what is left of the day's budget"
            return (Finding(Severity.WARNING, "llm", f"{settings.llm.model} was not asked", remedy),)
        options = llm_options(settings, self.store.costs, self.clock)
        if not self.with_batch:
            return await check_llm(options)
        topics = parse_topics(resources.files("prompts").joinpath("topics.example.md").read_text(encoding="utf-8"))
        return await check_llm(options, await _some_papers(settings, self.store, self.clock), topics)

    async def _budget(self) -> Iterable[Finding]:
        settings = self.settings
        if settings.scorer_in_force is not ScorerName.LLM:
            return ()
        return (Finding(Severity.OK, "budget", in_words(budget_of(settings.llm, settings.openai_base_url))),)

    async def _embedder(self) -> Iterable[Finding]:
        costs = self.store.costs if self.store else None
        embedder = await asyncio.to_thread(embedder_of, self.settings, costs, self.clock)
        await asyncio.to_thread(embedder.embed, ["a paper"])
        return (Finding(Severity.OK, "embedder", f"{embedder.name}, {embedder.dimensions} dimensions"),)

    async def _database(self) -> Iterable[Finding]:
        if self.failure is not None:
            remedy = "do what it says; nothing is posted meanwhile"
            return (Finding(Severity.PROBLEM, "database", str(self.failure), remedy),)
        return doctor.database_findings(self.settings.database, self.state)

    async def _backup(self) -> Iterable[Finding]:
        backups = await asyncio.to_thread(backups_in, self.settings.backups)
        newest = backups[-1].made_at if backups else None
        has_database = self.settings.database.exists()
        return doctor.backup_findings(
            self.settings.backup, self.settings.backups, newest, self.clock.now(), has_database=has_database
        )

    async def _disk(self) -> Iterable[Finding]:
        folders = [self.settings.data_dir] + [self.settings.backups] * self.settings.backup.enabled
        return doctor.disk_findings(folders, self.settings.alarms.disk_mb)

    async def _files(self) -> Iterable[Finding]:
        path, folder = self.settings.database, (self.config or DEFAULT_FILE).absolute().parent
        beside = [path.with_name(path.name + ending) for ending in ("", "-wal", "-shm")]
        backups = [one.path for one in await asyncio.to_thread(backups_in, self.settings.backups)]
        expat = doctor.expat_findings(pyexpat.EXPAT_VERSION)
        return (*doctor.privacy_findings([*beside, path.parent / "paperlark.log", *backups, folder / ".env"]), *expat)

    async def _clock(self) -> Iterable[Finding]:
        theirs = None
        if self.examined:
            with suppress(PaperlarkError):  # told by the check of the source itself
                theirs = (await self.examined).their_time
        if theirs is None:
            theirs = await doctor.time_at(self._servers())
        return doctor.clock_findings(_HERE.now(), theirs, self.settings.now)

    def _servers(self) -> list[str]:
        """The addresses that are in use, but for arXiv's, which counts requests."""
        settings = self.settings
        names = platform_names(self.everywhere)
        in_use = {
            settings.slack_api_url: "slack" in names,
            settings.discord_api_url: "discord" in names,
            settings.openai_base_url: settings.scorer_in_force is ScorerName.LLM,
        }
        return [url for url, is_used in in_use.items() if is_used]

    async def _lock(self) -> Iterable[Finding]:
        return (doctor.lock_finding(await asyncio.to_thread(holder_of, self.settings.database)),)


async def _some_papers(settings: Settings, store: Store, clock: Clock) -> tuple[Paper, ...]:
    """A batch of papers to try a scorer on: the archive's newest, else of those that come with Paperlark."""
    count = settings.llm.batch_size
    newest = await store.papers.before(date.max, count)
    if len(newest) == count:
        return newest
    sample = SOURCES["sample"](source_parts(settings, store.locks, clock))
    listings = await sample.days(*_SAMPLED, ("cs.CL", "cs.LG"))
    return tuple(paper for listing in listings for paper in listing.papers)[:count]


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="paperlark-doctor-")
    except OSError as error:
        raise StoreReadOnly(f"no temporary folder can be made ({error.strerror}): run a morning first") from error


def _read(path: Path) -> bytes | OSError:
    try:
        return path.read_bytes()
    except OSError as error:
        return error
