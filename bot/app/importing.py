"""Import lists for `paperlark import`: read files, fetch their papers, and let a channel learn from them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bot.app.channels import opened_for, the_one
from bot.app.import_report import first_line, imported_lines, read_lines
from bot.errors import LibraryError, PaperlarkError, SourceError
from bot.library import ListedPaper, Parsed, read_library
from bot.library.topics_text import topics_text
from bot.models import ImportedList, ListChange, ListEntry, ListUse, TopicBranch
from bot.ports import Progress, no_progress
from bot.settings import Settings
from bot.text import clean_lines, counted, cut, one_line
from bot.topics import parse_topics
from handlers.environment import Environment
from handlers.importing import import_list, take_effect

logger = logging.getLogger(__name__)

LARGEST_FILE = 32 * 2**20
_LONGEST_ORIGIN = 80


@dataclass(frozen=True, slots=True)
class Manner:
    """How to import: what each paper of a list counts beside a reader's like, and how much to tell.

    `form` is the format that files are to be read as, None for the one that is recognised.
    """

    weight: float
    form: str | None = None
    dry_run: bool = False
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    origin: str
    parsed: Parsed


async def import_files(
    settings: Settings, files: Sequence[Path], channel: str | None, manner: Manner, progress: Progress = no_progress
) -> bool:
    """Import files into a channel, by default the only one; True if all of them were. One bad file stops no other.

    With `dry_run` only the files are looked at: nothing is fetched or written, not even a database made.

    Raises:
        UsageError: the channel is unknown, or several could be meant.
        StoreError, EmbedderError: the database or the embedder cannot be used.
    """
    if manner.dry_run:
        found = [_told(file, manner) for file in _readable(files, manner.form)]
        click.echo("Nothing was fetched or written.")
        return len(found) == len(files)
    async with opened_for(settings, (channel,) if channel else (), platforms={}, topics_optional=True) as (env, keys):
        return await _import_into(env, the_one(keys, "a list teaches one channel"), files, manner, progress)


async def remove_lists(settings: Settings, names: Sequence[str], channel: str | None) -> bool:
    """Take lists out of a channel by their names; True if all of them were there.

    Raises:
        UsageError: the channel is unknown, or several could be meant.
        StoreError, EmbedderError: the database or the embedder cannot be used.
    """
    async with opened_for(settings, (channel,) if channel else (), platforms={}, topics_optional=True) as (env, keys):
        key = the_one(keys, "a list is one channel's")
        removed = [name for name in names if await env.store.library.remove(key, name)]
        for name in removed:
            click.echo(f"{key}: {name} is taken out; its papers stay in the archive and teach nothing more")
        if missing := [name for name in names if name not in removed]:
            there_are = ", ".join(one.origin for one in await env.store.library.lists(key)) or "none"
            click.echo(f"{key} has no list {', '.join(missing)}; there are: {there_are}", err=True)
        if removed and await _can_learn(env, key):
            _say(await take_effect(env, key))
        return not missing


async def _import_into(env: Environment, key: str, files: Sequence[Path], manner: Manner, progress: Progress) -> bool:
    n_imported, changed, offers = 0, False, []
    down: SourceError | None = None
    for file in _readable(files, manner.form):
        _told(file, manner)
        done = file.parsed.is_empty_day
        for wanted in _to_lists(env, key, file, manner):
            try:
                if down is not None and await _missing(env, wanted):
                    raise down  # asked in vain a moment ago, with all patience
                imported = await import_list(env, wanted, progress)
            except SourceError as error:
                down = error
                done = _fail(file.path, await _in_vain(env, wanted, error))
                break
            except PaperlarkError as error:
                done = _fail(file.path, str(error))
                break
            _say(imported_lines(imported, wanted.use, file.parsed, manner.weight))
            done = done or imported.change is not None
            changed |= imported.change not in (None, ListChange.UNCHANGED)
            offers.append(wanted.topics_text)
        else:
            if not done:
                _fail(file.path, "arXiv knows none of its papers, nothing was imported; check the ids")
        n_imported += done
    if changed and await _can_learn(env, key):
        _say(await take_effect(env, key, progress))
    if any(offers) and not await _has_topics(env, key):
        _offer(env, key, next(text for text in offers if text))
    return n_imported == len(files)


def _readable(files: Sequence[Path], form: str | None) -> Iterator[_File]:
    """The files that hold something to import; why another one does not is told at once."""
    taken: set[str] = set()
    for path in files:
        try:
            parsed = _parsed(path, form)
        except LibraryError as error:
            _fail(path, str(error))
            continue
        origin = cut(one_line(parsed.title or path.stem), _LONGEST_ORIGIN)
        if origin in taken:
            origin = cut(f"{one_line(path.resolve().parent.name)}/{origin}", _LONGEST_ORIGIN)
        taken.add(origin)
        yield _File(path, origin, parsed)


def _parsed(path: Path, form: str | None) -> Parsed:
    """What a file says.

    Raises:
        LibraryError: it cannot be read, or there is nothing in it to import.
    """
    try:
        if path.is_dir():
            raise LibraryError("is a folder; name the files in it")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise LibraryError(f"cannot be read ({error.strerror or error})") from error
    if len(content) > LARGEST_FILE:
        raise LibraryError(f"has more than {LARGEST_FILE // 2**20} MB; split it")
    if not content.strip():
        raise LibraryError("is empty")
    try:
        parsed = read_library(content, form)
    except LibraryError:
        raise
    except Exception as error:  # a fault in a reader must not stop the other files
        logger.exception("a fault in Paperlark: %s could not be read", path.name)
        raise LibraryError("could not be read because of a fault in Paperlark; please report it") from error
    if not parsed.importable and not parsed.is_empty_day:
        raise LibraryError(_why_nothing(content, parsed))
    return parsed


def _why_nothing(content: bytes, parsed: Parsed) -> str:
    if not parsed.lines and parsed.warnings:
        return f"nothing to import. {' '.join(parsed.warnings)}"
    if parsed.n_ids:
        ids, lines = counted(parsed.n_ids, "arXiv id"), counted(len(parsed.lines), "line")
        aside = f" (left aside: {'; '.join(parsed.aside)})" if parsed.aside else ""
        return f"{ids} in its {lines}, but none is a paper of a list or library{aside}; try --as ids"
    if parsed.papers:
        papers = counted(len(parsed.papers), "paper")
        return f"it names {papers}, but no arXiv id; only papers on arXiv can be imported"
    topics = parse_topics(content)
    hint = " (topics are read by `paperlark topics check`)" if topics.topics else ""
    if any("configuration of another tool" in warning for warning in topics.warnings):
        return "it is the configuration of another tool and names no paper; `paperlark topics check` shows its topics"
    lines = counted(len(parsed.lines), "line")
    return f"no arXiv id or address in its {lines}; it should link to arXiv or name ids{hint}"


def _told(file: _File, manner: Manner) -> _File:
    click.echo(first_line(file.path.name, file.origin, file.parsed))
    _say(read_lines(file.parsed, verbose=manner.verbose))
    return file


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"  {line}")


def _fail(path: Path, why: str) -> bool:
    """Say why a file was not imported; False, as what became of it."""
    click.echo(f"{path}: {one_line(why)}", err=True)
    return False


async def _missing(env: Environment, wanted: ImportedList) -> int:
    ids = [one.arxiv_id for one in wanted.entries]
    return len(ids) - len(await env.store.papers.get(ids))


async def _in_vain(env: Environment, wanted: ImportedList, error: SourceError) -> str:
    total = len(wanted.entries)
    here = total - await _missing(env, wanted)
    return (
        f"its papers could not be fetched ({error}). Nothing of it was imported; {here:,} of {total:,} papers are "
        "stored, and the same command goes on from there: try again later"
    )


def _to_lists(env: Environment, key: str, file: _File, manner: Manner) -> Iterator[ImportedList]:
    """The file as lists: one, or where it holds likes, dislikes and papers merely seen, one of each."""
    uses = list(dict.fromkeys(paper.use for paper in file.parsed.importable))
    first = ListUse.LIKED if ListUse.LIKED in uses else next(iter(uses), None)
    for use in sorted(uses, key=lambda one: one is not first):
        yield ImportedList(
            channel=key,
            origin=file.origin if use is first else f"{file.origin} ({use})",
            format=file.parsed.format,
            use=use,
            weight=manner.weight if use is ListUse.LIKED else 1.0,
            imported_at=env.clock.now(),
            entries=tuple(_entry(paper) for paper in file.parsed.importable if paper.use is use),
            tree=tuple(
                TopicBranch(one_line(branch.title), branch.parent, branch.arxiv_id, one_line(branch.url))
                for branch in file.parsed.branches
            ),
            topics_text=clean_lines(topics_text(file.parsed)),
        )


def _entry(paper: ListedPaper) -> ListEntry:
    return ListEntry(
        arxiv_id=paper.arxiv_id,
        sections=tuple(tuple(map(one_line, section)) for section in paper.sections),
        publication=one_line(paper.publication),
        links=tuple((one_line(link.label), one_line(link.url)) for link in paper.links),
        listed_on=paper.listed_on,
        note=one_line(paper.note),
        relevance=paper.relevance,
        novelty=paper.novelty,
    )


async def _can_learn(env: Environment, key: str) -> bool:
    """Whether there is a topics text at all, be it empty, that lists can be weighed by."""
    return key in env.topics_texts or await env.store.topics.current(key) is not None


async def _has_topics(env: Environment, key: str) -> bool:
    version = await env.store.topics.current(key)
    understood = parse_topics(version.raw if version else env.topics_texts.get(key, ""))
    return bool(understood.topics or understood.taste or understood.keywords)


def _offer(env: Environment, key: str, text: str) -> None:
    where = env.channel(key).topics
    click.echo(f"\n{key} has no topics yet. What was imported suggests these; edit them and put them into {where}:\n")
    click.echo(text)
