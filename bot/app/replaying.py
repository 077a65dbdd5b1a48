"""Replay days for `paperlark replay`: from files, or from a channel's own history."""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from bot.app.channels import opened_for, the_one
from bot.app.wiring import embedder_of
from bot.errors import ReplayDataError, UsageError
from bot.ports import Progress
from bot.ranking.rewards import verdicts
from bot.replay.data import Reader, read_papers, read_readers
from bot.replay.options import ReplayOptions
from bot.replay.report import ReplayReport
from bot.replay.run import run
from bot.settings import Settings
from bot.topics import parse_topics

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The files of a replay, and the readers wanted of them (none named: all)."""

    papers: Path
    users: Path
    readers: tuple[str, ...] = ()


def replay_files(wanted: Wanted, options: ReplayOptions, progress: Progress) -> ReplayReport:
    """Replay recorded days with recorded likes.

    Raises:
        ReplayDataError: a file cannot be read.
        UsageError: a reader is not in the file.
    """
    with _text_of(wanted.papers) as lines:
        papers = read_papers(lines, str(wanted.papers))
    with _text_of(wanted.users) as stream:
        readers = read_readers(stream.read(), str(wanted.users))
    if wanted.readers:
        names = [reader.name for reader in readers]
        if unknown := [name for name in wanted.readers if name not in names]:
            raise UsageError(f"no reader {', '.join(unknown)} in {wanted.users}; there are {', '.join(names)}")
        readers = tuple(reader for reader in readers if reader.name in wanted.readers)
    settings = Settings()
    return run(
        papers,
        readers,
        parse_topics=parse_topics,
        embedder=embedder_of(settings),
        monotonic=time.perf_counter,
        options=options,
        progress=progress,
    )


async def replay_own(
    settings: Settings, channel: str | None, options: ReplayOptions, progress: Progress
) -> ReplayReport:
    """Replay a channel's own mornings: every candidate it ever had, and what its readers liked of them.

    Only papers that were shown could be liked, so the figures flatter the order that was shown; they are an indication.

    Raises:
        ReplayDataError: the channel has no mornings or no likes yet.
        UsageError: none is named and there are several, or it is unknown.
    """
    async with opened_for(settings, (channel,) if channel else (), platforms={}) as (env, keys):
        key = the_one(keys, "--own replays one channel")
        candidates = await env.store.ledger.candidates(key)
        known = await env.store.papers.get(list(candidates))
        votes = await env.store.feedback.current(key)
        topics = await env.store.topics.current(key)
        papers = [replace(known[one], listing_day=day) for one, day in candidates.items() if one in known]
        liked = frozenset(one.arxiv_id for one in verdicts(votes, settings.ranking.rewards) if one.reward > 0)
        if not papers or not liked:
            raise ReplayDataError(
                f"channel {key} has {len(papers)} candidates and {len(liked)} likes: nothing to replay"
            )
        reader = Reader(key, topics.raw if topics else "", liked)
        return run(
            papers,
            [reader],
            parse_topics=parse_topics,
            embedder=env.embedder,
            monotonic=time.perf_counter,
            options=options,
            progress=progress,
        )


@contextmanager
def _text_of(path: Path) -> Iterator[TextIO]:
    """The text of a file, unpacked if it is gzipped whatever its name says."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == _GZIP
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.TextIOWrapper(stream, encoding="utf-8") as text:
                yield text
    except OSError as error:
        raise ReplayDataError(f"{path}: cannot be read ({error.strerror or error})") from error
