"""Give a channel a list: fetch its papers, then store all that stands on it in one step."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import EmbedderError, QueryRejected
from bot.models import ImportedList, ListChange
from bot.ports import Progress, no_progress
from handlers.archive import embed_missing
from handlers.environment import Environment
from handlers.learning import refit

logger = logging.getLogger(__name__)

IDS_AT_ONCE = 100  # arXiv's answer to one request; what an interruption can lose


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of the papers of a list: `n_known` were stored before, arXiv has no paper with the `unknown` ids."""

    n_known: int = 0
    n_new: int = 0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing a list came to. `change` is None if none of its papers exists; then nothing was stored."""

    fetched: Fetched
    change: ListChange | None = None
    n_papers: int = 0


async def import_list(env: Environment, wanted: ImportedList, progress: Progress = no_progress) -> Imported:
    """Give a channel a list.

    Papers that are not stored yet are fetched and stored batch by batch, so that a later attempt goes on where this one
    ended. The list itself appears at the end, in one transaction, with the papers that exist. It teaches from the next
    refit on, see `take_effect`. Nothing of it belongs to a person.

    Raises:
        SourceError: papers could not be fetched; of the list nothing is stored.
    """
    fetched = await fetch_missing(env, [one.arxiv_id for one in wanted.entries], progress)
    entries = tuple(one for one in wanted.entries if one.arxiv_id not in fetched.unknown)
    if not entries:
        return Imported(fetched)
    change = await env.store.library.save(replace(wanted, entries=entries))
    logger.info("%s: a list of %d papers is %s, %d fetched", wanted.channel, len(entries), change, fetched.n_new)
    return Imported(fetched, change, len(entries))


async def fetch_missing(env: Environment, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> Fetched:
    """Fetch and store the papers among these that are not stored yet.

    What arXiv does not show is asked for a second time before it counts as unknown: it has been seen to answer with an
    empty page.

    Raises:
        SourceError: a batch could not be fetched; those before it are stored.
    """
    wanted = list(dict.fromkeys(arxiv_ids))
    known = await env.store.papers.get(wanted)
    missing = [one for one in wanted if one not in known]
    lost = await _fetch(env, missing, "fetching papers", progress)
    unknown = await _fetch(env, lost, "asking again", progress)
    return Fetched(len(known), len(missing) - len(unknown), tuple(unknown))


async def _fetch(env: Environment, wanted: Sequence[str], stage: str, progress: Progress) -> list[str]:
    """Fetch and store, batch by batch; those that did not come."""
    lost: list[str] = []
    for start in range(0, len(wanted), IDS_AT_ONCE):
        progress(stage, start, len(wanted))
        lost += await _fetch_batch(env, wanted[start : start + IDS_AT_ONCE])
    if wanted:
        progress(stage, len(wanted), len(wanted))
    return lost


async def _fetch_batch(env: Environment, batch: Sequence[str]) -> list[str]:
    try:
        papers = await env.source.papers(batch)
    except QueryRejected:
        if len(batch) == 1:
            return list(batch)
        # One id that arXiv cannot read makes it refuse all the others.
        middle = len(batch) // 2
        return [*await _fetch_batch(env, batch[:middle]), *await _fetch_batch(env, batch[middle:])]
    await env.store.papers.add(papers, env.clock.now())
    came = {paper.arxiv_id for paper in papers}
    return [one for one in batch if one not in came]


async def take_effect(env: Environment, key: str, progress: Progress = no_progress) -> tuple[str, ...]:
    """Let the channel learn from its lists at once, and make their papers searchable; what each list may teach.

    Whatever hinders it here is made up for before the next morning.
    """
    try:
        listed = {one.arxiv_id for found in await env.store.library.lists(key) for one in found.entries}
        await embed_missing(env, tuple((await env.store.papers.get(sorted(listed))).values()), progress)
        await refit(env, key)
    except EmbedderError as error:
        logger.warning("the lists of %s count from the next morning on: %s", key, error)
        return ()
    weights = await env.store.weights.newest(key)
    return tuple(str(weights.metrics.get("lists", "")).splitlines()) if weights else ()
