"""Make ports from the settings, and an Environment from the ports."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from bot.clock import Clock, SystemClock, shift_from
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.errors import SettingsError
from bot.platforms import HAS_TOKENS, PLATFORMS
from bot.ports import ChatPlatform, Embedder
from bot.scorers import SCORERS, LlmOptions, ScorerOptions, llm_answerer, llm_endpoint
from bot.settings import ChannelSettings, ScorerName, Settings
from bot.sources import SOURCES, SourceParts
from bot.store import CostStore, LockStore, Store
from bot.store.database import Tap, no_tap
from bot.store.run_lock import lost_log_since, run_lock
from bot.text import cut
from bot.topics import parse_topics
from handlers.environment import Environment

_MARGIN = 1.07
_LONGEST_NAME = 60


class SharedTurns:
    """`Throttle` on the database: all processes on it take turns at the source of that name."""

    def __init__(self, source: str, locks: LockStore, clock: Clock, interval_s: float) -> None:
        self._source = source
        self._locks = locks
        self._clock = clock
        # A request may be slow to get out, and the next one quick: the margin keeps them apart on the wire as well.
        self._interval_s = interval_s * _MARGIN

    async def turn(self) -> None:
        """Reserve the next turn in the database and wait for it."""
        wait_s = await self._locks.reserve_turn(self._source, self._interval_s)
        if wait_s > 0:
            await self._clock.sleep(wait_s)


def clock_of(settings: Settings) -> Clock:
    """The machine's clock with the shift and the scale that the settings ask for.

    Raises:
        SettingsError: `PAPERLARK_NOW` cannot be understood.
    """
    return SystemClock(shift_from(settings.now, datetime.now(UTC)), settings.timing.scale)


def read_topics(channels: Mapping[str, ChannelSettings], *, optional: bool = False) -> dict[str, str]:
    """The text of every channel's topics file; with `optional`, without those that are not there.

    Raises:
        SettingsError: with every file that cannot be read.
    """
    texts: dict[str, str] = {}
    mistakes = []
    for key, channel in channels.items():
        try:
            texts[key] = parse_topics(channel.topics.read_bytes()).raw
        except OSError as error:
            if optional and isinstance(error, FileNotFoundError):
                continue
            mistakes.append(
                f"channels.{key}.topics = '{channel.topics}': cannot be read ({error.strerror}); write your topics "
                "there, in the form of prompts/topics.example.md"
            )
    if mistakes:
        raise SettingsError(mistakes)
    return texts


@contextmanager
def opened(
    settings: Settings,
    *,
    clock: Clock | None = None,
    platforms: Mapping[str, ChatPlatform] | None = None,
    tap: Tap = no_tap,
    topics_optional: bool = False,
    examined: bool = False,
) -> Iterator[Environment]:
    """The environment that these settings ask for; its database is closed at the end. `tap` watches every write.

    With `topics_optional` a channel's topics file may be missing. With `examined` a damaged database is refused; where
    it is large, reading all of it takes seconds.

    Raises:
        SettingsError, StoreError, EmbedderError: it cannot be made.
    """
    if mistakes := unknown_names(settings):
        raise SettingsError(mistakes)
    clock = clock or clock_of(settings)
    texts = read_topics(settings.channels, optional=topics_optional)
    store = Store(settings.database, tap=tap, backups=settings.backups)
    try:
        if examined:
            store.examine()
        yield _environment(settings, clock, store, texts, platforms)
    finally:
        store.close()


def ready_to_run(settings: Settings) -> datetime | None:
    """Look at lock and files before the database is touched; since when something may be missing in it, None if not.

    A second bot of a newer version would otherwise migrate what the first one works on.

    Raises:
        LockHeld: another process runs on this database.
        StoreReadOnly: the lock cannot be made.
    """
    now = clock_of(settings).now()
    lost_s = lost_log_since(settings.database)
    with run_lock(settings.database, now):
        pass
    return None if lost_s is None else now - timedelta(seconds=lost_s)


def embedder_of(settings: Settings, costs: CostStore | None = None, clock: Clock | None = None) -> Embedder:
    """The embedder that these settings name; in `costs` it remembers what it learned of its endpoint.

    Raises:
        EmbedderError: it cannot be made.
    """
    return EMBEDDERS[settings.embedder](
        EmbedderOptions(
            model=settings.embedding_model,
            base_url=settings.openai_base_url,
            api_key=settings.openai_api_key or SecretStr(""),
            costs=costs,
            clock=clock,
        )
    )


def platforms_of(settings: Settings, clock: Clock) -> dict[str, ChatPlatform]:
    """Every platform that a channel lives on, or whose tokens are given.

    Raises:
        SettingsError: of some a token is missing or of the wrong kind.
    """
    platforms: dict[str, ChatPlatform] = {}
    mistakes: list[str] = []
    for name in sorted(platform_names(settings)):
        try:
            platforms[name] = PLATFORMS[name](settings, clock)
        except SettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SettingsError(mistakes)
    return platforms


def platform_names(settings: Settings) -> set[str]:
    """The platforms of channels, and those whose tokens are given: people may start channels there."""
    with_tokens = {name for name, has_tokens in HAS_TOKENS.items() if has_tokens(settings)}
    return {channel.platform for channel in settings.channels.values()} | with_tokens


def unknown_names(settings: Settings) -> tuple[str, ...]:
    """What these settings name that no registry has, one mistake each."""
    channels = {f"channels.{key}": channel for key, channel in settings.channels.items()}
    channels["channel_defaults"] = settings.channel_defaults
    named: dict[str, tuple[str, Collection[str]]] = {
        "source": (settings.source, SOURCES),
        **{f"{name}.platform": (channel.platform, PLATFORMS) for name, channel in channels.items()},
        **{f"alarms.owners.{owner.id}": (owner.platform, PLATFORMS) for owner in settings.alarms.owners},
    }
    return tuple(
        f"{key} = {cut(value, _LONGEST_NAME)!r}: one of {', '.join(sorted(registry))}"
        for key, (value, registry) in named.items()
        if value not in registry
    )


def source_parts(settings: Settings, locks: LockStore, clock: Clock) -> SourceParts:
    """What the source of these settings is made of; it takes its turns in the database."""
    return SourceParts(
        throttle=SharedTurns(settings.source, locks, clock, settings.arxiv.interval_s),
        clock=clock,
        random=random.Random(),  # noqa: S311 - spreads retries in time, guards nothing
        api_url=settings.arxiv_api_url,
        rss_url=settings.arxiv_rss_url,
        arxiv=settings.arxiv,
    )


def llm_options(settings: Settings, costs: CostStore, clock: Clock) -> LlmOptions:
    """What everything needs that asks the LLM of these settings."""
    return LlmOptions(
        settings=settings.llm,
        costs=costs,
        clock=clock,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key or SecretStr(""),
        prompts_dir=settings.prompts_dir,
    )


def _environment(
    settings: Settings,
    clock: Clock,
    store: Store,
    texts: Mapping[str, str],
    platforms: Mapping[str, ChatPlatform] | None,
) -> Environment:
    embedder = embedder_of(settings, store.costs, clock)
    if platforms is None:
        platforms = platforms_of(settings, clock)
    uses_llm = settings.scorer_in_force is ScorerName.LLM
    llm = llm_endpoint(llm_options(settings, store.costs, clock)) if uses_llm else None
    return Environment(
        settings=settings,
        store=store,
        source=SOURCES[settings.source](source_parts(settings, store.locks, clock)),
        scorer=SCORERS[settings.scorer_in_force](ScorerOptions(embedder, llm)),
        embedder=embedder,
        platforms=platforms,
        clock=clock,
        topics_texts=texts,
        answerer=llm_answerer(llm) if llm else None,
    )
